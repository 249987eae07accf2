using System.CommandLine;
using Spectre.Console;
using SpendTracker.Access;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;
using Recorder = SpendTracker.Events.Recorder;

namespace SpendTracker.Web.Commands;

/// <summary><c>periods</c>, <c>close</c> and <c>reopen</c>: billing periods.</summary>
internal static class ClosingCommands
{
    public static Command Periods()
    {
        var knownOn = CommandLine.KnownOnOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("periods", "List the billing periods, and who closed them.") { knownOn, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var currency = opened.Database.Settings.ReportingCurrency;
            var check = new FieldCheck();
            var known = await opened.Get<KnownOn>().ReadAsync(check, parsed.GetValue(knownOn), cancellationToken);
            if (check.Reasons.Count > 0)
            {
                return CommandLine.Fail(check.Reasons);
            }

            var table = new Table().AddColumns("Month", "Status", "Total", "Of which corrections", "Closed", "By", "Reason", "Reopened", "By", "Reason");
            var names = opened.Get<PersonNames>();
            foreach (var period in await opened.Get<BillingPeriods>().ListAsync(known, cancellationToken))
            {
                var last = period.History is [var latest, ..] ? latest : null;
                table.AddRow(
                    period.Month.ToString(), period.IsClosed ? "closed" : last is null ? "open" : "reopened", Money.Text(period.Total, currency), Money.Text(period.Corrections, currency),
                    last?.ClosedAt.ToString("u") ?? "", Markup.Escape(last is null ? "" : Label.By(names, last.ClosedBy)), Markup.Escape(last?.Reason ?? ""),
                    last?.ReopenedAt?.ToString("u") ?? "", Markup.Escape(last?.ReopenedBy is { } by ? Label.By(names, by) : ""), Markup.Escape(last?.ReopenedBecause ?? ""));
            }

            CommandLine.Write(table);
            return 0;
        }, cancellationToken));
        return command;
    }

    public static Command Close()
    {
        var month = Month();
        var reason = CommandLine.ReasonOption();
        var unpriced = new Option<bool>("--accept-unpriced") { Description = "Close although some usage has no rate, or is priced incompletely; it is not in the total, or in part." };
        var unconverted = new Option<bool>("--accept-unconverted") { Description = "Close although some amounts have no exchange rate; they are not in the total." };
        var total = new Option<decimal?>("--total") { Description = "What was looked at, to as many decimals as are given: the period is not closed where its total is another." };
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("close", "Close a billing period: its total never changes again, and what comes later is booked in the first open period after it.")
        {
            month, reason, unpriced, unconverted, total, by, demo,
        };
        command.SetAction((parsed, cancellationToken) => WithMonthAsync(parsed, month, demo, async (opened, period) =>
        {
            var request = new CloseRequest(parsed.GetRequiredValue(reason), parsed.GetValue(unpriced), parsed.GetValue(unconverted), parsed.GetValue(total));
            var (closing, reasons) = await opened.Get<BillingPeriods>().CloseAsync(period, request, RecorderOf(parsed.GetValue(by)), cancellationToken);
            if (closing is null)
            {
                return CommandLine.Fail(reasons);
            }

            Console.WriteLine($"{period} is closed at {Money.Text(closing.Total, opened.Database.Settings.ReportingCurrency)}, in {closing.Lines} lines.");
            return 0;
        }, cancellationToken));
        return command;
    }

    public static Command Reopen()
    {
        var month = Month();
        var reason = CommandLine.ReasonOption();
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("reopen", "Open a closed billing period again: what was booked for it in an open one comes back.") { month, reason, by, demo };
        command.SetAction((parsed, cancellationToken) => WithMonthAsync(parsed, month, demo, async (opened, period) =>
        {
            if (await opened.Get<BillingPeriods>().ReopenAsync(period, parsed.GetRequiredValue(reason), RecorderOf(parsed.GetValue(by)), cancellationToken) is { Count: > 0 } reasons)
            {
                return CommandLine.Fail(reasons);
            }

            Console.WriteLine($"{period} is open again.");
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Recorder RecorderOf(string? by) => CommandLine.RecorderOf("closing", by);

    private static Argument<string> Month() => new("month") { Description = "The billing period, like 2026-01." };

    private static Task<int> WithMonthAsync(
        ParseResult parsed, Argument<string> month, Option<bool> demo, Func<OpenedDatabase, BillingPeriod, Task<int>> run, CancellationToken cancellationToken) =>
        BillingPeriod.TryParse(parsed.GetRequiredValue(month), out var period)
            ? CommandLine.RunAsync(parsed.GetValue(demo), opened => run(opened, period), cancellationToken)
            : Task.FromResult(CommandLine.Fail([new FieldReason("month", "Must be a month like 2026-01.")]));
}
