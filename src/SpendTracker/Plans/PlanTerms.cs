using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Plans;

/// <summary>A price of one unit in the plan's currency, and where it is from.</summary>
public sealed record PlanPrice(decimal UnitPrice, string Source);

/// <summary>Finds the price of a SKU's meter from a context length on; null where there is none.</summary>
public delegate PlanPrice? PlanPriceOf(string sku, string meter, int aboveTokens);

/// <summary>A quantity with its price.</summary>
/// <param name="Price">Null where nobody published one: then it has no amount, and is not nothing.</param>
public sealed record PlanTerm(Component Component, string Sku, string Meter, decimal Quantity, PlanPrice? Price)
{
    /// <summary>In the plan's currency; 0 where it is unpriced.</summary>
    public decimal Amount => Price is null ? 0 : Quantity * Price.UnitPrice;
}

/// <summary>Something that is paid in single months.</summary>
/// <param name="First">The first month, which counts from 0.</param>
/// <param name="Every">It is paid again after so many months; null for once.</param>
public sealed record PlanPayment(PlanTerm Term, int First, int? Every = null)
{
    /// <summary>Whether it is paid in a month.</summary>
    public bool IsIn(int month) => month == First || (Every is { } every && month > First && (month - First) % every == 0);

    /// <summary>The sum over the payments of the part that is written off within the plan's months: min(amortisation, months left) ÷ amortisation.</summary>
    public decimal WrittenOff(PlanRequest plan)
    {
        var months = 0;
        for (var month = First; month < plan.Months; month += Every ?? plan.Months)
        {
            months += Math.Min(plan.AmortisationMonths, plan.Months - month);
        }

        return Term.Amount * months / plan.AmortisationMonths;
    }
}

/// <summary>
/// What an option's cost is made of, for one choice of its assumptions: cost = requests × Σ per request + Σ per month + what is
/// paid in single months. Since it is linear in the requests, break-even volumes have a closed form.
/// </summary>
/// <param name="PerRequest">Of one request of the workload, attempts and evaluator included.</param>
/// <param name="InMonths">What is paid in single months.</param>
public sealed record PlanTerms(IReadOnlyList<PlanTerm> PerRequest, IReadOnlyList<PlanTerm> PerMonth, IReadOnlyList<PlanPayment> InMonths)
{
    /// <param name="value">Chooses each assumption's value.</param>
    public static PlanTerms Of(PlanRequest plan, PlanOption option, Func<Assumption, decimal> value, PlanPriceOf price)
    {
        var attempts = Or(option.AttemptsPerRequest, 1);
        List<PlanTerm> perRequest = [.. option.Routes.Zip(Shares(option.Routes, value)).SelectMany(part => Route(part.First, part.Second * attempts))];
        if (option.Evaluator is { } evaluator)
        {
            perRequest.AddRange(Route(evaluator, Or(evaluator.Share, 1) * attempts));
        }

        List<PlanTerm> perMonth =
        [
            .. (option.Hosting ?? []).Select(hosting => Term(Component.Hosting, hosting.Sku, Meters.HostingHours, value(hosting.HoursPerMonth) * Or(hosting.Units, 1), hosting.Price)),
            .. (option.Labour ?? []).Where(labour => labour.EveryMonth).Select(Labour),
        ];
        if (option.InfrastructurePerMonth is { } infrastructure)
        {
            perMonth.Add(Charge(Component.Infrastructure, "infrastructure", value(infrastructure)));
        }

        List<PlanPayment> inMonths = [.. (option.Labour ?? []).Where(labour => !labour.EveryMonth).Select(labour => new PlanPayment(Labour(labour), 0))];
        inMonths.AddRange((option.Datasets ?? []).Select(dataset => new PlanPayment(Dataset(dataset, 1), 0)));
        if (option.Training is { } training)
        {
            var again = training.EveryMonths is { } months && months < plan.Months ? training.EveryMonths : null;
            inMonths.Add(new(Training(training), 0, again)); // A run serves until the next one.
            if (again is { } every)
            {
                inMonths.AddRange((option.Datasets ?? []).Where(dataset => dataset.RefreshShare is not null).Select(dataset => new PlanPayment(Dataset(dataset, value(dataset.RefreshShare!)), every, every)));
            }
        }

        if (option.Retirement is { } retirement && MonthsAfter(plan.From, retirement.Month) is var moved && moved >= 0 && moved < plan.Months)
        {
            inMonths.Add(new(Charge(Component.Other, "move to another model", value(retirement.Cost)), moved));
        }

        return new PlanTerms(perRequest, perMonth, inMonths);

        decimal Or(Assumption? assumption, decimal otherwise) => assumption is null ? otherwise : value(assumption);

        PlanTerm Term(Component component, string sku, string meter, decimal quantity, Assumption? given) =>
            new(component, sku, meter, quantity, given is null ? price(sku, meter, 0) : new PlanPrice(value(given), Given));

        PlanTerm Labour(PlanLabour labour) => Term(Component.Labour, $"labour/{labour.Role}", Meters.LabourHours, value(labour.Hours), labour.Price);

        PlanTerm Dataset(PlanDataset dataset, decimal share) => dataset switch
        {
            { Items: { } items, Activity: { } activity } => Term(Component.DatasetPreparation, $"dataset/{EnumName.Of(activity)}", Meters.Items, value(items) * share, dataset.Price),
            { Hours: { } hours } => Term(Component.DatasetPreparation, $"labour/{dataset.Role}", Meters.LabourHours, value(hours) * share, dataset.Price),
            _ => Charge(Component.DatasetPreparation, dataset.Name, Or(dataset.Amount, 0) * share),
        };

        PlanTerm Training(PlanTraining training)
        {
            var runs = Or(training.Runs, 1);
            return training switch
            {
                { Tokens: { } tokens } => Term(Component.Training, training.Sku!, Meters.TrainingTokens, value(tokens) * Or(training.Epochs, 1) * runs, training.Price),
                { GpuHours: { } hours } => Term(Component.Training, training.Sku!, Meters.GpuHours, value(hours) * runs, training.Price),
                _ => Charge(Component.Training, "training run", Or(training.Amount, 0) * runs),
            };
        }

        IEnumerable<PlanTerm> Route(PlanRoute route, decimal sent)
        {
            var input = value(route.InputTokens) + (route.Examples * Or(route.ExampleTokens, 0));
            var cached = Or(route.CachedShare, 0);
            var step = Meters.Steps.Last(step => input > step || step == 0);
            (string Meter, decimal Quantity)[] parts =
            [
                (Meters.InputTokens, input * (1 - cached) * sent), (Meters.CachedInputTokens, input * cached * sent),
                (Meters.OutputTokens, value(route.OutputTokens) * sent), (Meters.Requests, sent),
            ];
            return parts.Where(part => part.Quantity > 0)
                .Select(part => Token(route, part.Meter, part.Quantity, step))
                .Where(term => term.Meter != Meters.Requests || term.Price is not null);
        }

        PlanTerm Token(PlanRoute route, string meter, decimal quantity, int step)
        {
            var inTier = meter == Meters.Requests ? meter : Meters.InTier(meter, route.ServiceTier);
            var given = (route.Prices ?? []).Where(p => p.Meter == inTier && p.AboveTokens <= step).MaxBy(p => p.AboveTokens);
            return new(Component.Usage, route.Sku, inTier, quantity, given is null ? price(route.Sku, inTier, step) : new PlanPrice(value(given.Price) / given.Per, Given));
        }
    }

    /// <summary>
    /// The share of each route. Those that are not as expected have it, and the others what they leave, in proportion to what is expected of
    /// them; so shares always add up to 1. Where nothing is left, all are in proportion to their own.
    /// </summary>
    private static decimal[] Shares(IReadOnlyList<PlanRoute> routes, Func<Assumption, decimal> value)
    {
        var expected = routes.Select(route => route.Share?.Expected ?? 1).ToArray();
        var chosen = routes.Select(route => route.Share is null ? 1 : value(route.Share)).ToArray();
        var (moved, kept) = (0m, 0m);
        foreach (var (own, planned) in chosen.Zip(expected))
        {
            (moved, kept) = own == planned ? (moved, kept + planned) : (moved + own, kept);
        }

        return moved == 0 && kept == 1 ? expected
            : kept > 0 && moved <= 1 ? [.. chosen.Zip(expected, (own, planned) => own == planned ? planned * (1 - moved) / kept : own)]
            : moved + kept > 0 ? [.. chosen.Select(own => own / (moved + kept))]
            : expected;
    }

    /// <summary>The source of a price or an amount that is not the book's.</summary>
    internal const string Given = "given in the plan";

    /// <summary>Of one more request.</summary>
    public decimal Variable => PerRequest.Sum(term => term.Amount);

    /// <summary>Of a month whatever is asked, what is paid once written off: Σ per month + what is paid once ÷ months of amortisation + what is paid again ÷ months between.</summary>
    public decimal Fixed(PlanRequest plan) =>
        PerMonth.Sum(term => term.Amount) + InMonths.Sum(paid => paid.Term.Amount / (paid.Every ?? plan.AmortisationMonths));

    /// <summary>Of all months, without requests: months × Σ per month + the written-off part of what is paid in single months.</summary>
    public decimal EffectiveFixed(PlanRequest plan) => (PerMonth.Sum(term => term.Amount) * plan.Months) + InMonths.Sum(paid => paid.WrittenOff(plan));

    /// <summary>Of all months: Σ per request × Σ requests + what is fixed.</summary>
    public decimal Effective(PlanRequest plan, decimal requests) => (Variable * requests) + EffectiveFixed(plan);

    /// <summary>What is paid in a month, before tax.</summary>
    public decimal Cash(int month, decimal requests) => (Variable * requests) + PerMonth.Sum(term => term.Amount) + InMonths.Where(paid => paid.IsIn(month)).Sum(paid => paid.Term.Amount);

    private static PlanTerm Charge(Component component, string name, decimal amount) => new(component, name, Meters.Amount, amount, new PlanPrice(1, Given));

    private static int MonthsAfter(string from, string month) =>
        BillingPeriod.TryParse(from, out var first) && BillingPeriod.TryParse(month, out var then) ? ((then.Year - first.Year) * 12) + then.Month - first.Month : -1;
}
