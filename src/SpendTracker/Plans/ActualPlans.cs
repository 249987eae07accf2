using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Usage;

namespace SpendTracker.Plans;

/// <summary>
/// Fills a plan from a workload's full months: an option for each approach that it used. What is expected is the mean over all months,
/// low and high are the least and the largest month. What the events do not tell is named, and not made up. Pure.
/// </summary>
public sealed class ActualPlans
{
    private const int Decimals = 6;

    /// <summary>Of a plan's option.</summary>
    private const int MostParts = 8;

    private const decimal HoursPerMonth = 730;
    private const decimal MostHoursPerMonth = 745;

    private readonly string _workload;
    private readonly string _reportingCurrency;
    private readonly DateOnly[] _months;
    private readonly WorkloadQuantity[] _quantities;
    private readonly List<AssumptionSource> _sources = [];
    private readonly List<UnknownAssumption> _unknown = [];

    private ActualPlans(string workload, DateOnly[] months, IEnumerable<WorkloadQuantity> quantities, string reportingCurrency)
    {
        (_workload, _months, _reportingCurrency) = (workload, months, reportingCurrency);
        _quantities = [.. quantities.Where(quantity => months.Contains(quantity.Month))];
    }

    /// <param name="months">The full months that are looked at, oldest first.</param>
    /// <param name="from">The plan's first month.</param>
    /// <returns>Null where the workload used no model from the first day of one of the months on.</returns>
    public static ActualPlan? Of(string workload, IReadOnlyList<BillingPeriod> months, WorkloadQuantities used, BillingPeriod from, string reportingCurrency)
    {
        DateOnly[] full = [.. months.Select(month => month.Start).Where(month => used.FirstUse <= month)];
        if (full.Length == 0 || used.Quantities.All(q => !full.Contains(q.Month) || q.Meter != Meters.Requests))
        {
            return null;
        }

        var plans = new ActualPlans(workload, full, used.Quantities, reportingCurrency);
        if (full.Length < months.Count)
        {
            plans._unknown.Add(new("months", $"The workload began on {used.FirstUse:yyyy-MM-dd}: {full.Length} of {months.Count} months are full."));
        }

        return plans.Plan(from);
    }

    private ActualPlan Plan(BillingPeriod from)
    {
        var requests = Value("requestsPerMonth", Of(q => Is(q, Meters.Requests)), "requests", new(_workload, Component: Component.Usage, Meter: Meters.Requests));
        Approach[] approaches = [.. _quantities.Where(q => Is(q, Meters.Requests)).Select(q => q.Approach).Distinct().Order()];
        PlanOption[] options = [.. approaches.Select((approach, i) => Option($"options[{i}]", approach))];
        foreach (var approach in _quantities.Select(q => q.Approach).Distinct().Except(approaches))
        {
            _unknown.Add(new(EnumName.Of(approach), "It has costs in these months and no requests, so that it is no option."));
        }

        _unknown.Add(new("growthPercent", "Whether requests grow is not concluded from so few months."));
        _unknown.Add(new("examples", "Events do not tell examples from other input tokens: all are input tokens."));
        _unknown.Add(new("attemptsPerRequest", "Events do not say which request is a retry: each counts as a request of its own."));
        return new ActualPlan(
            _workload, [.. _months.Select(NameOf)], new PlanRequest($"{_workload}, from its usage", from.ToString(), 12, requests, options, Currency: _reportingCurrency), _sources, _unknown);
    }

    private PlanOption Option(string field, Approach approach)
    {
        var own = _quantities.Where(q => q.Approach == approach).ToArray();
        Charges(own, approach);
        return new PlanOption(
            EnumName.Of(approach), approach, Routes($"{field}.routes", approach, own), Hosting($"{field}.hosting", approach, own), Datasets($"{field}.datasets", approach, own),
            Training($"{field}.training", approach, own), Labour($"{field}.labour", approach, own), Infrastructure($"{field}.infrastructurePerMonth", approach, own),
            SuccessShare: Success($"{field}.successShare", approach, own));
    }

    /// <summary>A route for each model, by its share of the approach's requests; the largest, where there are too many.</summary>
    private PlanRoute[] Routes(string field, Approach approach, WorkloadQuantity[] own)
    {
        var bySku = own.Where(q => Is(q, Meters.Requests)).GroupBy(q => q.Sku).Select(sku => (Sku: sku.Key, Requests: sku.Sum(q => q.Quantity)))
            .Where(sku => sku.Requests > 0).OrderByDescending(sku => sku.Requests).ThenBy(sku => sku.Sku, StringComparer.Ordinal).ToArray();
        if (bySku.Length > MostParts)
        {
            _unknown.Add(new(field, $"{bySku.Length - MostParts} models with the fewest requests are left out: a plan has at most {MostParts} routes."));
        }

        var kept = bySku.Take(MostParts).Where(sku => Math.Round(sku.Requests / bySku.Sum(s => s.Requests), Decimals) > 0).ToArray();
        var all = kept.Sum(sku => sku.Requests);
        var shares = kept.Select(sku => Math.Round(sku.Requests / all, Decimals)).ToArray();
        shares[0] += 1 - shares.Sum();
        var requests = ByMonth(own, q => Is(q, Meters.Requests) && kept.Any(sku => sku.Sku == q.Sku));
        return [.. kept.Select((sku, i) => Route(
            $"{field}[{i}]", approach, sku.Sku, kept.Length == 1 ? null : Share($"{field}[{i}].share", approach, sku.Sku, shares[i], own, requests),
            [.. own.Where(q => q.Sku == sku.Sku && q.Component == Component.Usage)]))];
    }

    /// <summary>What is expected adds up to 1 over the routes; a month without the model gives no range, since a share is above 0.</summary>
    private Assumption Share(string field, Approach approach, string sku, decimal expected, WorkloadQuantity[] own, Dictionary<DateOnly, decimal> all)
    {
        var requests = ByMonth(own, q => Is(q, Meters.Requests) && q.Sku == sku);
        var byMonth = _months.Where(month => all[month] > 0).ToDictionary(month => month, month => Rounded(requests[month] / all[month]));
        var value = byMonth.Values.Min() > 0 ? new Assumption(Math.Min(expected, byMonth.Values.Min()), expected, Math.Max(expected, byMonth.Values.Max())) : new Assumption(expected);
        Source(field, value, $"{Text(requests.Values.Sum())} requests ÷ {Text(all.Values.Sum())} requests", Named(byMonth), new(_workload, approach, Component.Usage, sku, Meters.Requests));
        return value;
    }

    private PlanRoute Route(string field, Approach approach, string sku, Assumption? share, WorkloadQuantity[] own)
    {
        var tiers = Enum.GetValues<ServiceTier>().Select(tier => (Tier: tier, Tokens: own.Where(q => q.Part.Length == 0 && (q.Meter == Meters.InTier(Meters.InputTokens, tier) || q.Meter == Meters.InTier(Meters.OutputTokens, tier))).Sum(q => q.Quantity)))
            .Where(tier => tier.Tokens > 0).OrderByDescending(tier => tier.Tokens).ToArray();
        if (tiers.Length > 1)
        {
            _unknown.Add(new($"{field}.serviceTier", $"{sku} was used in several tiers. Requests are not counted by tier, so that all are planned in the one with most tokens."));
        }

        if (own.Any(q => q.Part.Length == 0 && q.Meter.EndsWith(Meters.CacheWriteTokens, StringComparison.Ordinal)))
        {
            _unknown.Add(new($"{field}.inputTokens", $"{sku} wrote to the provider's cache. A plan has no price for that: these tokens are planned as input tokens."));
        }

        var place = new QuantityPlace(_workload, approach, Component.Usage, sku);
        var requests = ByMonth(own, q => Is(q, Meters.Requests));
        Dictionary<DateOnly, (decimal Input, decimal Cached, decimal Output)> tokens = _months.ToDictionary(month => month, month => PlanReadings.Tokens([.. own.Where(q => q.Month == month)]));
        var (input, cached, output) = (By(t => t.Input), By(t => t.Cached), By(t => t.Output));
        return new PlanRoute(
            sku, Ratio($"{field}.inputTokens", input, requests, "input tokens", "requests", place), Ratio($"{field}.outputTokens", output, requests, "output tokens", "requests", place),
            share, tiers.Length > 0 ? tiers[0].Tier : ServiceTier.Standard,
            CachedShare: cached.Values.Sum() > 0 ? Ratio($"{field}.cachedShare", cached, input, "cached input tokens", "input tokens", place) : null);

        Dictionary<DateOnly, decimal> By(Func<(decimal Input, decimal Cached, decimal Output), decimal> part) => tokens.ToDictionary(month => month.Key, month => part(month.Value));
    }

    /// <summary>Hours are of all units together: more than a month has are several units.</summary>
    private PlanHosting[]? Hosting(string field, Approach approach, WorkloadQuantity[] own) => Parts(field, own.Where(q => q.Meter == Meters.HostingHours && q.Part.Length == 0).GroupBy(q => q.Sku), (sku, i) =>
    {
        var hours = _months.ToDictionary(month => month, month => sku.Where(q => q.Month == month).Sum(q => q.Quantity));
        var units = hours.Values.Max() > MostHoursPerMonth ? Math.Ceiling(hours.Values.Max() / HoursPerMonth) : 1;
        var each = hours.ToDictionary(month => month.Key, month => Math.Min(MostHoursPerMonth, month.Value / units));
        return new PlanHosting(
            sku.Key, Value($"{field}[{i}].hoursPerMonth", each, units > 1 ? $"hours, of {units} units that were needed at most" : "hours", new(_workload, approach, Component.Hosting, sku.Key, Meters.HostingHours)),
            units > 1 ? new Assumption(units) : null);
    });

    /// <summary>All that was prepared in these months, as a beginning's.</summary>
    private PlanDataset[]? Datasets(string field, Approach approach, WorkloadQuantity[] own) =>
        Parts(field, own.Where(q => q.Component == Component.DatasetPreparation && q.Part.Length == 0 && (q.Meter != Meters.Amount || q.Sku == UsageQuantities.ChargeSku(_reportingCurrency))).GroupBy(q => (q.Variant, q.Sku, q.Meter)), (data, i) =>
        {
            var (variant, sku, meter) = data.Key;
            var what = sku[(sku.IndexOf('/', StringComparison.Ordinal) + 1)..];
            var value = Total($"{field}[{i}].{(meter == Meters.Items ? "items" : meter == Meters.LabourHours ? "hours" : "amount")}", data, Meters.UnitOf(meter), new(_workload, approach, Component.DatasetPreparation, sku, meter));
            var name = variant.Length > 0 ? variant : "dataset";
            return meter == Meters.Items ? new PlanDataset(name, Items: value, Activity: EnumName.Parse<DatasetActivity>(what))
                : meter == Meters.LabourHours ? new PlanDataset(name, Hours: value, Role: what)
                : new PlanDataset(name, Amount: value);
        });

    /// <summary>Runs by their ids. Where several months have some, the model is trained again so often.</summary>
    private PlanTraining? Training(string field, Approach approach, WorkloadQuantity[] own)
    {
        var bySku = own.Where(q => q.Component == Component.Training && q.Meter is Meters.TrainingTokens or Meters.GpuHours && q.Part.Length == 0 && q.Quantity > 0)
            .GroupBy(q => (q.Sku, q.Meter)).OrderByDescending(sku => sku.Sum(q => q.Quantity)).ThenBy(sku => sku.Key.Sku, StringComparer.Ordinal).ToArray();
        if (bySku.Length == 0)
        {
            return null;
        }

        if (bySku.Length > 1)
        {
            _unknown.Add(new(field, $"Training used {bySku.Length} SKUs or meters; the plan has the largest, {bySku[0].Key.Sku}."));
        }

        var runs = bySku[0].Select(q => (q.Month, q.Variant)).Distinct().Count();
        var months = bySku[0].Select(q => q.Month).Distinct().Count();
        var (sku, meter) = bySku[0].Key;
        var place = new QuantityPlace(_workload, approach, Component.Training, sku, meter);
        var byRun = bySku[0].GroupBy(q => (q.Month, q.Variant)).Select(run => run.Sum(q => q.Quantity)).ToArray();
        var mean = new Assumption(Rounded(byRun.Min()), Rounded(byRun.Average()), Rounded(byRun.Max()));
        Source($"{field}.{(meter == Meters.TrainingTokens ? "tokens" : "gpuHours")}", mean, $"{Text(byRun.Sum())} {Meters.UnitOf(meter)}, epochs included, ÷ {runs} runs", new Dictionary<string, decimal>(), place);
        var again = new Assumption(Rounded((decimal)runs / months));
        Source($"{field}.runs", again, $"{runs} runs ÷ {months} months with runs", new Dictionary<string, decimal>(), place);
        if (months == 1)
        {
            _unknown.Add(new($"{field}.everyMonths", "Only one of the months has training runs, so that nothing says how often the model is trained again."));
        }

        return new PlanTraining(
            sku, meter == Meters.TrainingTokens ? mean : null, GpuHours: meter == Meters.GpuHours ? mean : null, Runs: again, EveryMonths: months > 1 ? _months.Length / months : null);
    }

    /// <summary>Hours a month by role and activity.</summary>
    private PlanLabour[]? Labour(string field, Approach approach, WorkloadQuantity[] own) =>
        Parts(field, own.Where(q => q.Component == Component.Labour && q.Meter == Meters.LabourHours && q.Part.Length > 0).GroupBy(q => (q.Sku, q.Part)), (work, i) => new PlanLabour(
            work.Key.Sku["labour/".Length..],
            Value($"{field}[{i}].hours", _months.ToDictionary(month => month, month => work.Where(q => q.Month == month).Sum(q => q.Quantity)), $"hours of {work.Key.Part}", new(_workload, approach, Component.Labour, work.Key.Sku, Meters.LabourHours)),
            EnumName.Parse<LabourActivity>(work.Key.Part), EveryMonth: true));

    private Assumption? Infrastructure(string field, Approach approach, WorkloadQuantity[] own)
    {
        var charges = own.Where(q => q.Component == Component.Infrastructure && q.Sku == UsageQuantities.ChargeSku(_reportingCurrency)).ToArray();
        var byMonth = ByMonth(charges, _ => true);
        if (byMonth.Values.Min() < 0)
        {
            _unknown.Add(new(field, "In some month, credits are more than charges."));
            return null;
        }

        return charges.Length == 0 ? null : Value(field, byMonth, _reportingCurrency, new(_workload, approach, Component.Infrastructure, charges[0].Sku, Meters.Amount));
    }

    private Assumption? Success(string field, Approach approach, WorkloadQuantity[] own)
    {
        var succeeded = ByMonth(own, q => q.Part == WorkloadQuantity.Succeeded);
        var known = ByMonth(own, q => q.Part is WorkloadQuantity.Succeeded or WorkloadQuantity.Failed);
        if (succeeded.Values.Sum() <= 0)
        {
            _unknown.Add(new(field, known.Values.Sum() > 0 ? "No request succeeded." : "No outcome of a request is recorded."));
            return null;
        }

        var share = Ratio(field, succeeded, known, "requests that succeeded", "requests with an outcome", new(_workload, approach, Component.Usage, Meter: Meters.Requests));
        return share.Low > 0 ? share : share with { Low = share.Expected };
    }

    /// <summary>Invoices for what has no place in a plan: named with their sum.</summary>
    private void Charges(WorkloadQuantity[] own, Approach approach)
    {
        foreach (var charge in own.Where(q => UsageQuantities.IsCharge(q.Sku)).GroupBy(q => (q.Component, q.Sku)))
        {
            var currency = charge.Key.Sku[UsageQuantities.ChargeSku("").Length..];
            if (charge.Key.Component is not (Component.Infrastructure or Component.DatasetPreparation) || currency != _reportingCurrency)
            {
                _unknown.Add(new($"{EnumName.Of(approach)} {EnumName.Of(charge.Key.Component)}", $"Charges of {Text(charge.Sum(q => q.Quantity))} {currency} in these months have no place in a plan in {_reportingCurrency}."));
            }
        }
    }

    private T[]? Parts<TKey, T>(string field, IEnumerable<IGrouping<TKey, WorkloadQuantity>> groups, Func<IGrouping<TKey, WorkloadQuantity>, int, T> part)
    {
        var found = groups.Where(group => group.Sum(q => q.Quantity) > 0).OrderByDescending(group => group.Sum(q => q.Quantity)).ToArray();
        if (found.Length > MostParts)
        {
            _unknown.Add(new(field, $"The {found.Length - MostParts} smallest are left out: a plan has at most {MostParts}."));
        }

        return found.Length == 0 ? null : [.. found.Take(MostParts).Select(part)];
    }

    /// <summary>The mean of the months, and the least and the largest of them.</summary>
    private Assumption Value(string field, Dictionary<DateOnly, decimal> byMonth, string unit, QuantityPlace place)
    {
        var value = new Assumption(Rounded(byMonth.Values.Min()), Rounded(byMonth.Values.Average()), Rounded(byMonth.Values.Max()));
        Source(field, value, $"{Text(byMonth.Values.Sum())} {unit} ÷ {byMonth.Count} months", Named(byMonth), place);
        return value;
    }

    /// <summary>The sum of the months alone: what is done once has no spread.</summary>
    private Assumption Total(string field, IEnumerable<WorkloadQuantity> quantities, string unit, QuantityPlace place)
    {
        var byMonth = ByMonth([.. quantities], _ => true);
        var value = new Assumption(Rounded(byMonth.Values.Sum()));
        Source(field, value, $"{Text(byMonth.Values.Sum())} {unit} in all months", Named(byMonth), place);
        return value;
    }

    /// <summary>The ratio of the sums, and the least and the largest of the months that have one.</summary>
    private Assumption Ratio(string field, Dictionary<DateOnly, decimal> parts, Dictionary<DateOnly, decimal> wholes, string part, string whole, QuantityPlace place)
    {
        var byMonth = _months.Where(month => wholes[month] > 0).ToDictionary(month => month, month => Rounded(parts[month] / wholes[month]));
        var expected = Rounded(parts.Values.Sum() / wholes.Values.Sum());
        var value = new Assumption(Math.Min(expected, byMonth.Values.Min()), expected, Math.Max(expected, byMonth.Values.Max()));
        Source(field, value, $"{Text(parts.Values.Sum())} {part} ÷ {Text(wholes.Values.Sum())} {whole}", Named(byMonth), place);
        return value;
    }

    private void Source(string field, Assumption value, string from, IReadOnlyDictionary<string, decimal> byMonth, QuantityPlace place) =>
        _sources.Add(new AssumptionSource(field, value, from, byMonth, place));

    private Dictionary<DateOnly, decimal> Of(Func<WorkloadQuantity, bool> counts) => ByMonth(_quantities, counts);

    private Dictionary<DateOnly, decimal> ByMonth(WorkloadQuantity[] quantities, Func<WorkloadQuantity, bool> counts) =>
        _months.ToDictionary(month => month, month => quantities.Where(q => q.Month == month && counts(q)).Sum(q => q.Quantity));

    private static bool Is(WorkloadQuantity quantity, string meter) => quantity.Meter == meter && quantity.Component == Component.Usage && quantity.Part.Length == 0;

    private static Dictionary<string, decimal> Named(Dictionary<DateOnly, decimal> byMonth) => byMonth.ToDictionary(month => NameOf(month.Key), month => Rounded(month.Value));

    private static string NameOf(DateOnly month) => BillingPeriod.Of(month).ToString();

    private static decimal Rounded(decimal value) => Math.Round(value, Decimals);

    private static string Text(decimal value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);
}
