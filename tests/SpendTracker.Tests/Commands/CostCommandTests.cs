using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Commands;

/// <summary>Costs, what is in none of them, corrections and closings from the command line, under the API's words.</summary>
public sealed class CostCommandTests : IAsyncLifetime
{
    private static readonly string Month = BillingPeriod.Of(Given.Day).ToString();
    private static readonly string[] Span = ["--from", Month, "--to", Month];

    private readonly FixedClock _clock = new(Given.At(Given.Day));
    private TestDatabase _database = null!;
    private CommandFolder _commands = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync("UTC", _clock);
        _commands = new CommandFolder(_database);
        await _database.PublishAsync("openai/m", Given.Day, new MeterPrice("input-tokens", 2));
        await _database.RecordAsync(("a", Used(100)), ("b", Used(10) with { Workload = "search", ReportedCost = 15, ReportedCurrency = "USD" }));
        _clock.Now = Given.At(Given.Day.AddDays(2));
        await _database.RecordAsync(("late", Used(7)));
        await _database.ProjectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _commands.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Costs_are_what_the_API_answers_to_the_same_question_as_JSON_CSV_or_a_table()
    {
        await using var host = await TestHost.StartAsync(await TestDatabase.CreateAsync(Task.FromResult(_database.Spend.Options.ConnectionString)));
        var known = Given.Day.AddDays(1).ToString("yyyy-MM-dd");
        var api = await host.GetAsync($"/api/v1/costs?from={Month}&by=workload&knownOn={known}&where=workload=support-chat&where=component=usage");
        var command = await _commands.JsonAsync(0, ["costs", .. Span, "--by", "workload", "--known-on", known, "--where", "workload=support-chat", "--where", "component=usage"]);
        Assert.True(JsonElement.DeepEquals(api, command), $"{api} {command}");
        Assert.Equal(200, api.GetProperty("total").GetProperty("actual").GetDecimal());

        var csv = await host.Client.GetStringAsync(new Uri($"/api/v1/costs?from={Month}&format=csv", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(csv.ReplaceLineEndings("\n").TrimEnd().Split('\n'), await _commands.RunAsync(0, ["costs", .. Span, "--csv"]));
        AssertRow(await _commands.RunAsync(0, ["costs", .. Span, "--by", "workload"]), "support-chat", "$214.00");

        var days = await host.GetAsync($"/api/v1/costs?from={Month}&by=workload&granularity=day");
        Assert.True(JsonElement.DeepEquals(days, await _commands.JsonAsync(0, ["costs", .. Span, "--by", "workload", "--granularity", "day"])), $"{days}");
        AssertRow(await _commands.RunAsync(0, ["costs", .. Span, "--by", "workload", "--granularity", "day"]), $"{Given.Day:yyyy-MM-dd}", "support-chat", "$214.00");
    }

    [Fact]
    public async Task What_is_in_no_amount_and_what_providers_report_is_listed()
    {
        await _database.RecordAsync(Used(3) with { Model = "[unheard-of]" }, new ChargeRecorded("search", Approach.Hybrid, Component.Other, 8, "EUR", Given.At(Given.Day)));
        await _database.ProjectAsync();
        var unpriced = await _commands.RunAsync(2, "unpriced");
        AssertRow(unpriced, "openai/[unheard-of]", "3 tokens", $"support-chat in {Month}");
        AssertRow(unpriced, "€8.00", $"search in {Month}");
        var known = Given.Day.AddDays(1).ToString("yyyy-MM-dd");
        Assert.Empty((await _commands.JsonAsync(0, "unpriced", "--known-on", known)).GetProperty("unpriced").EnumerateArray());
        AssertRow(await _commands.RunAsync(0, ["reported-costs", .. Span]), "search", "$15.00", "$20.00", "$5.00", "100 %");
        AssertRow(await _commands.RunAsync(0, "periods", "--known-on", known), Month, "open", "$220.00");
    }

    [Fact]
    public async Task A_question_that_makes_no_sense_is_refused_with_each_field()
    {
        var told = await _commands.RunAsync(1, "costs", "--where", "colour=red", "--by", "colour", "--known-on", "2000-01-01", "--from", "soon", "--granularity", "week");
        Assert.Equal(["by", "from", "granularity", "knownOn", "where"], told.Select(line => line.Split(':')[0]).Order());
    }

    [Fact]
    public async Task Usage_is_corrected_once_under_the_name_of_who_did_it()
    {
        var replacement = Given.TokensJson("right").Replace("gpt-4o", "m", StringComparison.Ordinal);
        var correction = $$"""{"corrects":{"id":"late"},"reason":"Wrong.","replacement":{{replacement}}}""";
        string[] correct = ["correct", "-", "--source", "test", "--by", "anna"];
        var done = $"event {EventId.From(Tenant.Default, "test", "late")} counts no longer, and {EventId.From(Tenant.Default, "test", "right")} counts instead.";

        Assert.Equal([$"appended: {done}"], await _commands.RunOnAsync(correction, 0, correct));
        Assert.Equal([$"duplicate: {done}"], await _commands.RunOnAsync(correction, 0, correct));
        Assert.Contains(
            "The event has another correction, or the replacement's id is taken. Nothing was stored.",
            await _commands.RunOnAsync(correction.Replace("Wrong.", "Other.", StringComparison.Ordinal), 1, correct));
        Assert.Equal(
            ["command:correct/anna", "command:correct/anna"],
            await _database.TextsAsync("select headers->>'recordedBy' from spend.mt_events where type = 'usage_corrected' or data->>'inputTokens' = '1000'"));
    }

    [Fact]
    public async Task A_month_is_closed_by_somebody_named_once_nothing_is_unpriced_or_that_is_accepted_explained_and_reopened()
    {
        await _database.RecordAsync(Used(3) with { Model = "unheard-of" });
        await _database.ProjectAsync();
        string[] close = ["close", Month, "--reason", "month end", "--by", "anna"];
        Assert.StartsWith("acceptUnpriced: ", Assert.Single(await _commands.RunAsync(1, close)), StringComparison.Ordinal);
        Assert.Equal(["total: It is 234 by now. Look again."], await _commands.RunAsync(1, [.. close, "--accept-unpriced", "--total", "233.99"]));
        Assert.StartsWith($"{Month} is closed at $234.00, in ", Assert.Single(await _commands.RunAsync(0, [.. close, "--accept-unpriced", "--total", "234.00"])), StringComparison.Ordinal);

        await _database.RecordAsync(Used(5));
        await _database.ProjectAsync();
        var first = Given.Day.ToString("yyyy-MM-dd");
        var explained = await _commands.RunAsync(0, "explain", Month, "--from", first);
        AssertRow(explained, "usage", "support-chat", "openai/m", "input-tokens", "12", "$24.00");
        AssertRow(explained, "booking", $"used in {Month}, booked in {BillingPeriod.Of(Given.Day).Next}", "−$10.00");
        Assert.StartsWith($"{Month} at the end of {first}: $220.00; moves $14.00; at the end of ", explained[^2], StringComparison.Ordinal);
        Assert.EndsWith(": 3 tokens unpriced.", explained[^1], StringComparison.Ordinal); // As was accepted.

        Assert.Equal([$"{Month} is open again."], await _commands.RunAsync(0, "reopen", Month, "--reason", "forgot one", "--by", "bert"));
        await _database.ProjectAsync();
        AssertRow(await _commands.RunAsync(0, "periods"), Month, "reopened", "$244.00", "anna, on the command line", "month end", "bert, on the command line", "forgot one");
        Assert.Equal(["command:closing/anna", "command:closing/bert"], await _database.TextsAsync(
            "select headers->>'recordedBy' from spend.mt_events where type in ('billing_period_closed', 'billing_period_reopened') order by seq_id"));
    }

    /// <summary>One row of a table has all of these.</summary>
    private static void AssertRow(string[] table, params string[] cells) =>
        Assert.True(table.Any(row => cells.All(cell => row.Contains(cell, StringComparison.Ordinal))), $"{string.Join(", ", cells)} are not in a row of\n{string.Join('\n', table)}");

    private static TokenUsageRecorded Used(long tokens) => Given.Tokens(model: "m", input: tokens, output: 0);
}
