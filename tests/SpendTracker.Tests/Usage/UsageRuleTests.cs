using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Tests.Usage;

/// <summary>Usage on the very limits of what is recorded.</summary>
public sealed class UsageRuleTests
{
    private static readonly DateTimeOffset Now = Given.At(Given.Day);

    [Fact]
    public void All_output_may_be_reasoning_and_all_input_may_come_from_the_cache_or_go_into_it()
    {
        var usage = Given.Tokens(Now, input: 100, output: 10);
        Assert.Empty(FieldsOf(usage with { ReasoningTokens = 10, CachedInputTokens = 60, CacheWriteTokens = 40 }));
        Assert.Equal(["reasoningTokens"], FieldsOf(usage with { ReasoningTokens = 11 }));
        Assert.Equal(["cachedInputTokens"], FieldsOf(usage with { CachedInputTokens = 60, CacheWriteTokens = 41 }));
    }

    [Fact]
    public void Usage_may_be_five_minutes_ahead_and_five_years_back_and_no_tick_more()
    {
        Assert.Empty(FieldsOf(Given.Tokens(Now.AddMinutes(5))));
        Assert.Equal(["usedAt"], FieldsOf(Given.Tokens(Now.AddMinutes(5).AddTicks(1))));
        Assert.Empty(FieldsOf(Given.Tokens(Now.AddYears(-5))));
        Assert.Equal(["usedAt"], FieldsOf(Given.Tokens(Now.AddYears(-5).AddTicks(-1))));
    }

    private static IEnumerable<string> FieldsOf(TokenUsageRecorded usage) => UsageRules.Check(usage, Now).Select(reason => reason.Field);
}
