using System.Globalization;
using System.Text.Json;
using Npgsql;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Budgets;

/// <summary>A budget's terms, and who set them.</summary>
/// <param name="Version">How often it was set.</param>
public sealed record Budget(BudgetSet Terms, int Version, DateTimeOffset SetAt, string SetBy);

/// <summary>Sets, removes and lists budgets.</summary>
public sealed class BudgetBook(NpgsqlDataSource dataSource, EventStore store)
{
    public const int MostThresholds = 20;
    public const int MostScopeValues = 100;
    public const int MostMonths = 120;
    public const decimal MostAmount = 1_000_000_000_000;
    public const int ReasonLength = 1_000;
    private const int AmountDecimals = 6;
    private const int PercentDecimals = 2;

    internal static string StreamOf(string budget) => $"budget/{budget}";

    /// <summary>What is wrong with a budget's terms, all of it.</summary>
    public static IReadOnlyList<FieldReason> Check(BudgetSet budget) => Check(new FieldCheck(), budget);

    private static FieldReasons Check(FieldCheck check, BudgetSet budget)
    {
        check.Id("budget", budget.Budget);
        check.Name("name", budget.Name, TextLength.Name);
        check.Currency("currency", budget.Currency);
        check.OptionalText("note", budget.Note, TextLength.Description);
        CheckScope(check, budget.Scope);
        CheckPeriod(check, budget.Period);
        CheckAmounts(check, budget);
        check.That("thresholds", budget.Thresholds?.Contains(null!) != true, "Must not contain null.");
        BudgetThreshold[] thresholds = [.. budget.Thresholds?.Where(threshold => threshold is not null) ?? []];
        check.That("thresholds", thresholds.Length <= MostThresholds, $"At most {MostThresholds}.");
        for (var i = 0; i < thresholds.Length; i++)
        {
            CheckThreshold(check, $"thresholds[{i}]", thresholds[i]);
        }

        check.That("thresholds", thresholds.Select(Thresholds.KeyOf).Distinct().Count() == thresholds.Length, "No two may have the same line.");
        return check.Reasons;
    }

    /// <summary>Terms as they are recorded: the currency in capitals, numbers without the noise of a double. To be asked before <see cref="Check(BudgetSet)"/>.</summary>
    public static BudgetSet AsRecorded(BudgetSet budget)
    {
        static decimal? WithoutNoise(decimal? number, int decimals) => number is { } given ? Noise.Cut(given, decimals) : null;
        return budget with
        {
            Currency = Currency.CodeOf(budget.Currency),
            Amount = WithoutNoise(budget.Amount, AmountDecimals),
            Amounts = budget.Amounts?.ToDictionary(month => month.Key, month => Noise.Cut(month.Value, AmountDecimals)),
            Thresholds = budget.Thresholds is not { } thresholds ? null :
            [
                .. thresholds.Select(line => line with { Amount = WithoutNoise(line.Amount, AmountDecimals), Percent = WithoutNoise(line.Percent, PercentDecimals) }),
            ],
        };
    }

    /// <summary>Why terms that are in the log hold for nobody; only another program writes such. Null where they hold.</summary>
    internal static string? FaultOf(StoredEvent stored, BudgetSet terms) =>
        stored.Stream != StreamOf(terms.Budget) ? $"It is of budget '{terms.Budget}', in another's stream."
        : Check(new FieldCheck { IsStored = true }, terms) is [var first, ..] ? $"{first.Field}: {first.Reason}"
        : null;

    private static void CheckScope(FieldCheck check, IReadOnlyDictionary<string, IReadOnlyList<string>> scope)
    {
        check.That("scope", scope.Count <= MostThresholds, $"At most {MostThresholds} dimensions.");
        foreach (var (dimension, values) in scope)
        {
            check.That("scope", BudgetScope.IsDimension(dimension), $"'{dimension}' is not a dimension. Use {string.Join(", ", BudgetScope.Dimensions)}, or {BudgetScope.TagPrefix} and a tag's name.");
            check.That($"scope.{dimension}", values is { Count: > 0 and <= MostScopeValues }, $"Must be 1 to {MostScopeValues} values.");
            foreach (var value in values ?? [])
            {
                check.Text($"scope.{dimension}", value, TextLength.Name);
            }
        }

        check.Names<Approach>("scope.approach", scope.GetValueOrDefault("approach"));
        check.Names<Component>("scope.component", scope.GetValueOrDefault("component"));
    }

    private static void CheckPeriod(FieldCheck check, BudgetPeriod period)
    {
        var from = BillingPeriod.TryParse(period.From, out var first);
        BillingPeriod last = default;
        var to = period.To is null || BillingPeriod.TryParse(period.To, out last);
        check.That("period.from", from, "Must be a month like 2026-01.");
        check.That("period.to", to, "Must be a month like 2026-12.");
        check.That("period.to", period.To is not null || period.Kind != BudgetPeriodKind.Range, "A range has a last month.");
        check.That("period.to", !from || !to || period.To is null || last >= first, "Must not be before from.");
        check.That("period.to", !from || !to || period.Kind != BudgetPeriodKind.Range || period.To is null || ((last.Year - first.Year) * 12) + last.Month - first.Month < MostMonths, $"A range has at most {MostMonths} months.");
        check.Range("period.fiscalYearStart", period.FiscalYearStart, 1, 12);
    }

    private static void CheckAmounts(FieldCheck check, BudgetSet budget)
    {
        var months = budget.Amounts ?? new Dictionary<string, decimal>();
        check.That("amount", budget.Amount is not null || months.Count > 0, "Give an amount, or amounts by month.");
        check.That("amount", budget.Amount is null || months.Count == 0 || budget.Period.Kind == BudgetPeriodKind.Month, "A period of several months has an amount, or amounts by month, and not both.");
        check.That("amounts", months.Count <= MostMonths, $"At most {MostMonths} months.");
        CheckAmount(check, "amount", budget.Amount);
        foreach (var (month, amount) in months)
        {
            check.That("amounts", BillingPeriod.TryParse(month, out _), $"'{month}' must be a month like 2026-01.");
            CheckAmount(check, $"amounts.{month}", amount);
        }
    }

    private static void CheckAmount(FieldCheck check, string field, decimal? amount)
    {
        check.Range(field, amount ?? 0, 0, MostAmount);
        check.That(field, amount is not { } given || Math.Round(given, AmountDecimals) == given, "At most 6 decimals.");
    }

    private static void CheckThreshold(FieldCheck check, string field, BudgetThreshold threshold)
    {
        var given = (threshold.Percent is null ? 0 : 1) + (threshold.Amount is null ? 0 : 1) + (threshold.Seconds is null ? 0 : 1);
        var fits = threshold.On switch
        {
            ThresholdOn.Lag => threshold.Seconds is not null,
            ThresholdOn.Unpriced => threshold.Percent is not null,
            _ => threshold.Percent is not null || threshold.Amount is not null,
        };
        check.That(field, given == 1 && fits, "Give a percent or an amount; for unpriced a percent; for lag seconds; and nothing else.");
        check.Above($"{field}.percent", threshold.Percent ?? 1, 0, threshold.On == ThresholdOn.Unpriced ? 100 : 1_000);
        check.That($"{field}.percent", threshold.Percent is not { } percent || Math.Round(percent, PercentDecimals) == percent, "At most 2 decimals.");
        CheckAmount(check, $"{field}.amount", threshold.Amount);
        check.Range($"{field}.seconds", threshold.Seconds ?? 1, 1, 86_400);
        var channels = threshold.Channels ?? [];
        check.That($"{field}.channels", channels.Count <= 10 && channels.Distinct().Count() == channels.Count, "At most 10, each once.");
        foreach (var channel in channels)
        {
            check.Key($"{field}.channels", channel);
        }
    }

    /// <summary>Channels that thresholds name and that do not exist: an alert that goes nowhere would be missed by everybody.</summary>
    public async Task<IReadOnlyList<FieldReason>> UnknownChannelsAsync(BudgetSet terms, CancellationToken cancellationToken)
    {
        var named = ChannelsOf(terms);
        return named.Count == 0 ? [] : UnknownChannels(terms, await Channels.FindAsync(store, named, cancellationToken));
    }

    internal static IReadOnlyCollection<string> ChannelsOf(BudgetSet terms) =>
        [.. (terms.Thresholds ?? []).SelectMany(threshold => threshold.Channels ?? []).Distinct()];

    /// <param name="channels">Those that the thresholds name, at least; null for one that does not exist.</param>
    internal static IReadOnlyList<FieldReason> UnknownChannels(BudgetSet terms, IReadOnlyDictionary<string, Channel?> channels)
    {
        var check = new FieldCheck();
        var thresholds = terms.Thresholds ?? [];
        foreach (var channel in ChannelsOf(terms).Where(channel => channels[channel] is null))
        {
            for (var i = 0; i < thresholds.Count; i++)
            {
                check.That($"thresholds[{i}].channels", thresholds[i].Channels?.Contains(channel) != true, $"There is no channel '{channel}'. Set it up first, or leave it out.");
            }
        }

        return check.Reasons;
    }

    /// <summary>Sets a budget that has been checked, or changes it; nothing where it has these very terms.</summary>
    /// <param name="expectedVersion">The version that was looked at; see <see cref="StreamVersion"/>.</param>
    /// <returns>The budget's version now, and whether there was none until now; null where it has another version than was expected.</returns>
    public Task<(int Version, bool IsNew)?> SetAsync(BudgetSet terms, int? expectedVersion, Recorder recorder, CancellationToken cancellationToken) =>
        store.Streams.DecideAsync<BudgetState, (int, bool)?>(StreamOf(terms.Budget), state => DecideSet(state, terms, expectedVersion), recorder, cancellationToken);

    /// <summary>What has to be recorded so that a budget has these terms.</summary>
    internal static Decision<(int Version, bool IsNew)?> DecideSet(BudgetState? state, BudgetSet terms, int? expectedVersion)
    {
        var held = state is { IsRemoved: false, Terms: not null };
        return !StreamVersion.Is(expectedVersion, state is null or { IsRemoved: true } ? 0 : state.Version) ? new(null)
            : held && SameTerms(state!.Terms!, terms) ? new((state.Version, false))
            : new(((state?.Version ?? 0) + 1, !held), terms);
    }

    /// <returns>Why it cannot be removed; empty where it is done.</returns>
    public async Task<IReadOnlyList<FieldReason>> RemoveAsync(string budget, string reason, Recorder recorder, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.Text("reason", reason, ReasonLength);
        return check.Reasons.Count > 0 ? check.Reasons : await store.Streams.DecideAsync<BudgetState, IReadOnlyList<FieldReason>>(
            StreamOf(budget),
            state => state is { Terms: not null, IsRemoved: false } ? new([], new BudgetRemoved(budget, reason)) : new([new FieldReason("budget", "There is no such budget.")]),
            recorder, cancellationToken);
    }

    /// <summary>All budgets that hold, by id; a moment behind the log.</summary>
    public async Task<IReadOnlyList<Budget>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "select terms::text, version, set_at, set_by from spend.budget where tenant_id = $1 and removed_at is null order by budget");
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Budget> budgets = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            budgets.Add(new Budget(
                JsonSerializer.Deserialize(reader.GetString(0), ContractsJson.Default.BudgetSet)!, reader.GetInt32(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetString(3)));
        }

        return budgets;
    }

    /// <summary>Every version of a budget, the newest first; none where there never was one. Read from the log, so that what was just set is there.</summary>
    public async Task<IReadOnlyList<BudgetVersion>> HistoryAsync(string budget, CancellationToken cancellationToken) =>
        VersionsOf(await store.ReadStreamAsync(StreamOf(budget), cancellationToken));

    /// <summary>A budget's stream, oldest event first, as versions, newest first.</summary>
    internal static IReadOnlyList<BudgetVersion> VersionsOf(IReadOnlyList<StoredEvent> history)
    {
        List<BudgetVersion> versions = [];
        foreach (var stored in history)
        {
            if (stored.Data is BudgetSet terms && FaultOf(stored, terms) is null)
            {
                versions.Add(new(versions.Count + 1, terms, stored.RecordedAt, stored.RecordedBy));
            }
            else if (stored.Data is BudgetRemoved removed && versions.Count > 0)
            {
                versions[^1] = versions[^1] with { Removed = new(stored.RecordedAt, stored.RecordedBy, removed.Reason) };
            }
        }

        versions.Reverse();
        return versions;
    }

    /// <summary>Compared as they are stored, where lists and dictionaries are equal by what they hold.</summary>
    public static bool SameTerms(BudgetSet left, BudgetSet right) =>
        JsonElement.DeepEquals(JsonSerializer.SerializeToElement(left, ContractsJson.Default.BudgetSet), JsonSerializer.SerializeToElement(right, ContractsJson.Default.BudgetSet));
}
