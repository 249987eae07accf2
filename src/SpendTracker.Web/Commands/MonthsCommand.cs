using System.CommandLine;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Commands;

/// <summary>Months from first to last, as known on a day; nulls for all of time, and for now.</summary>
internal sealed record MonthsQuestion(BillingPeriod? First, BillingPeriod? Last, DateOnly? KnownOn);

/// <summary>A command that asks about months and answers with a table, or with what the API answers.</summary>
internal static class MonthsCommand
{
    /// <param name="ofAllTime">Where no month is named; otherwise of this month.</param>
    /// <param name="readAsync">The answer.</param>
    /// <param name="write">Writes it as a table.</param>
    /// <param name="exitCode">By the answer.</param>
    public static Command Create<T>(
        string name, string description, bool ofAllTime, Func<OpenedDatabase, MonthsQuestion, CancellationToken, Task<T>> readAsync, Action<OpenedDatabase, T> write, Func<T, int> exitCode)
    {
        var from = CommandLine.FromOption(ofAllTime ? "all time" : "this month");
        var to = CommandLine.ToOption();
        var knownOn = CommandLine.KnownOnOption();
        var json = CommandLine.JsonOption();
        var demo = CommandLine.DemoOption();
        var command = new Command(name, description) { from, to, knownOn, json, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var check = new FieldCheck();
            var days = opened.Get<KnownOn>();
            var (current, first, last) = (BillingPeriod.Of(days.Today), parsed.GetValue(from), parsed.GetValue(to));
            var span = ofAllTime ? MonthSpan.ReadOptional(check, first, last, current) : MonthSpan.Read(check, first, last, current);
            var known = await days.ReadAsync(check, parsed.GetValue(knownOn), cancellationToken);
            if (check.Reasons.Count > 0)
            {
                return CommandLine.Fail(check.Reasons);
            }

            var answer = await readAsync(opened, new MonthsQuestion(span.First, span.Last, known), cancellationToken);
            if (parsed.GetValue(json))
            {
                CommandLine.WriteJson(answer);
            }
            else
            {
                write(opened, answer);
            }

            return exitCode(answer);
        }, cancellationToken));
        return command;
    }
}
