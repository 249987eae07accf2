using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Tests;

/// <summary>Usage to test with.</summary>
public static class Given
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

    /// <summary>So many calls, a line each, with the ids 0, 1, ….</summary>
    public static string Lines(int count) => string.Join('\n', Enumerable.Range(0, count).Select(i => TokensJson(i.ToString(CultureInfo.InvariantCulture))));

    /// <summary>One event of each kind, one a line, with most members.</summary>
    public static string OfEachKindJson =>
        $$"""
        {"type":"token_usage_recorded","id":"1","workload":"w","approach":"hybrid","provider":"openai","model":"gpt-4o","inputTokens":10,"cachedInputTokens":4,"cacheWriteTokens":1,"outputTokens":5,"reasoningTokens":2,"serviceTier":"batch","requests":3,"variant":"few-shot/v3","outcome":"succeeded","usedAt":"{{At(Day):o}}"}
        {"type":"hosting_hours_recorded","id":"2","workload":"w","approach":"fine-tuning","sku":"azure/gpt-35-turbo-fine-tuned","hours":10,"units":2,"busyShare":0.25,"periodStart":"{{At(Day):o}}","periodEnd":"{{At(Day).AddHours(10):o}}"}
        {"type":"dataset_prep_recorded","id":"3","workload":"w","dataset":"tickets","activity":"label","labourHours":3.5,"role":"annotator","preparedAt":"{{At(Day):o}}"}
        {"type":"training_run_recorded","id":"4","workload":"w","provider":"openai","model":"gpt-4o-mini-2024-07-18","runId":"ft-1","trainedTokens":200000,"epochs":3,"trainingLoss":[1.2,0.9,0.7],"validationLoss":[1.3,1.0,0.95],"stoppedEarly":true,"completedAt":"{{At(Day):o}}"}
        {"type":"labour_recorded","id":"5","workload":"w","approach":"prompt-engineering","role":"engineer","hours":2,"activity":"prompt-crafting","workedAt":"{{At(Day):o}}"}
        {"type":"charge_recorded","id":"6","workload":"w","approach":"hybrid","component":"infrastructure","amount":-12.34,"currency":"USD","category":"credit","invoice":"INV-7","chargedAt":"{{At(Day):o}}"}
        {"type":"evaluation_recorded","id":"7","workload":"w","approach":"fine-tuning","variant":"v1","metric":"accuracy","score":0.91,"samples":500,"evaluatedAt":"{{At(Day):o}}"}
        """;

    /// <summary>An estimate of one amount a month, from the month of <see cref="Day"/>.</summary>
    public static EstimateSubmitted Estimate(decimal amount, int months = 1) => new(
        "support-chat", Approach.PromptEngineering, BillingPeriod.Of(Day).ToString(), BillingPeriod.Of(Day.AddMonths(months - 1)).ToString(), "USD",
        [new EstimateLine(Component.Usage, Amount: amount)]);
}
