using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Rates;

namespace SpendTracker.Tests.Rates;

/// <summary>Which names the patterns of aliases leave alone, in the very costs that pages show.</summary>
public sealed class FineTunedNameTests : IAsyncLifetime
{
    private static readonly BillingPeriod Month = BillingPeriod.Of(Given.Day);

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_pattern_never_reaches_a_name_that_looks_fine_tuned_and_that_name_written_out_does()
    {
        string[] names =
        [
            .. FineTunedNames.Forms.Select(form => form.Example),
            "openai/ft:gpt-3.5-turbo-0125:acme:intents:8rZ7x:ckpt-step-90", "openai/davinci:ft-acme:intents-2022-02-15-04-21-04", "mistral/ft:open-mistral-7b:daf5e488:20240430:c1bed559",
            "azure/gpt-4o-mini-2024-07-18.ft-0ab12", "azure/GPT-4o-mini.FT-0ab12", "azure/gpt-4o-mini-ft", "azure/gpt-4o-mini-support-finetuned", "azure/gpt-35-turbo-fine-tuned",
            "bedrock/arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0:300k/cm00001", "bedrock/arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:provisioned-model/abc-123",
            "bedrock/arn:aws:bedrock:us-east-1:123456789012:imported-model/abc123", "sagemaker/arn:aws:sagemaker:us-east-1:123456789012:endpoint/ours", "google/gemini/4965075652664360960",
        ];
        await _database.ChangePricesAsync([Rate("own/base", 1), .. Patterns(names)]);
        await _database.RecordAsync([.. names.Select(name => Tokens(name))]);
        await _database.ProjectAsync();
        Assert.Equal(names.Order(StringComparer.Ordinal), (await UnpricedAsync()).Order(StringComparer.Ordinal));

        await _database.ChangePricesAsync([.. names.Select(name => new AliasPublished(name, "own/base"))]);
        await _database.ProjectAsync();
        Assert.Empty(await UnpricedAsync());
    }

    [Fact]
    public async Task A_pattern_reaches_the_names_of_base_models_although_some_look_alike()
    {
        string[] names =
        [
            "openai/gpt-4o-2024-07-01", "azure/gpt-4o-mini-2024-07-18", "azure/our-chat", "microsoft/phi-4", "bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0",
            "bedrock/arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", "bedrock/arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0",
            "google/models/gemini-2.5-pro", "google/projects/p/locations/us-central1/publishers/google/models/gemini-2.0-flash-001", "meta/llama-3.3-70b-instruct", "own/soft-left-20251120",
        ];
        await _database.ChangePricesAsync([Rate("own/base", 1), .. Patterns(names)]);
        await _database.RecordAsync([.. names.Select(name => Tokens(name))]);
        await _database.ProjectAsync();

        Assert.Empty(await UnpricedAsync());
        var total = Assert.Single(await _database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(Month, Month), [], TestContext.Current.CancellationToken));
        Assert.Equal(names.Length, total.Actual);
    }

    private async Task<IEnumerable<string>> UnpricedAsync() =>
        (await _database.Get<UnpricedQuery>().ListAsync(Month, Month, null, TestContext.Current.CancellationToken)).Select(usage => usage.Sku);

    /// <summary>Of all models of a provider, and of all that begin like one of them.</summary>
    private static IEnumerable<AliasPublished> Patterns(string[] names) =>
        names.SelectMany(name => (string[])[$"{name[..name.IndexOf('/')]}/*", $"{name[..^2]}*"]).Distinct().Select(pattern => new AliasPublished(pattern, "own/base"));

    private static RatePublished Rate(string sku, decimal price) => new(sku, Given.Day, "USD", [new("input-tokens", price)], "list");

    private static TokenUsageRecorded Tokens(string name) =>
        Given.Tokens(model: name[(name.IndexOf('/') + 1)..], input: 1, output: 0) with { Provider = name[..name.IndexOf('/')] };
}
