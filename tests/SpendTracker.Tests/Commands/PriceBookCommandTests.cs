using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;

namespace SpendTracker.Tests.Commands;

/// <summary>The price book from the command line: seen first, then published or withdrawn, under somebody's name.</summary>
public sealed class PriceBookCommandTests : IAsyncLifetime
{
    private static readonly string Day = Given.Day.ToString("yyyy-MM-dd");

    private TestDatabase _database = null!;
    private CommandFolder _commands = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _commands = new CommandFolder(_database);
    }

    public async ValueTask DisposeAsync()
    {
        _commands.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_rate_is_shown_with_what_it_would_change_published_when_confirmed_and_taken_back_by_its_id()
    {
        await _database.RecordAsync(Given.Tokens(model: "m", input: 1_000, output: 0));
        await _database.ProjectAsync();
        var file = _commands.Write("rate.json", Rate("openai/m", 2));

        var told = await _commands.RunAsync(2, "rates", "publish", file);
        Assert.Contains(told, line => line.Contains("support-chat", StringComparison.Ordinal) && line.Contains("$2,000.00", StringComparison.Ordinal));
        Assert.Equal("Nothing was published. --yes publishes.", told[^1]);
        Assert.Equal(0, await ActualAsync());

        Assert.Equal("Published: rate/openai/m.", (await _commands.RunAsync(0, "rates", "publish", file, "--yes", "--by", "Anna Berg"))[^1]);
        Assert.Equal(2_000, await ActualAsync());
        Assert.Equal("command:rates/Anna Berg", await RecordedByAsync("rate/openai/m", 1));

        var id = (await _commands.JsonAsync(0, "rates", "list", "--sku", "openai/m")).GetProperty("rates")[0].GetProperty("publication").GetProperty("id").GetString()!;
        Assert.Equal("Withdrawn.", (await _commands.RunAsync(0, "rates", "withdraw", id, "--reason", "wrong month", "--yes"))[^1]);
        Assert.Equal(0, await ActualAsync());
        Assert.Equal($"command:rates/{Environment.UserName}", await RecordedByAsync("rate/openai/m", 2));
        Assert.Contains(await _commands.RunAsync(0, "rates", "list"), line =>
            line.Contains(id, StringComparison.Ordinal) && line.Contains("Anna Berg, on the command line", StringComparison.Ordinal) && line.Contains(": wrong month", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Discounts_aliases_and_exchange_rates_are_published_from_the_standard_input_and_listed_as_the_API_lists_them()
    {
        await using var host = await TestHost.StartAsync(await TestDatabase.CreateAsync(Task.FromResult(_database.Spend.Options.ConnectionString)));
        await _database.Get<PriceBook>().PublishAsync(new AliasPublished("azure/*", "openai/m"), new Recorder("test"), TestContext.Current.CancellationToken);
        (string Noun, string Json)[] publications =
        [
            ("discounts", $$"""{"sku":"openai/*","percent":12.5,"effectiveFrom":"{{Day}}","source":"contract"}"""),
            ("aliases", """{"model":"azure/own","sku":"openai/m"}"""),
            ("exchange-rates", $$"""{"currency":"EUR","effectiveFrom":"{{Day}}","rate":1.0867,"source":"ECB"}"""),
        ];
        foreach (var (noun, json) in publications)
        {
            Assert.StartsWith("Published: ", (await _commands.RunOnAsync(json, 0, noun, "publish", "-", "--yes"))[^1], StringComparison.Ordinal);
        }

        await host.GetUntilAsync("/api/v1/exchange-rates", answer => answer.GetProperty("items").GetArrayLength() == 1);
        var listed = await _commands.JsonAsync(0, "rates", "list");
        Assert.Equal(["azure/own", "azure/*"], listed.GetProperty("aliases").EnumerateArray().Select(alias => alias.GetProperty("model").GetString()));
        foreach (var (list, noun) in ((string, string)[])[("discounts", "discounts"), ("aliases", "aliases"), ("exchangeRates", "exchange-rates")])
        {
            Assert.True(JsonElement.DeepEquals(listed.GetProperty(list), (await host.GetAsync($"/api/v1/{noun}")).GetProperty("items")), $"{list}: {listed}");
        }
    }

    [Fact]
    public async Task What_the_API_refuses_is_refused_for_the_same_reasons_and_nothing_is_stored()
    {
        var before = await _database.ScalarAsync<long>("select count(*) from spend.mt_events");
        (string[] Arguments, string Reason)[] refused =
        [
            (["rates", "publish", "-"], "prices[0].meter: Must be one of "),
            (["discounts", "publish", "-"], "prices: Not a field of this type; it has sku, percent, "),
            (["rates", "withdraw", $"{Guid.NewGuid()}", "--reason", "r"], "The price book has no publication of that id."),
        ];
        foreach (var (arguments, reason) in refused)
        {
            var told = await _commands.RunOnAsync(Rate("own/model", 1).Replace("input-tokens", "smiles", StringComparison.Ordinal), 1, [.. arguments, "--yes"]);
            Assert.Contains(told, line => line.StartsWith(reason, StringComparison.Ordinal));
        }

        Assert.Equal(before, await _database.ScalarAsync<long>("select count(*) from spend.mt_events"));
    }

    private static string Rate(string sku, decimal price) =>
        $$"""{"sku":"{{sku}}","effectiveFrom":"{{Day}}","currency":"USD","prices":[{"meter":"input-tokens","price":{{price}}}],"source":"list"}""";

    private Task<string> RecordedByAsync(string stream, int version) =>
        _database.ScalarAsync<string>($"select headers->>'recordedBy' from spend.mt_events where stream_id = '{stream}' and version = {version}");

    private async Task<decimal> ActualAsync()
    {
        await _database.ProjectAsync();
        var month = BillingPeriod.Of(Given.Day);
        return (await _database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(month, month), [], TestContext.Current.CancellationToken)).Sum(cost => cost.Actual);
    }
}
