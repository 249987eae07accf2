using Spectre.Console;

namespace SpendTracker.Web.Commands;

/// <summary>How far something is: a bar where a person watches, a line for each quarter where a file does.</summary>
internal static class ProgressBar
{
    /// <param name="run">Gets what takes how much of how much is done; it may be called from several threads.</param>
    public static Task<T> ShowAsync<T>(string what, Func<Action<long, long>, Task<T>> run) =>
        AnsiConsole.Profile.Capabilities.Interactive ? BarAsync(what, run) : LinesAsync(what, run);

    private static Task<T> BarAsync<T>(string what, Func<Action<long, long>, Task<T>> run) =>
        AnsiConsole.Progress().AutoClear(true).StartAsync(context =>
        {
            var bar = context.AddTask(Markup.Escape(what));
            return run((done, of) =>
            {
                bar.MaxValue = Math.Max(of, 1);
                bar.Value = Math.Max(bar.Value, done); // Of two threads the slower one may report last.
            });
        });

    private static Task<T> LinesAsync<T>(string what, Func<Action<long, long>, Task<T>> run)
    {
        var quarter = 0L;
        return run((done, of) =>
        {
            var reached = of > 0 ? done * 4 / of : 4;
            var before = Volatile.Read(ref quarter);
            if (reached > before && Interlocked.CompareExchange(ref quarter, reached, before) == before)
            {
                Console.WriteLine($"{what}: {reached * 25} %");
            }
        });
    }
}
