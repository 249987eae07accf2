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

/// <summary>
/// What an option's cost is made of, for one choice of its assumptions: cost = requests × Σ per request + Σ per month + what is
/// paid in single months. Since it is linear in the requests, break-even volumes have a closed form.
/// </summary>
/// <param name="PerRequest">Of one request of the workload, attempts and evaluator included.</param>
/// <param name="InMonths">What is paid in one month, which counts from 0.</param>
public sealed record PlanTerms(IReadOnlyList<PlanTerm> PerRequest, IReadOnlyList<PlanTerm> PerMonth, IReadOnlyList<(int Month, PlanTerm Term)> InMonths)
{
    /// <param name="value">Chooses each assumption's value.</param>
    public static PlanTerms Of(PlanRequest plan, PlanOption option, Func<Assumption, decimal> value, PlanPriceOf price)
    {
        var attempts = Or(option.AttemptsPerRequest, 1);
        List<PlanTerm> perRequest = [.. option.Routes.SelectMany(route => Route(route, attempts))];
        if (option.Evaluator is { } evaluator)
        {
            perRequest.AddRange(Route(evaluator, attempts));
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

        List<(int, PlanTerm)> inMonths = [.. (option.Labour ?? []).Where(labour => !labour.EveryMonth).Select(labour => (0, Labour(labour)))];
        inMonths.AddRange((option.Datasets ?? []).Select(dataset => (0, Dataset(dataset, 1))));
        if (option.Training is { } training)
        {
            inMonths.Add((0, Training(training)));
            for (var month = training.EveryMonths ?? plan.Months; month < plan.Months; month += training.EveryMonths ?? plan.Months)
            {
                inMonths.Add((month, Training(training)));
                inMonths.AddRange((option.Datasets ?? []).Where(dataset => dataset.RefreshShare is not null).Select(dataset => (month, Dataset(dataset, value(dataset.RefreshShare!)))));
            }
        }

        if (option.Retirement is { } retirement && MonthsAfter(plan.From, retirement.Month) is var moved && moved >= 0 && moved < plan.Months)
        {
            inMonths.Add((moved, Charge(Component.Other, "move to another model", value(retirement.Cost))));
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

        IEnumerable<PlanTerm> Route(PlanRoute route, decimal attempts)
        {
            var input = value(route.InputTokens) + (route.Examples * Or(route.ExampleTokens, 0));
            var cached = Or(route.CachedShare, 0);
            var step = Meters.Steps.Last(step => input > step || step == 0);
            var sent = route.Share * attempts;
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

    /// <summary>The source of a price or an amount that is not the book's.</summary>
    internal const string Given = "given in the plan";

    /// <summary>Of one more request.</summary>
    public decimal Variable => PerRequest.Sum(term => term.Amount);

    /// <summary>Of a month whatever is asked, what is paid once written off: Σ per month + first payments ÷ months of amortisation + later ones ÷ months between them.</summary>
    public decimal Fixed(PlanRequest plan, PlanOption option) =>
        PerMonth.Sum(term => term.Amount)
        + (InMonths.Where(paid => paid.Month == 0 || paid.Term.Component == Component.Other).Sum(paid => paid.Term.Amount) / plan.AmortisationMonths)
        + (option.Training?.EveryMonths is { } every ? InMonths.Where(paid => paid.Month == every && paid.Term.Component != Component.Other).Sum(paid => paid.Term.Amount) / every : 0);

    /// <summary>Of all months: Σ per request × Σ requests + months × Σ per month + the written-off part of what is paid in single months.</summary>
    public decimal Effective(PlanRequest plan, decimal requests) =>
        (Variable * requests) + (PerMonth.Sum(term => term.Amount) * plan.Months)
        + InMonths.Sum(paid => paid.Term.Amount * Math.Min(plan.AmortisationMonths, plan.Months - paid.Month) / plan.AmortisationMonths);

    private static PlanTerm Charge(Component component, string name, decimal amount) => new(component, name, Meters.Amount, amount, new PlanPrice(1, Given));

    private static int MonthsAfter(string from, string month) =>
        BillingPeriod.TryParse(from, out var first) && BillingPeriod.TryParse(month, out var then) ? ((then.Year - first.Year) * 12) + then.Month - first.Month : -1;
}
