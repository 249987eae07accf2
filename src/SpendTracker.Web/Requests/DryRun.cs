namespace SpendTracker.Web.Requests;

/// <summary>Whether a request is only to show what it would do.</summary>
internal static class DryRun
{
    public static bool Read(FieldCheck check, string? text)
    {
        check.That("dryRun", text is null or "true" or "false", "Must be true or false.");
        return text == "true";
    }

    /// <summary>Imports were dry runs unless it was said that they are none.</summary>
    public static EarlierShape WasUsual { get; } = new(Ask: request =>
    {
        if (!request.Query.ContainsKey("dryRun"))
        {
            request.QueryString = request.QueryString.Add("dryRun", "true");
        }
    });
}
