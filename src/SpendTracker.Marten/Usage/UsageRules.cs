using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Usage;

/// <summary>What a usage event must fulfil to be recorded. Every text, number and time has a limit, and a refusal names it.</summary>
public static class UsageRules
{
    /// <summary>How far ahead a caller's clock may be.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>Invoices are disputed for years; older than this is more likely a wrong date than usage.</summary>
    public const int YearsBack = 5;

    /// <summary>The least that counts: quantities are kept with six decimals.</summary>
    private const decimal LeastQuantity = 0.000001m;

    private const decimal MostTokens = 1_000_000_000_000;
    private const decimal MostHours = 100_000;
    private const decimal MostReportedCost = 1_000_000_000_000;
    private const decimal MostScore = 1_000_000_000;

    /// <summary>
    /// Of a charge, in any currency: a billion US dollars in Iranian rials, the currency with the smallest unit. With
    /// <see cref="AmountDecimals"/> that is 21 of a decimal's 28 digits, so that ten million of them add up exactly. Reported
    /// costs, which have 12 decimals, are of single calls, and limited to a thousandth of it.
    /// </summary>
    internal const decimal MostAmount = 1_000_000_000_000_000;

    /// <summary>From here on, an amount has at most 6 decimals.</summary>
    private const decimal LargeAmount = 1_000_000_000;

    /// <summary>A calendar month in any time zone: 31 days, and the hours by which clocks are set back in it. Three were the most, in Antarctica/Casey.</summary>
    internal static readonly TimeSpan LongestHosting = new(31, 3, 0, 0);

    /// <summary>Decimals of a price of one unit, of a reported cost, and of an amount of less than a billion.</summary>
    public const int Decimals = 12;

    /// <summary>How many decimals an amount of money may have: single calls cost millionths of a cent.</summary>
    public static int AmountDecimals(decimal amount) => Math.Abs(amount) < LargeAmount ? Decimals : 6;

    /// <summary>
    /// Usage as it is stored, whichever way it comes: currencies in capitals, reported costs rounded to 12 decimals since they
    /// only inform, and amounts without the noise of a double. To be asked before <see cref="Check"/>.
    /// </summary>
    public static IUsageEvent AsStored(IUsageEvent usage) => usage switch
    {
        TokenUsageRecorded { ReportedCost: { } cost } e => e with { ReportedCost = Noise.Round(cost, Decimals), ReportedCurrency = Currency.CodeOf(e.ReportedCurrency) },
        ChargeRecorded e => e with { Amount = WithoutNoise(e.Amount), Currency = Currency.CodeOf(e.Currency) },
        DatasetPrepRecorded { Amount: { } amount } e => e with { Amount = WithoutNoise(amount), Currency = Currency.CodeOf(e.Currency) },
        _ => usage,
    };

    /// <summary>What <see cref="AsStored"/> rounds of what is owed, for the answer to the caller.</summary>
    public static IReadOnlyList<FieldReason> Rounded(IUsageEvent sent, IUsageEvent stored) => AmountOf(sent) is { } before && AmountOf(stored) is { } after && before != after
        ? [new("amount", string.Create(CultureInfo.InvariantCulture, $"{before} was rounded to {after}."))]
        : [];

    /// <summary>What is wrong with an event; empty where nothing is.</summary>
    public static IReadOnlyList<FieldReason> Check(IUsageEvent usage, DateTimeOffset now)
    {
        var check = new FieldCheck();
        check.Key("workload", usage.Workload);
        switch (usage)
        {
            case TokenUsageRecorded e: Tokens(check, e, now); break;
            case HostingHoursRecorded e: Hosting(check, e, now); break;
            case DatasetPrepRecorded e: DatasetPrep(check, e, now); break;
            case TrainingRunRecorded e: TrainingRun(check, e, now); break;
            case LabourRecorded e:
                check.Key("role", e.Role);
                check.Range("hours", e.Hours, LeastQuantity, MostHours);
                Time(check, "workedAt", e.WorkedAt, now);
                break;
            case EvaluationRecorded e:
                check.Name("variant", e.Variant, TextLength.Name);
                check.Name("metric", e.Metric, TextLength.Name);
                check.Range("score", e.Score, -MostScore, MostScore);
                check.Range("samples", e.Samples, 1, MostTokens);
                Time(check, "evaluatedAt", e.EvaluatedAt, now);
                break;
            case ChargeRecorded e: Charge(check, e, now); break;
        }

        return check.Reasons;
    }

    private static void Tokens(FieldCheck check, TokenUsageRecorded e, DateTimeOffset now)
    {
        check.Key("provider", e.Provider);
        check.Name("model", e.Model, TextLength.Name);
        check.Range("inputTokens", e.InputTokens, 0, MostTokens);
        check.Range("outputTokens", e.OutputTokens, 0, MostTokens);
        check.Range("cachedInputTokens", e.CachedInputTokens, 0, MostTokens);
        check.Range("cacheWriteTokens", e.CacheWriteTokens, 0, MostTokens);
        check.Range("reasoningTokens", e.ReasoningTokens, 0, MostTokens);
        check.That("cachedInputTokens", e.CachedInputTokens + e.CacheWriteTokens <= e.InputTokens, TooManyCached);
        check.That("reasoningTokens", e.ReasoningTokens <= e.OutputTokens, TooMuchReasoning);
        check.Range("cacheWrite1hTokens", e.CacheWrite1hTokens, 0, MostTokens);
        check.Range("audioInputTokens", e.AudioInputTokens, 0, MostTokens);
        check.Range("audioOutputTokens", e.AudioOutputTokens, 0, MostTokens);
        check.That("cacheWrite1hTokens", e.CacheWrite1hTokens <= 0 || e.CacheWrite1hTokens <= e.CacheWriteTokens, "Cannot exceed cacheWriteTokens, which include them.");
        check.That("audioInputTokens", e.AudioInputTokens <= 0 || e.AudioInputTokens <= e.InputTokens, "Cannot exceed inputTokens, which include them.");
        check.That("audioOutputTokens", e.AudioOutputTokens <= 0 || e.AudioOutputTokens + e.ReasoningTokens <= e.OutputTokens, "Audio and reasoning tokens together cannot exceed outputTokens, which include them.");
        check.Range("requests", e.Requests, 1, 1_000_000_000);
        check.OptionalName("variant", e.Variant, TextLength.Name);
        if (e.ReportedCost is { } reported)
        {
            check.Range("reportedCost", reported, 0, MostReportedCost);
            check.That("reportedCost", reported == Math.Round(reported, Decimals), "At most 12 decimals.");
            check.Currency("reportedCurrency", e.ReportedCurrency);
        }

        check.That("reportedCurrency", e.ReportedCurrency is null || e.ReportedCost is not null, "Goes with reportedCost only.");
        Time(check, "usedAt", e.UsedAt, now);
    }

    private static void Hosting(FieldCheck check, HostingHoursRecorded e, DateTimeOffset now)
    {
        check.Name("sku", e.Sku, TextLength.Name);
        check.Range("hours", e.Hours, LeastQuantity, MostHours);
        check.Range("units", e.Units, LeastQuantity, MostHours);
        check.That("units", e.Hours < LeastQuantity || e.Units < LeastQuantity || e.Hours > MostHours || e.Units > MostHours || e.Hours * e.Units >= LeastQuantity, "Times hours, it must come to 0.000001 at least.");
        if (e.BusyShare is { } busy)
        {
            check.Range("busyShare", busy, 0, 1);
        }

        check.OptionalName("variant", e.Variant, TextLength.Name);
        Time(check, "periodStart", e.PeriodStart, now);
        NotTooOld(check, "periodEnd", e.PeriodEnd, now); // A period that has begun may be recorded up to its end.
        var length = e.PeriodEnd - e.PeriodStart;
        check.That("periodEnd", length > TimeSpan.Zero, "Must be after periodStart.");
        check.That("periodEnd", length <= LongestHosting, "At most a calendar month after periodStart (31 days, and 3 hours where clocks are set back); record longer periods in parts.");

        // Rounded up as far as hours are kept: of 40 minutes, a caller sends 0.666667.
        check.That("hours", length <= TimeSpan.Zero || e.Hours <= decimal.Ceiling((decimal)length.Ticks * 1_000_000 / TimeSpan.TicksPerHour) / 1_000_000, "Cannot exceed the length of the period; several instances are units.");
    }

    private static void DatasetPrep(FieldCheck check, DatasetPrepRecorded e, DateTimeOffset now)
    {
        check.Name("dataset", e.Dataset, TextLength.Name);
        var given = (e.LabourHours is null ? 0 : 1) + (e.Items is null ? 0 : 1) + (e.Amount is null ? 0 : 1);
        check.That("", given == 1, "Give exactly one of labourHours, items and amount.");
        if (e.LabourHours is { } hours)
        {
            check.Range("labourHours", hours, LeastQuantity, MostHours);
            check.Key("role", e.Role);
        }

        if (e.Items is { } items)
        {
            check.Range("items", items, LeastQuantity, MostTokens);
        }

        if (e.Amount is { } amount)
        {
            Amount(check, amount, e.Currency);
        }

        check.That("role", e.Role is null || e.LabourHours is not null, "Goes with labourHours only.");
        check.That("currency", e.Currency is null || e.Amount is not null, "Goes with amount only.");
        Time(check, "preparedAt", e.PreparedAt, now);
    }

    private static void TrainingRun(FieldCheck check, TrainingRunRecorded e, DateTimeOffset now)
    {
        check.Key("provider", e.Provider);
        check.Name("model", e.Model, TextLength.Name);
        check.Name("runId", e.RunId, TextLength.Name);
        check.OptionalName("sku", e.Sku, TextLength.Name);
        check.That("", e.TrainedTokens is null != e.GpuHours is null, "Give exactly one of trainedTokens and gpuHours.");
        check.Range("trainedTokens", e.TrainedTokens ?? 1, 1, MostTokens);
        check.Range("gpuHours", e.GpuHours ?? 1, LeastQuantity, MostHours);
        check.Range("epochs", e.Epochs, LeastQuantity, 1_000);
        check.That("trainingLoss", e.TrainingLoss is not { Count: > 1_000 }, "At most 1,000 values, one an epoch.");
        check.That("validationLoss", e.ValidationLoss is not { Count: > 1_000 }, "At most 1,000 values, one an epoch.");
        Time(check, "completedAt", e.CompletedAt, now);
    }

    private static void Charge(FieldCheck check, ChargeRecorded e, DateTimeOffset now)
    {
        Amount(check, e.Amount, e.Currency);
        check.OptionalName("provider", e.Provider, TextLength.Name);
        check.OptionalName("invoice", e.Invoice, TextLength.Name);
        check.OptionalText("description", e.Description, TextLength.Description);
        Time(check, "chargedAt", e.ChargedAt, now);
    }

    private static void Amount(FieldCheck check, decimal amount, string? currency)
    {
        check.Range("amount", amount, -MostAmount, MostAmount);
        check.That("amount", amount != 0, "Must not be 0.");
        check.That("amount", amount == Math.Round(amount, AmountDecimals(amount)), "At most 12 decimals, and from 1,000,000,000 on at most 6.");
        check.Currency("currency", currency);
    }

    // Constants, since they are named at each event: put together each time they were a third of what recording one allocates.
    private const string TooManyCached =
        "Cached and cache-write tokens together cannot exceed inputTokens, which include them. If your provider counts them beside: \"counts\":\"exclusive-cache\" in the API, --counts exclusive-cache in an import.";

    private const string TooMuchReasoning =
        "Cannot exceed outputTokens, which include them. If your provider counts them beside: \"counts\":\"exclusive-reasoning\" in the API, --counts exclusive-reasoning in an import.";

    private static decimal WithoutNoise(decimal amount) => Noise.Cut(amount, AmountDecimals(amount));

    private static decimal? AmountOf(IUsageEvent usage) => usage switch
    {
        ChargeRecorded e => e.Amount,
        DatasetPrepRecorded e => e.Amount,
        _ => null,
    };

    private static void Time(FieldCheck check, string field, DateTimeOffset time, DateTimeOffset now)
    {
        check.That(field, time <= now + Ahead, "Cannot be more than 5 minutes ahead.");
        NotTooOld(check, field, time, now);
    }

    private static void NotTooOld(FieldCheck check, string field, DateTimeOffset time, DateTimeOffset now) =>
        check.That(field, time >= now.AddYears(-YearsBack), $"Cannot be more than {YearsBack} years back.");
}
