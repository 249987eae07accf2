using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Contracts;
using SpendTracker.Events;
using Outcome = SpendTracker.Contracts.Outcome;

namespace SpendTracker.Tests.Events;

/// <summary>Token usage is read by code of its own. It must mean what it means to the serialiser.</summary>
public sealed class TokenUsageJsonTests
{
    private static readonly string[] Names =
    [
        "workload", "approach", "provider", "model", "inputTokens", "outputTokens", "usedAt", "variant", "outcome", "requests", "serviceTier",
        "reportedCost", "reportedCurrency", "reasoningTokens", "cacheWriteTokens", "cachedInputTokens", "cacheWrite1hTokens", "audioInputTokens", "audioOutputTokens", "note", "Workload", "", "work\\u006coad",
    ];

    private static readonly string[] Values =
    [
        "\"support-chat\"", "\"hybrid\"", "\"fine-tuning\"", "\"prompt-engineering\"", "\"batch\"", "\"succeeded\"", "\"unknown\"", "\"\"", "\"Gr\u00fc\u00dfe\"", "\"caf\\u00e9\"",
        "\"2026-02-28T23:59:59Z\"", "\"2026-02-28T23:59:59.1234567Z\"", "\"2026-02-28T23:59:59+01:00\"", "\"2026-02-28T23:59:59\"", "\"2026-02-30T00:00:00Z\"", "\"2026-02-28Z\"", "\"T Z\"",
        "0", "1", "1000000000000", "-1", "1.5", "1e3", "12.000000000001", "9223372036854775808", "79228162514264337593543950336", "\"5\"", "null", "true", "{}", "[1]",
    ];

    /// <summary>A whole event, of whose members some are replaced, taken away, doubled or added.</summary>
    private static Gen<string> Texts() =>
        from valid in Gen.Elements(true, false)
        from changes in Gen.ListOf(Gen.Zip(Gen.Elements(Names), Gen.Elements(Values)))
        from dropped in Gen.Choose(-12, 6)
        from space in Gen.Elements("", " ", "\n\t")
        from tail in Gen.Elements("", "", "", "", " ", "x", "{}")
        select TextOf(valid ? [] : [.. changes.Take(3)], dropped, space, tail);

    private static string TextOf(IReadOnlyList<(string Name, string Value)> changes, int dropped, string space, string tail)
    {
        List<(string Name, string Value)> members =
        [
            ("workload", "\"support-chat\""), ("approach", "\"hybrid\""), ("provider", "\"openai\""), ("model", "\"gpt-4o\""), ("inputTokens", "12"), ("outputTokens", "7"),
            ("usedAt", "\"2026-02-28T23:59:59Z\""),
        ];
        if (dropped >= 0)
        {
            members.RemoveAt(dropped);
        }

        members.AddRange(changes);
        return $"{space}{{{string.Join($",{space}", members.Select(member => $"\"{member.Name}\":{space}{member.Value}"))}}}{tail}";
    }

    [Fact]
    public void It_reads_what_the_serialiser_reads_and_leaves_it_the_rest() => Prop.ForAll(Texts().ToArbitrary(), text =>
    {
        var json = Encoding.UTF8.GetBytes(text);
        var read = TokenUsageJson.Read(json);
        Assert.True(read is null || read == Serialised(json), text);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Fact]
    public void It_reads_what_is_stored_whatever_the_event_has()
    {
        var least = Given.Tokens();
        var most = least with
        {
            CachedInputTokens = 3, CacheWriteTokens = 2, ReasoningTokens = 1, ServiceTier = ServiceTier.Batch, Requests = 4, Variant = new string('v', 200), Outcome = Outcome.Succeeded,
            CacheWrite1hTokens = 1, AudioInputTokens = 6, AudioOutputTokens = 5, ReportedCost = 1.25m, ReportedCurrency = "EUR", UsedAt = least.UsedAt.AddTicks(1),
        };
        Assert.All([least, most], usage => Assert.Equal(usage, TokenUsageJson.Read(EventTypes.Of(usage).Write(usage))));
    }

    private static TokenUsageRecorded? Serialised(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ContractsJson.Default.TokenUsageRecorded);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
