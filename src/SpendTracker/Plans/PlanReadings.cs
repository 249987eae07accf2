using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Usage;

namespace SpendTracker.Plans;

/// <summary>What a plan is compared with.</summary>
/// <param name="Today">In the reporting time zone.</param>
/// <param name="From">The first day of usage that is looked at.</param>
/// <param name="To">The last: yesterday.</param>
/// <param name="Quantities">The workload's in these days.</param>
public sealed record PlanActuals(DateOnly Today, DateOnly From, DateOnly To, IReadOnlyList<WorkloadQuantity> Quantities)
{
    /// <summary>Four weeks: each day of the week counts as often as the others.</summary>
    public const int MostDays = 28;

    /// <summary>With fewer days, one day of the week weighs too much.</summary>
    public const int LeastDays = 7;

    /// <summary>How many days are looked at.</summary>
    public int Days => To.DayNumber - From.DayNumber + 1;
}

/// <summary>Compares a recorded plan with what happened. Pure; usage and prices come in.</summary>
public static class PlanReadings
{
    /// <summary>A base model's end is told so many days before.</summary>
    public const int RetirementDays = 90;

    /// <summary>By how much a price of the book may move without leaving its range: exchange rates move a little each day.</summary>
    public const decimal PriceShare = 0.05m;

    /// <summary>An average month: 365 ÷ 12 days.</summary>
    private const decimal DaysOfMonth = 365m / 12;

    private const int Decimals = 6;

    /// <summary>Everything that is watched. What has no range is not: nothing says how far it may move.</summary>
    /// <param name="book">The book's prices of today, in the plan's currency.</param>
    public static IReadOnlyList<PlanReading> Of(PlanSubmitted submitted, PlanActuals actuals, PlanPriceOf book)
    {
        if (submitted.Watch is not { } watch || submitted.Assumptions.Options.FirstOrDefault(option => option.Name == watch.Option) is not { } option)
        {
            return [];
        }

        var field = $"options[{submitted.Assumptions.Options.ToList().IndexOf(option)}]";
        IEnumerable<PlanReading> always = [.. Prices(submitted, option, actuals, book), .. Retirement(option, field, actuals)];
        return MonthOf(submitted.Assumptions, actuals.To) < 0 ? [.. always] : [.. Volume(submitted, option, actuals), .. Usage(option, field, actuals), .. always];
    }

    /// <summary>Whether the plan's months are over.</summary>
    public static bool IsOver(PlanRequest plan, DateOnly today) => MonthOf(plan, today) >= plan.Months;

    /// <summary>Which of the plan's months a day is in, from 0; below 0 before the first.</summary>
    private static int MonthOf(PlanRequest plan, DateOnly day) =>
        BillingPeriod.TryParse(plan.From, out var first) ? ((day.Year - first.Year) * 12) + day.Month - first.Month : -1;

    /// <summary>
    /// Requests a month = requests ÷ attempts a request ÷ days × 365 ÷ 12, without those of the evaluator; against the plan's range in this
    /// month, grown, and against the break-evens with the other options.
    /// </summary>
    private static IEnumerable<PlanReading> Volume(PlanSubmitted submitted, PlanOption option, PlanActuals actuals)
    {
        var plan = submitted.Assumptions;
        var evaluator = option.Evaluator is { } judge && option.Routes.All(route => route.Sku != judge.Sku) ? judge.Sku : null;
        var requests = actuals.Quantities.Where(q => IsAll(q, Meters.Requests) && q.Sku != evaluator).Sum(q => q.Quantity) / (option.AttemptsPerRequest?.Expected ?? 1);
        decimal? observed = Missing(actuals) is null ? Math.Round(requests / actuals.Days * DaysOfMonth, Decimals) : null;
        if (plan.RequestsPerMonth.HasRange || plan.GrowthPercent is { HasRange: true })
        {
            var month = MonthOf(plan, actuals.To);
            var (low, high) = (plan.RequestsPerMonth.Low * PlanArithmetic.Growth(plan.GrowthPercent?.Low ?? 0, month), plan.RequestsPerMonth.High * PlanArithmetic.Growth(plan.GrowthPercent?.High ?? 0, month));
            yield return Reading(PlanWatchOn.Volume, "requestsPerMonth", Math.Round(low, Decimals), Math.Round(high, Decimals), observed, "requests", actuals, Missing(actuals));
        }

        foreach (var pair in submitted.Figures.BreakEvens.Where(pair => (pair.Few == option.Name || pair.Many == option.Name) && pair.Volume.Expected > 0))
        {
            var other = pair.Few == option.Name ? pair.Many : pair.Few;
            yield return Reading(
                PlanWatchOn.BreakEven, other, pair.IsReached ? pair.Volume.Expected : null, pair.IsReached ? null : pair.Volume.Expected, observed, "requests", actuals, Missing(actuals));
        }
    }

    /// <summary>Tokens and cached share of a request, model by model, and success.</summary>
    private static IEnumerable<PlanReading> Usage(PlanOption option, string field, PlanActuals actuals)
    {
        foreach (var (i, route) in option.Routes.Index())
        {
            var own = actuals.Quantities.Where(q => q.Sku == route.Sku && q.Component == Component.Usage && q.Part.Length == 0).ToArray();
            var requests = own.Where(q => q.Meter == Meters.Requests).Sum(q => q.Quantity);
            var (input, cached, output) = Tokens(own);
            var missing = Missing(actuals) ?? (requests > 0 ? null : $"There is no usage of {route.Sku}.") ?? (option.Routes.Count(r => r.Sku == route.Sku) == 1 ? null : $"Several routes use {route.Sku}.");
            var examples = route.ExampleTokens ?? new Assumption(0);
            var prompt = new Assumption(
                route.InputTokens.Low + (route.Examples * examples.Low), route.InputTokens.Expected + (route.Examples * examples.Expected), route.InputTokens.High + (route.Examples * examples.High));
            foreach (var (on, name, range, quantity, per, unit) in ((PlanWatchOn, string, Assumption?, decimal, decimal, string)[])
                [
                    (PlanWatchOn.InputTokens, "inputTokens", prompt, input, requests, "tokens"),
                    (PlanWatchOn.OutputTokens, "outputTokens", route.OutputTokens, output, requests, "tokens"),
                    (PlanWatchOn.CachedShare, "cachedShare", route.CachedShare, cached, input, "share"),
                ])
            {
                if (range is { HasRange: true })
                {
                    var why = missing ?? (per > 0 ? null : "There are no input tokens.");
                    yield return Reading(on, $"{field}.routes[{i}].{name}", range.Low, range.High, why is null ? Math.Round(quantity / per, Decimals) : null, unit, actuals, why);
                }
            }
        }

        if (option.SuccessShare is { HasRange: true } success)
        {
            var skus = option.Routes.Select(route => route.Sku).ToHashSet();
            var (succeeded, failed) = (Part(WorkloadQuantity.Succeeded), Part(WorkloadQuantity.Failed));
            var missing = Missing(actuals) ?? (succeeded + failed > 0 ? null : "No outcome is recorded.");
            yield return Reading(
                PlanWatchOn.Success, $"{field}.successShare", success.Low, success.High, missing is null ? Math.Round(succeeded / (succeeded + failed), Decimals) : null, "share", actuals, missing);

            decimal Part(string part) => actuals.Quantities.Where(q => q.Meter == Meters.Requests && q.Part == part && skus.Contains(q.Sku)).Sum(q => q.Quantity);
        }
    }

    /// <summary>All input tokens, those of them that came from the cache, and all output tokens, in all tiers.</summary>
    internal static (decimal Input, decimal Cached, decimal Output) Tokens(IReadOnlyCollection<WorkloadQuantity> quantities)
    {
        var cached = Of(Meters.CachedInputTokens);
        return (Of(Meters.InputTokens) + cached + Of(Meters.CacheWriteTokens), cached, Of(Meters.OutputTokens) + Of(Meters.ReasoningTokens));

        decimal Of(string meter) => Enum.GetValues<ServiceTier>().Select(tier => Meters.InTier(meter, tier)).ToHashSet() is var tiers
            ? quantities.Where(q => q.Part.Length == 0 && tiers.Contains(q.Meter)).Sum(q => q.Quantity)
            : 0;
    }

    /// <summary>
    /// A price of the book holds within a share of what it was when the plan was made; one that the plan gives, with a range, holds within that
    /// where the book has a price to compare with.
    /// </summary>
    private static IEnumerable<PlanReading> Prices(PlanSubmitted submitted, PlanOption option, PlanActuals actuals, PlanPriceOf book)
    {
        var frozen = submitted.Figures.Options.Single(figures => figures.Name == option.Name).Lines
            .Where(line => line.Price is not null).DistinctBy(line => (line.Sku, line.Meter)).ToDictionary(line => (line.Sku, line.Meter), line => line);
        var now = TermsOf(WithoutPrices(option), a => a.Expected, book).ToDictionary(term => (term.Sku, term.Meter), term => term.Price?.UnitPrice);
        var (least, most) = (Given(a => a.Low), Given(a => a.High));
        foreach (var ((sku, meter), price) in now)
        {
            var key = (sku, meter);
            if (!frozen.TryGetValue(key, out var line))
            {
                continue; // It had no price, or no quantity, when the plan was made.
            }

            var isGiven = line.Source == PlanTerms.Given;
            var (low, high) = isGiven ? (least[key], most[key]) : (line.Price!.Value * (1 - PriceShare), line.Price.Value * (1 + PriceShare));
            if (isGiven ? low < high && price is not null : true)
            {
                yield return Reading(PlanWatchOn.Price, $"{sku} {meter}", low, high, price, submitted.Currency, actuals with { From = actuals.Today, To = actuals.Today }, price is null ? "The price book has no price today." : null);
            }
        }

        Dictionary<(string, string), decimal> Given(Func<Assumption, decimal> value) =>
            TermsOf(option, value, book).Where(term => term.Price is not null).ToDictionary(term => (term.Sku, term.Meter), term => term.Price!.UnitPrice);

        IEnumerable<PlanTerm> TermsOf(PlanOption priced, Func<Assumption, decimal> value, PlanPriceOf price) =>
            PlanTerms.Of(submitted.Assumptions, priced, value, price) is var terms
                ? terms.PerRequest.Concat(terms.PerMonth).Concat(terms.InMonths.Select(paid => paid.Term)).Where(term => term.Meter != Meters.Amount).DistinctBy(term => (term.Sku, term.Meter))
                : [];
    }

    /// <summary>The same option at the book's prices alone.</summary>
    internal static PlanOption WithoutPrices(PlanOption option) => option with
    {
        Routes = [.. option.Routes.Select(route => route with { Prices = null })],
        Hosting = option.Hosting?.Select(hosting => hosting with { Price = null }).ToArray(),
        Datasets = option.Datasets?.Select(dataset => dataset with { Price = null }).ToArray(),
        Training = option.Training is { } training ? training with { Price = null } : null,
        Labour = option.Labour?.Select(labour => labour with { Price = null }).ToArray(),
        Evaluator = option.Evaluator is { } evaluator ? evaluator with { Prices = null } : null,
    };

    /// <summary>Days until the first day of the month in which one has moved.</summary>
    private static IEnumerable<PlanReading> Retirement(PlanOption option, string field, PlanActuals actuals)
    {
        if (option.Retirement is { } retirement && BillingPeriod.TryParse(retirement.Month, out var month))
        {
            yield return Reading(
                PlanWatchOn.Retirement, $"{field}.retirement.month", RetirementDays, null, month.Start.DayNumber - actuals.Today.DayNumber, "days",
                actuals with { From = actuals.Today, To = actuals.Today }, null);
        }
    }

    private static string? Missing(PlanActuals actuals) =>
        actuals.Days < PlanActuals.LeastDays ? $"There are fewer than {PlanActuals.LeastDays} full days of usage." : null;

    private static bool IsAll(WorkloadQuantity quantity, string meter) => quantity.Meter == meter && quantity.Component == Component.Usage && quantity.Part.Length == 0;

    private static PlanReading Reading(
        PlanWatchOn on, string assumption, decimal? low, decimal? high, decimal? observed, string unit, PlanActuals actuals, string? unknown) =>
        new(on, assumption, low, high, observed, unit, actuals.From, actuals.To, unknown);
}
