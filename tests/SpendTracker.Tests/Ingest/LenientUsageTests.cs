using System.Globalization;
using System.Text;
using SpendTracker.Contracts;
using SpendTracker.Usage;
using SpendTracker.Web.Ingest;

namespace SpendTracker.Tests.Ingest;

/// <summary>Numbers as programs write them that reckon with doubles or know no whole numbers, and what becomes of them.</summary>
public sealed class LenientUsageTests
{
    [Theory]
    [InlineData("0.0016150000000000001", "0.001615")]
    [InlineData("1.6150000000000001e-3", "0.001615")]
    [InlineData("0.1234567890123456", "0.123456789012")]
    [InlineData("0.0000000000000001", "0")]
    [InlineData("0.50", "0.50")]
    public void A_reported_cost_only_informs_and_is_rounded_to_12_decimals(string sent, string stored)
    {
        var usage = (TokenUsageRecorded)Read(Given.TokensJson(extra: $",\"reportedCost\":{sent},\"reportedCurrency\":\"usd\"")).Usage!;

        Assert.Equal((stored, "USD"), (usage.ReportedCost!.Value.ToString(CultureInfo.InvariantCulture), usage.ReportedCurrency));
    }

    [Theory]
    [InlineData("0.0000035", "0.0000035", false)]
    [InlineData("0.30000000000000004", "0.3", true)]
    [InlineData("1234.5600000000001", "1234.56", true)]
    [InlineData("2500000000.1200001", "2500000000.12", true)]
    public void A_charge_is_kept_to_12_decimals_and_only_the_noise_of_a_double_is_cut_off_and_told(string sent, string stored, bool rounded)
    {
        var item = Read(Charge(sent));

        var charge = (ChargeRecorded)item.Usage!;
        var expected = decimal.Parse(stored, CultureInfo.InvariantCulture);
        Assert.Equal((stored, "EUR"), (charge.Amount.ToString(CultureInfo.InvariantCulture), charge.Currency));
        Assert.Equal(expected, Assert.Single(UsageQuantities.Of(charge, TimeZoneInfo.Utc)).Quantity);
        Assert.Equal(rounded ? [new FieldReason("amount", $"{sent} was rounded to {stored}.")] : null, item.Rounded);
    }

    [Theory]
    [InlineData("0.0000000000035001")]
    [InlineData("0.0012345678901234")]
    public void A_charge_that_would_have_to_be_rounded_is_refused(string sent) =>
        Assert.Equal([new FieldReason("amount", "At most 12 decimals, and from 1,000,000,000 on at most 6.")], Read(Charge(sent)).Reasons);

    [Theory]
    [InlineData("1840.0", 1840)]
    [InlineData("1.84e3", 1840)]
    [InlineData("0.0", 0)]
    public void A_whole_number_may_be_written_as_a_decimal(string sent, long tokens) =>
        Assert.Equal(tokens, ((TokenUsageRecorded)Read(Given.TokensJson().Replace("\"inputTokens\":1000", $"\"inputTokens\":{sent}", StringComparison.Ordinal)).Usage!).InputTokens);

    [Fact]
    public void Null_is_left_out_where_a_member_is_optional()
    {
        var item = Read(Given.TokensJson(extra: ",\"id\":null,\"source\":null,\"cachedInputTokens\":null,\"serviceTier\":null,\"requests\":null,\"outcome\":null,\"variant\":null"));

        Assert.Equal((null, null), (item.Id, item.Source));
        Assert.Equal(Given.Tokens(), item.Usage);
    }

    [Fact]
    public void An_unknown_member_is_refused_also_where_it_is_null() =>
        Assert.Equal("prompt", Assert.Single(Read(Given.TokensJson(extra: ",\"prompt\":null")).Reasons).Field);

    [Fact]
    public void Lines_of_files_that_were_put_together_may_begin_with_a_byte_order_mark() =>
        Assert.Equal(2, UsageRequest.Read(Encoding.UTF8.GetBytes($"\uFEFF{Given.TokensJson().Trim()}\r\n\uFEFF{Given.TokensJson().Trim()}"), lines: true, DateTimeOffset.UtcNow).Count(item => item.Usage is not null));

    [Theory]
    [InlineData("inclusive", 1000, 100)]
    [InlineData("exclusive", 1900, 140)]
    [InlineData("exclusive-cache", 1900, 100)]
    [InlineData("exclusive-reasoning", 1000, 140)]
    public void Totals_without_their_parts_are_added_up(string counts, long input, long output)
    {
        var item = Read(Given.TokensJson(extra: $",\"counts\":\"{counts}\",\"cachedInputTokens\":800,\"cacheWriteTokens\":100,\"reasoningTokens\":40"));

        var usage = (TokenUsageRecorded)item.Usage!;
        Assert.Equal((input, output, 800, 100, 40), (usage.InputTokens, usage.OutputTokens, usage.CachedInputTokens, usage.CacheWriteTokens, usage.ReasoningTokens));
    }

    [Theory]
    [InlineData("\"beside\"", "Must be one of inclusive, exclusive, exclusive-cache, exclusive-reasoning.")]
    [InlineData("7", "Must be a text, given once.")]
    public void Counts_are_one_of_few(string counts, string reason) =>
        Assert.Equal(new FieldReason("counts", reason), Assert.Single(Read(Given.TokensJson(extra: $",\"counts\":{counts}")).Reasons));

    [Fact]
    public void Counts_go_with_tokens_only() =>
        Assert.Equal("Goes with token_usage_recorded only.", Assert.Single(Read(Charge("1").Replace("\"workload\"", "\"counts\":\"exclusive\",\"workload\"", StringComparison.Ordinal)).Reasons).Reason);

    [Theory]
    [InlineData("cachedInputTokens", "30000", "exclusive-cache")]
    [InlineData("reasoningTokens", "5000", "exclusive-reasoning")]
    public void A_refused_part_says_how_to_count_it_beside(string part, string tokens, string counts)
    {
        var json = Given.TokensJson(extra: $",\"{part}\":{tokens}");
        Assert.Contains($"\"counts\":\"{counts}\" in the API", Assert.Single(Read(json).Reasons).Reason, StringComparison.Ordinal);
        Assert.NotNull(Read(json.Replace("\"workload\"", $"\"counts\":\"{counts}\",\"workload\"", StringComparison.Ordinal)).Usage);
    }

    private static string Charge(string amount) =>
        $$"""{"type":"charge_recorded","workload":"w","approach":"hybrid","component":"other","amount":{{amount}},"currency":"eur","chargedAt":"{{Given.At(Given.Day):o}}"}""";

    private static UsageRequestItem Read(string json) => Assert.Single(UsageRequest.Read(Encoding.UTF8.GetBytes(json), lines: false, DateTimeOffset.UtcNow));
}
