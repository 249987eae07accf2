using System.Text;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Import;

namespace SpendTracker.Tests.Budgets;

public sealed class BudgetImportTests
{
    private const string Header = "budget,name,period,from,to,currency,amount,scope,thresholds,rollover,fiscalYearStart,note,2026-01,2026-02\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_says_all_terms_of_a_budget()
    {
        var file = await ReadAsync(Header + "search,Search team,quarter,2026-01,2026-12,EUR,,team=search|ops;approach=hybrid,actual:80%@ops|finance;forecast:5000;unpriced:2.5%;lag:60s,true,4,n,100,200.50\nall,All,month,2026-01,,USD,5,,,,,,,\n");

        Assert.Empty(file.Malformed);
        Assert.Equal([2L, 3L], file.Rows.Select(row => row.Line));
        var search = file.Rows[0].Terms;
        Assert.Equal(("search", "Search team", "EUR", (decimal?)null, true, "n"), (search.Budget, search.Name, search.Currency, search.Amount, search.Rollover, search.Note));
        Assert.Equal(new(BudgetPeriodKind.Quarter, "2026-01", "2026-12", 4), search.Period);
        Assert.Equal(["approach hybrid", "team search ops"], search.Scope.Select(part => $"{part.Key} {string.Join(' ', part.Value)}").Order());
        Assert.Equal([("2026-01", 100m), ("2026-02", 200.50m)], search.Amounts!.Select(month => (month.Key, month.Value)));
        Assert.Equal(["actual:80% ops finance", "forecast:5000 ", "unpriced:2.5% ", "lag:60s "], search.Thresholds!.Select(threshold => $"{Thresholds.KeyOf(threshold)} {string.Join(' ', threshold.Channels ?? [])}"));
        Assert.True(file.Rows[1].Terms is { Amount: 5, Amounts: null, Thresholds: null, Scope.Count: 0, Rollover: false, Note: null, Period: { To: null, FiscalYearStart: 1 } });
    }

    [Fact]
    public async Task The_same_file_twice_changes_nothing_and_what_somebody_changed_meanwhile_is_not_overwritten()
    {
        await using var database = await TestDatabase.CreateAsync();
        var book = database.Get<BudgetBook>();
        var import = database.Get<BudgetImport>();
        var rows = (await ReadAsync(Header + "a,A,month,2026-01,,USD,5,team=x,actual:80.0%,,,,,\nb,B,year,2026-01,,USD,,,,,,,1,2\nc,C,month,2026-01,,USD,5,,actual:80%@nobody,,,,,\n")).Rows;

        var diff = await import.CompareAsync(rows, Cancel);
        Assert.Equal(["a", "b"], diff.Changes.Select(change => change.Terms.Budget));
        var (line, reason) = Assert.Single(diff.Refused);
        Assert.Equal((4L, "thresholds[0].channels", "There is no channel 'nobody'. Set it up first, or leave it out."), (line, reason.Field, reason.Reason));
        Assert.Empty(await import.SetAsync(diff, new Recorder("test"), Cancel));
        Assert.Equal((0, 2), ((await import.CompareAsync(rows, Cancel)).Changes.Count, (await import.CompareAsync(rows, Cancel)).Unchanged));

        var changed = await import.CompareAsync((await ReadAsync(Header + "a,A,month,2026-01,,USD,6,team=x,actual:80%,,,,,\n")).Rows, Cancel);
        Assert.Equal(1, Assert.Single(changed.Changes).Before!.Version);
        await book.SetAsync(rows[0].Terms with { Amount = 7 }, null, new Recorder("somebody"), Cancel);
        Assert.Equal(["a"], await import.SetAsync(changed, new Recorder("test"), Cancel));
        Assert.Equal([7m, 5m], (await book.HistoryAsync("a", Cancel)).Select(version => version.Terms.Amount!.Value));
    }

    [Theory]
    [InlineData("a,A,week,2026-01,,USD,5,,,,,,,", "period", "Must be one of month, quarter, year, range.")]
    [InlineData("a,A,month,2026-01,,USD,\"5,00\",,,,,,,", "amount", "'5,00' is not an amount like 1500.00.")]
    [InlineData("a,A,month,2026-01,,USD,5,team,,,,,,", "scope", "'team' must be a dimension, =, and its values with | between them; each dimension once.")]
    [InlineData("a,A,month,2026-01,,USD,5,teem=x,,,,,,", "scope", "'teem' is not a dimension.")]
    [InlineData("a,A,month,2026-01,,USD,5,,actual:lots,,,,,", "thresholds", "'actual:lots' must be like")]
    [InlineData("a,A,month,2026-01,,USD,5,,lag:5%,,,,,", "thresholds[0]", "Give a percent or an amount")]
    [InlineData("a,A,month,2026-01,,USD,5,,,yes,,,,", "rollover", "Must be true or false.")]
    [InlineData("a,A,month,2026-01,,USD,5,,,,13,,,", "period.fiscalYearStart", "Must be from 1 to 12.")]
    [InlineData("a,A,month,2026-01,,USD,,,,,,,x,", "2026-01", "'x' is not an amount like 1500.00.")]
    [InlineData("a,A,month", "", "Has another number of fields than the header.")]
    [InlineData("first,A,month,2026-01,,USD,5,,,,,,,", "budget", "Is in the file twice.")]
    public async Task A_row_that_is_wrong_is_told_with_its_line_and_field_and_the_others_are_read(string row, string field, string reason)
    {
        var file = await ReadAsync($"{Header}first,F,month,2026-01,,USD,5,,,,,,,\n{row}\nlast,L,month,2026-01,,USD,5,,,,,,,\n");

        Assert.Equal(["first", "last"], file.Rows.Select(read => read.Terms.Budget));
        Assert.Contains(file.Malformed, malformed => malformed.Line == 3 && malformed.Field == field && malformed.Reason.StartsWith(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("budget,name,period,from,currency,ammount\n", "'ammount' is not a column of budgets.")]
    [InlineData("budget,name,period,currency,amount\n", "The column from is missing.")]
    [InlineData("budget,name,period,from,currency,amount,amount\n", "The column amount is there twice.")]
    public async Task A_misspelt_column_stops_the_file(string header, string reason) =>
        Assert.StartsWith(reason, (await Assert.ThrowsAsync<ImportException>(() => ReadAsync(header + "a,A,month,2026-01,USD,5\n"))).Message, StringComparison.Ordinal);

    private static async Task<BudgetFile> ReadAsync(string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await BudgetCsv.ReadAsync(content, TimeZoneInfo.Utc, Cancel);
    }
}
