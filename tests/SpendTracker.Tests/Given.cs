using SpendTracker.Contracts;

namespace SpendTracker.Tests;

/// <summary>Usage to test with.</summary>
internal static class Given
{
    /// <summary>A recent day that all tests can count from: within the five years, whatever today is.</summary>
    public static readonly DateOnly Day = BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow)).Previous.Start.AddDays(9);

    public static DateTimeOffset At(DateOnly day, int hour = 12) => new(day.ToDateTime(new TimeOnly(hour, 0)), TimeSpan.Zero);

    public static TokenUsageRecorded Tokens(
        DateTimeOffset? usedAt = null, string workload = "support-chat", Approach approach = Approach.PromptEngineering, string model = "gpt-4o",
        long input = 1_000, long output = 100) => new(workload, approach, "openai", model, input, output, usedAt ?? At(Day));

    /// <summary>The same as JSON, as a caller writes it.</summary>
    public static string TokensJson(string? id = null, string extra = "", string? usedAt = null) =>
        $$"""
        {"type":"token_usage_recorded",{{(id is null ? "" : $"\"id\":\"{id}\",")}}"workload":"support-chat","approach":"prompt-engineering","provider":"openai","model":"gpt-4o","inputTokens":1000,"outputTokens":100,"usedAt":"{{usedAt ?? At(Day).ToString("o")}}"{{extra}}}
        """;

    /// <summary>An estimate of one amount a month, from the month of <see cref="Day"/>.</summary>
    public static EstimateSubmitted Estimate(decimal amount, int months = 1) => new(
        "support-chat", Approach.PromptEngineering, BillingPeriod.Of(Day).ToString(), BillingPeriod.Of(Day.AddMonths(months - 1)).ToString(), "USD",
        [new EstimateLine(Component.Usage, Amount: amount)]);
}
