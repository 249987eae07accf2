using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Usage;

namespace SpendTracker.Estimates;

/// <summary>Takes estimates and lists what counts.</summary>
public sealed class EstimateBook(NpgsqlDataSource dataSource, EventStore store)
{
    private const int MostMonths = 60;
    private const int MostLines = 100;
    private const int Decimals = 6;

    public static IReadOnlyList<FieldReason> Check(EstimateSubmitted estimate, string reportingCurrency)
    {
        var check = new FieldCheck();
        check.Key("workload", estimate.Workload);
        var from = BillingPeriod.TryParse(estimate.From, out var first);
        var to = BillingPeriod.TryParse(estimate.To, out var last);
        check.That("from", from, "Must be a month like 2026-01.");
        check.That("to", to, "Must be a month like 2026-12.");
        check.That("to", !from || !to || last >= first, "Must not be before from.");
        check.That("to", !from || !to || (last.Year - first.Year) * 12 + last.Month - first.Month < MostMonths, $"At most {MostMonths} months from the first.");
        check.That("currency", estimate.Currency == reportingCurrency, $"Must be the reporting currency, {reportingCurrency}.");
        check.That("lines", estimate.Lines.Count is > 0 and <= MostLines, $"Must be 1 to {MostLines} lines.");
        check.That("assumptions", estimate.Assumptions is not { Count: > MostLines }, $"At most {MostLines}.");
        foreach (var (name, value) in estimate.Assumptions ?? new Dictionary<string, string>())
        {
            check.Text("assumptions", name, TextLength.Name);
            check.That($"assumptions.{name}", value is not null, "Must be a text.");
            check.OptionalText($"assumptions.{name}", value, TextLength.Name);
        }

        check.OptionalText("note", estimate.Note, TextLength.Description);
        for (var i = 0; i < estimate.Lines.Count; i++)
        {
            CheckLine(check, $"lines[{i}]", estimate.Lines[i]);
        }

        return check.Reasons;
    }

    /// <summary>An estimate as it is recorded: its currency in capitals, numbers without the noise of a double. To be asked before <see cref="Check"/>.</summary>
    public static EstimateSubmitted AsRecorded(EstimateSubmitted estimate) => estimate with
    {
        Currency = Currency.CodeOf(estimate.Currency),
        Lines =
        [
            .. estimate.Lines.Select(line => line with
            {
                Amount = line.Amount is { } amount ? Noise.Cut(amount, Decimals) : null,
                Quantity = line.Quantity is { } quantity ? Noise.Cut(quantity, Decimals) : null,
                Price = line.Price is { } price ? FieldCheck.PriceWithoutNoise(price, line.Per) : null,
            }),
        ],
    };

    private static void CheckLine(FieldCheck check, string field, EstimateLine line)
    {
        check.OptionalName($"{field}.sku", line.Sku, TextLength.Name);
        check.OptionalName($"{field}.meter", line.Meter, TextLength.Name);
        var priced = line.Quantity is not null && line.Price is not null;
        check.That(field, line.Amount is not null != priced, "Give either amount, or quantity and price.");
        check.Range($"{field}.amount", line.Amount ?? 0, -UsageRules.MostAmount, UsageRules.MostAmount);
        check.That($"{field}.amount", line.Amount is not { } amount || Math.Round(amount, Decimals) == amount, "At most 6 decimals.");
        check.Range($"{field}.quantity", line.Quantity ?? 0, 0, 1_000_000_000_000);
        check.That($"{field}.quantity", line.Quantity is not { } quantity || Math.Round(quantity, Decimals) == quantity, "At most 6 decimals.");
        if (line.Price is { } price)
        {
            check.Price(field, price, line.Per, Meters.MostPriceOf(line.Meter ?? ""));
        }
    }

    /// <summary>Records estimates of one workload that have been checked, all of them or none.</summary>
    /// <returns>Their ids.</returns>
    public Task<IReadOnlyList<Guid>> SubmitAllAsync(IReadOnlyList<EstimateSubmitted> estimates, Recorder recorder, CancellationToken cancellationToken) =>
        store.Streams.RecordAsync(StreamNames.Estimate(estimates[0].Workload), estimates, recorder, cancellationToken);

    /// <summary>The same, if nobody has submitted any for the workload meanwhile.</summary>
    /// <param name="version">How many events its stream had when that was decided on.</param>
    /// <returns>False, with nothing recorded, if somebody has.</returns>
    public Task<bool> SubmitAllAsync(IReadOnlyList<EstimateSubmitted> estimates, int version, Recorder recorder, CancellationToken cancellationToken) =>
        store.Streams.AppendAsync(StreamNames.Estimate(estimates[0].Workload), version, estimates, recorder, cancellationToken);

    /// <summary>Records an estimate that has been checked; each line with its amount, which is frozen with it.</summary>
    public async Task<(Guid Id, EstimateSubmitted Estimate)> SubmitAsync(EstimateSubmitted estimate, Recorder recorder, CancellationToken cancellationToken)
    {
        var frozen = estimate with { Lines = [.. estimate.Lines.Select(line => line with { Amount = line.Amount ?? line.Quantity * line.Price / line.Per })] };
        return ((await store.Streams.RecordAsync(StreamNames.Estimate(frozen.Workload), [frozen], recorder, cancellationToken))[0], frozen);
    }

    /// <summary>What counts, in months from first to last; of one workload, or of all.</summary>
    /// <param name="knownOn">What counted at the end of this day; null for now.</param>
    public async Task<IReadOnlyList<MonthlyEstimate>> ListAsync(
        BillingPeriod from, BillingPeriod to, string? workload, DateOnly? knownOn, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select to_char(month, 'YYYY-MM'), workload, approach, component, nullif(sku, ''), nullif(meter, ''), trim_scale(quantity), trim_scale(amount)
            from {EstimateProjection.KnownSql(knownOn is null ? null : "$5")} as e
            where $4::text is null or workload = $4
            order by month, workload, approach, line
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = from.Start });
        command.Parameters.Add(new() { Value = to.Start });
        command.Parameters.Add(new() { Value = (object?)workload ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)knownOn ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<MonthlyEstimate> lines = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(new MonthlyEstimate(
                reader.GetString(0), reader.GetString(1), EnumName.Parse<Approach>(reader.GetString(2)), EnumName.Parse<Component>(reader.GetString(3)),
                reader.IsDBNull(4) ? null : reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetDecimal(6), reader.GetDecimal(7)));
        }

        return lines;
    }
}
