using System.CommandLine;
using SpendTracker.Budgets;
using SpendTracker.Events;
using SpendTracker.Web.Import;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Commands;

/// <summary><c>budgets import</c>: budgets from a CSV file.</summary>
internal static class BudgetsCommand
{
    public static Command Create() => new("budgets", "What may be spent.") { Import() };

    private static Command Import()
    {
        var file = new Argument<string>("file")
        {
            Description =
                "CSV, a budget a row, columns in any order. Needed: budget (the id), name, period (month, quarter, year or range), from (a month like 2026-01), currency. " +
                "Perhaps: to, amount, scope (team=search|ops;approach=hybrid; the organisation if empty), thresholds (actual:80%@ops|finance;forecast:100%;actual:5000), " +
                "rollover (true or false), fiscalYearStart (1 to 12), note, and a column like 2026-01 for each month with an amount of its own.",
        };
        var yes = Confirmation.YesOption("Set them without asking.");
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("import", "Show which budgets are new or changed, then set them. Budgets that are not in the file stay. Exit code 2 where rows are malformed, or a difference was not set.")
        {
            file, yes, by, demo,
        };
        command.SetAction((parsed, cancellationToken) => CommandLine.GuardAsync(async () =>
        {
            var content = await ImportedFile.ReadAsync(parsed.GetRequiredValue(file), cancellationToken);
            return await CommandLine.RunAsync(parsed.GetValue(demo), opened => RunAsync(opened, content, parsed.GetValue(yes), CommandLine.RecorderOf("budgets", parsed.GetValue(by)), cancellationToken), cancellationToken);
        }));
        return command;
    }

    private static async Task<int> RunAsync(OpenedDatabase opened, ReadOnlyMemory<byte> content, bool yes, Recorder recorder, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content.ToArray());
        var file = await BudgetCsv.ReadAsync(stream, opened.Database.Settings.ReportingTimeZone, cancellationToken);
        var import = opened.Get<BudgetImport>();
        var diff = await import.CompareAsync(file.Rows, cancellationToken);
        Write(file, diff);
        var whole = file.Malformed.Count + diff.Refused.Count == 0 ? 0 : 2;
        if (diff.Changes.Count == 0)
        {
            Console.WriteLine("There is nothing to set.");
            return whole;
        }

        if (!Confirmation.Given(yes, FormattableString.Invariant($"{diff.Changes.Count:#,0} budgets."), "set", "sets", "set"))
        {
            return 2;
        }

        var overtaken = await import.SetAsync(diff, recorder, cancellationToken);
        Console.WriteLine(FormattableString.Invariant($"{diff.Changes.Count - overtaken.Count:#,0} budgets were set."));
        if (overtaken.Count > 0)
        {
            Console.WriteLine($"Not set, since somebody else changed them meanwhile: {string.Join(", ", overtaken)}. Import again.");
        }

        return overtaken.Count > 0 ? 2 : whole;
    }

    private static void Write(BudgetFile file, BudgetDiff diff)
    {
        foreach (var (terms, before) in diff.Changes)
        {
            Console.WriteLine(before is null
                ? $"new        {terms.Budget}: {BudgetWords.Amount(terms)}. {BudgetWords.Period(terms.Period)}. {BudgetWords.Scope(terms.Scope)}."
                : $"changed    {terms.Budget}: {BudgetWords.Changes(before.Terms, terms)}");
        }

        var malformed = file.Malformed.Select(row => (row.Line, row.Field, row.Reason)).Concat(diff.Refused.Select(row => (row.Line, row.Reason.Field, row.Reason.Reason))).OrderBy(row => row.Line).ToArray();
        foreach (var (line, field, reason) in malformed)
        {
            Console.WriteLine(FormattableString.Invariant($"malformed  line {line}: {(field.Length > 0 ? $"{field}: " : "")}{reason}"));
        }

        Console.WriteLine(FormattableString.Invariant(
            $"{diff.Changes.Count(change => change.Before is null):#,0} budgets new, {diff.Changes.Count(change => change.Before is not null):#,0} changed, {diff.Unchanged:#,0} unchanged; {malformed.Select(row => row.Line).Distinct().Count():#,0} rows malformed."));
    }
}
