using System.Text.Json;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Explorer;
using SpendTracker.Tests.Closing;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Explorer;

namespace SpendTracker.Tests.Costs;

/// <summary>An explanation has beside each amount what is in none: unpriced, priced incompletely, unconverted; and tells free from all of them.</summary>
public sealed class ExplainTests : IAsyncLifetime
{
    private static readonly DateOnly First = new(2026, 1, 10), Second = First.AddDays(1);
    private static readonly BillingPeriod Month = BillingPeriod.Of(First);

    private readonly FixedClock _clock = new(Given.At(First));
    private TestDatabase _database = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync("UTC", _clock);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_is_in_no_amount_is_beside_it_and_its_moves_add_up_to_what_the_totals_lack()
    {
        await RecordAsync();
        _clock.Now = Given.At(Second);
        var bought = await ExplainAsync();
        Assert.Empty(bought.Usage);

        // Late usage of the first day: of each kind once more.
        await RecordAsync();
        var usage = (await ExplainAsync()).Usage.Where(move => move.IsCharged).Select(move => $"{move.Sku} {move.Meter}: {Text(move.Amount, move.Lacking)} {move.Free}".TrimEnd()).Order(StringComparer.Ordinal);
        Assert.Equal(
            [
                "acme/free input-tokens: 0 free by the list of acme.example", "acme/new input-tokens: 0 unpriced 7", "acme/ranker requests-without-tokens: 0 unpriced 3",
                "acme/sound audio-input-tokens: 0 incomplete 60", "acme/sound input-tokens: 200", "charge/EUR amount: 0 EUR 5",
            ], usage);

        // A price for what had none, a free one, a whole one, an exchange rate: each moves what was known on the first day.
        await _database.ChangePricesAsync(
            Rate("new", 3), new RatePublished("acme/ranker", First, "USD", [new("requests", 0)], "contract 9", Kind: RateKind.Negotiated), Rate("sound", 2),
            new ExchangeRatePublished("EUR", First, 2, "bank"));
        var explanation = await ExplainAsync();
        Assert.Equal(
            [
                "acme/new input-tokens: 21 unpriced -7", "acme/ranker requests-without-tokens: 0 unpriced -3", "acme/ranker requests: 0 free by contract 9",
                "acme/sound audio-input-tokens: 0 incomplete -60", "acme/sound input-tokens: 0", "charge/EUR amount: 10 EUR -5",
            ], explanation.Prices.Select(move => $"{move.Sku} {move.Meter}: {Text(move.Amount, move.Lacking)} {move.Free}".TrimEnd()).Order(StringComparer.Ordinal));
        Assert.Equal((200m, 200m + 31 + 200 + 31), (explanation.Before, explanation.After));
        Assert.Equal("tokens 7, requests 3; tokens 60; EUR 5", Text(explanation.LackingBefore));
        Assert.Equal("; ; ", Text(explanation.LackingAfter));
    }

    [Fact]
    public async Task What_came_late_to_a_closed_month_and_lacks_a_price_is_told_where_it_is_booked()
    {
        await _database.ProjectAsync();
        _clock.Now = Given.At(new(2026, 2, 3));
        Assert.NotNull((await _database.Get<BillingPeriods>().CloseAsync(Month, new("month end"), new Recorder("test"), Stop)).Closing);
        await RecordAsync();
        BookingMove Only(Explanation explanation) => Assert.Single(explanation.Bookings);

        var february = await _database.Get<ExplainQuery>().OfAsync(Month.Next, new(2026, 2, 2), new(2026, 2, 3), null, Stop);
        var january = await _database.Get<ExplainQuery>().OfAsync(Month, new(2026, 2, 2), new(2026, 2, 3), null, Stop);
        Assert.Equal((200m, "tokens 7, requests 3; tokens 60; EUR 5"), (Only(february).Amount, Text(Only(february).Lacking)));
        Assert.Equal((-200m, "tokens -7, requests -3; tokens -60; EUR -5"), (Only(january).Amount, Text(Only(january).Lacking)));
        MoneyAnswers.AssertLackingAddsUp(february);
        MoneyAnswers.AssertLackingAddsUp(january);
    }

    [Fact]
    public async Task The_API_and_the_command_say_so()
    {
        _clock.Now = Given.At(Second);
        await RecordAsync();
        await using var host = await TestHost.StartAsync(_database);
        var address = $"/api/v1/costs/explain?month={Month}&from=2026-01-10&to=2026-01-11";
        var answer = await host.GetAsync(address);
        Assert.Equal(7, answer.GetProperty("unpricedAfter").GetProperty("tokens").GetDecimal());
        Assert.Equal(60, answer.GetProperty("incompleteAfter").GetProperty("tokens").GetDecimal());
        Assert.Equal(5, answer.GetProperty("unconvertedAfter").GetProperty("EUR").GetDecimal());
        JsonElement Of(string meter, string sku) => answer.GetProperty("usage").EnumerateArray().Single(move => move.GetProperty("meter").GetString() == meter && move.GetProperty("sku").GetString() == sku);
        Assert.Equal(3, Of("requests-without-tokens", "acme/ranker").GetProperty("unpriced").GetDecimal());
        Assert.Equal(60, Of("audio-input-tokens", "acme/sound").GetProperty("incomplete").GetDecimal());
        Assert.Equal(5, Of("amount", "charge/EUR").GetProperty("unconverted").GetProperty("EUR").GetDecimal());
        Assert.Equal("free by the list of acme.example", Of("input-tokens", "acme/free").GetProperty("free").GetString());

        // So do the pages: of lines, and of the events behind them.
        var lines = await _database.Get<CostLineQuery>().ListAsync(new("w", Month), Stop);
        foreach (var (sku, line, events) in ((string, string, string)[])
            [("acme/free", "free", "free by the list of acme.example"), ("acme/new", "unpriced", "unpriced"), ("acme/ranker", "unpriced", "unpriced"), ("charge/EUR", "€5.00 unconverted", "€5.00 unconverted"), ("acme/sound", "$200.00", "$200.00")])
        {
            Assert.Equal(line, LineAmount.Sum(lines.Where(one => one.Sku == sku), "USD"));
            Assert.Equal(events, EventWords.Sum((await _database.Get<UsageEventQuery>().PageAsync(new("w", Month) { Sku = sku }, null, false, false, Stop)).Events, "USD"));
        }

        using var commands = new CommandFolder(_database);
        var told = await commands.RunAsync(0, "explain", Month.ToString(), "--from", "2026-01-10", "--to", "2026-01-11");
        foreach (var row in (string[][])[["acme/ranker", "requests-without-tokens", "unpriced"], ["acme/new", "unpriced"], ["acme/sound", "charged as input-tokens, incomplete"], ["charge/EUR", "€5.00 unconverted"]])
        {
            Assert.Contains(told, line => row.All(cell => line.Contains(cell, StringComparison.Ordinal)));
        }

        Assert.DoesNotContain(told, line => line.Contains("$0.00", StringComparison.Ordinal) && !line.StartsWith(Month.ToString(), StringComparison.Ordinal));
        Assert.Equal("At the end of 2026-01-11: 7 tokens, 3 requests unpriced; 60 tokens priced incompletely; €5.00 unconverted.", told[^1]);
    }

    /// <summary>One event of each kind on the first day; prices of some of it.</summary>
    private async Task RecordAsync()
    {
        if (await _database.ScalarAsync<long>("select count(*) from spend.rate where sku = 'acme/sound'") == 0)
        {
            await _database.ChangePricesAsync(Rate("free", 0), Rate("sound", 2) with { NotCarried = [new("audio-input-tokens")] });
        }

        await _database.RecordAsync(
            Used("free", 50), Used("new", 7), Used("ranker", 0) with { Requests = 3 }, Used("sound", 100) with { AudioInputTokens = 60 },
            new ChargeRecorded("w", Approach.Hybrid, Component.Other, 5, "EUR", Given.At(First)));
        await _database.ProjectAsync();
    }

    private async Task<Explanation> ExplainAsync()
    {
        await _database.ProjectAsync();
        var explanation = await _database.Get<ExplainQuery>().OfAsync(Month, First, Second, null, Stop);
        Assert.Equal(explanation.After - explanation.Before, explanation.Explained);
        MoneyAnswers.AssertLackingAddsUp(explanation);
        return explanation;
    }

    private static RatePublished Rate(string model, decimal price) => new($"acme/{model}", First, "USD", [new("input-tokens", price)], "acme.example");

    private static TokenUsageRecorded Used(string model, long tokens) => new("w", Approach.Hybrid, "acme", model, tokens, 0, Given.At(First));

    private static string Text(decimal amount, Lacking lacking) => FormattableString.Invariant(
        $"{amount} {(lacking.Unpriced != 0 ? $"unpriced {lacking.Unpriced} " : "")}{(lacking.Incomplete != 0 ? $"incomplete {lacking.Incomplete} " : "")}{string.Concat(lacking.Unconverted.Select(part => FormattableString.Invariant($"{part.Key} {part.Value} ")))}").TrimEnd();

    private static string Text(LackingTotal lacking) => string.Join("; ", ((IReadOnlyDictionary<string, decimal>[])[lacking.Unpriced, lacking.Incomplete, lacking.Unconverted])
        .Select(parts => string.Join(", ", parts.OrderByDescending(part => Math.Abs(part.Value)).Select(part => FormattableString.Invariant($"{part.Key} {part.Value}")))));
}
