using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Forecasts;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Commands;

/// <summary><c>forecast</c>: what the API's forecasts answer; <c>forecast backtest</c>: how good past ones were.</summary>
internal static class ForecastCommand
{
    public static Command Create()
    {
        var (by, where, json, demo) = (ByOption(), WhereOption(), CommandLine.JsonOption(), CommandLine.DemoOption());
        var command = new Command("forecast", "What this month, the next three and the year are expected to cost, with 80 % intervals.") { by, where, json, demo, Backtest() };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var check = new FieldCheck();
            if (ForecastQuestion.Read(check, parsed.GetValue(by), parsed.GetRequiredValue(where)) is not { } question)
            {
                return CommandLine.Fail(check.Reasons);
            }

            var (answer, settings) = (await opened.Get<ForecastQuery>().ByAsync(question.By, question.Where, cancellationToken), opened.Database.Settings);
            if (parsed.GetValue(json))
            {
                CommandLine.WriteJson(ForecastResponse.Of(question, answer, settings.ReportingCurrency, settings.ReportingTimeZone.Id));
            }
            else
            {
                Write(question, answer, settings.ReportingCurrency);
            }

            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Backtest()
    {
        var from = CommandLine.FromOption("twelve months ago");
        var to = new Option<string?>("--to") { Description = "The last month; the last one that is over if not given." };
        var (by, where, json, demo) = (ByOption(), WhereOption(), CommandLine.JsonOption(), CommandLine.DemoOption());
        var command = new Command("backtest", "Make past forecasts again from what was known on each day, and compare them with what the months came to.") { from, to, by, where, json, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var check = new FieldCheck();
            var (first, last) = BacktestSpan.Read(check, parsed.GetValue(from), parsed.GetValue(to), opened.Get<KnownOn>().Today);
            if (ForecastQuestion.Read(check, parsed.GetValue(by), parsed.GetRequiredValue(where)) is not { } question)
            {
                return CommandLine.Fail(check.Reasons);
            }

            var query = opened.Get<ForecastQuery>();
            if (parsed.GetValue(json))
            {
                CommandLine.WriteJson(BacktestResponse.Of(question, await query.BacktestAsync(question.By, question.Where, first, last, null, cancellationToken)));
                return 0;
            }

            Write(question, await ProgressBar.ShowAsync("Scopes", progress =>
                query.BacktestAsync(question.By, question.Where, first, last, (done, of) => progress(done, of), cancellationToken)));
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Option<string?> ByOption() => new("--by") { Description = $"What to break it down by, with commas: {CostQuestion.Words(ForecastQuery.Dimensions)}." };

    private static Option<string[]> WhereOption() =>
        new("--where") { Description = "Only costs that have this, like team=Support; given again, another value of the same is added, and another of something else narrows further.", DefaultValueFactory = _ => [] };

    private static void Write(ForecastQuestion question, ForecastAnswer answer, string currency)
    {
        var table = new Table().AddColumns([.. question.By.Select(dimension => dimension.Name), "Spent", "Month", "8 of 10 times", .. answer.Total.Next.Select(span => BillingPeriod.Of(span.First).ToString()), "Year", "Not in the amounts"]);
        foreach (var scope in answer.Rows.Append(answer.Total))
        {
            string[] keys = [.. question.By.Select((dimension, at) => scope.Keys.GetValueOrDefault(dimension.Name) ?? (at == 0 ? "Total" : ""))];
            string[] lacking = [Quantity.Short(scope.Costs.Unpriced), Money.InEach(scope.Costs.Unconverted)];
            table.AddRow(
            [
                .. keys.Select(Markup.Escape), Money.Text(scope.Month.Spent, currency), $"{Money.Text(scope.Month.Expected, currency)}{(scope.Rough > 0 ? " (rough)" : "")}",
                ForecastWords.Interval(scope.Month, currency), .. scope.Next.Select(span => Money.Text(span.Expected, currency)), Money.Text(scope.Year.Expected, currency),
                Markup.Escape(string.Join(", ", lacking.Where(text => text is not ("" or "–")))),
            ]);
        }

        CommandLine.Write(table);
        WriteLines([.. answer.Total.Scheduled.Select(charge => ForecastWords.Scheduled(charge, currency))]);
        WriteLines([.. answer.Total.Planned.Select(line => ForecastWords.Planned(line, currency))]);
        Console.WriteLine($"In {currency}. Charges that come every month, quarter or year are expected on their day. Others, training and dataset preparation count once they are recorded, or as planned or estimated.");
    }

    private static void WriteLines(IReadOnlyList<string> lines)
    {
        foreach (var line in lines.Take(ForecastWords.MostLines))
        {
            Console.WriteLine(line);
        }

        if (lines.Count - ForecastWords.MostLines is var more and > 0)
        {
            Console.WriteLine($"and {more} more: narrow the forecast to see them");
        }
    }

    private static void Write(ForecastQuestion question, BacktestAnswer answer)
    {
        var table = new Table().AddColumns([.. question.By.Select(dimension => dimension.Name), "Day", "WAPE", "Bias", "Held", "Run rate", "Last month", "Forecasts"]);
        void Add(string name, ScopeBacktest scope)
        {
            foreach (var (day, accuracy) in ForecastWords.Days(scope))
            {
                table.AddRow(
                [
                    .. question.By.Select((dimension, at) => Markup.Escape(scope.Keys.GetValueOrDefault(dimension.Name) ?? (at == 0 ? name : ""))), day,
                    ForecastWords.Percent(accuracy.Wape), ForecastWords.Signed(accuracy.Bias), ForecastWords.Percent(accuracy.Coverage), ForecastWords.Percent(accuracy.RunRateWape),
                    ForecastWords.Percent(accuracy.LastMonthWape), accuracy.Forecasts.ToString(CultureInfo.InvariantCulture),
                ]);
            }
        }

        foreach (var row in answer.Rows)
        {
            Add("", row);
        }

        if (answer.Pooled is { } pooled)
        {
            Add("All rows", pooled);
        }

        Add("Total", answer.Total);
        CommandLine.Write(table);
        Console.WriteLine($"{answer.From} to {answer.To}, recurring costs. Errors are shares of what the months came to; Held is the share of 80 % intervals that held.");
    }
}
