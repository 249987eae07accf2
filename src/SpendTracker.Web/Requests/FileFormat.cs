namespace SpendTracker.Web.Requests;

/// <summary>Whether a list is asked for as a file, which then has all of it and no pages.</summary>
internal static class FileFormat
{
    private static readonly object Asked = new();

    public static bool IsAsked(HttpContext context) => context.Items.ContainsKey(Asked);

    public static void Ask(HttpContext context) => context.Items[Asked] = true;
}
