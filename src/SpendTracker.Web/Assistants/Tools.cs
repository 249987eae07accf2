using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;
using SpendTracker.Alerts;
using SpendTracker.Anomalies;
using SpendTracker.Comparison;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Estimates;
using SpendTracker.Forecasts;
using SpendTracker.Rates;
using SpendTracker.Web.Alerts;
using SpendTracker.Web.Anomalies;
using SpendTracker.Web.Budgets;
using SpendTracker.Web.Closing;
using SpendTracker.Web.Comparison;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Estimates;
using SpendTracker.Web.Explorer;
using SpendTracker.Web.Forecasts;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Rates;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Assistants;

/// <summary>All tools. Each is named after the endpoint that it asks.</summary>
internal static class Tools
{
    private const string MonthPattern = @"^\d{4}-(0[1-9]|1[0-2])$";
    private const string DayPattern = @"^\d{4}-\d{2}-\d{2}$";
    private const string Lacks = "`notInAmounts` has what is in no amount, or in part: say so beside any total.";

    private static readonly ToolArgument From = new("from", "First month, like 2026-01; the current month if left out. In the reporting time zone.")
    {
        Pattern = MonthPattern, Otherwise = (today, _) => BillingPeriod.Of(today).ToString(),
    };

    private static readonly ToolArgument To = new("to", "Last month, included; the first if left out. At most 120 months from the first.")
    {
        Pattern = MonthPattern, Otherwise = (_, question) => question["from"],
    };

    private static readonly ToolArgument KnownOn = new("knownOn", "Answer as it was known at the end of this day, like 2026-03-31; now if left out. It takes seconds, where now takes none.") { Pattern = DayPattern };

    private static readonly ToolArgument Approaches = new("approach", "Only this approach; all if left out.") { OneOf = EnumName.All<Approach>() };

    private static readonly ToolArgument Before = new("state", "open: what holds now, as if left out; all: also what is over.") { OneOf = ["open", "all"], Otherwise = (_, _) => "open" };

    public static IReadOnlyList<ToolDefinition> All { get; } =
    [
        new(
            "get_costs", "Costs",
            "What AI use cost in billing months, against estimates, broken down and narrowed as you like. The rows that cost most come first. "
            + "Of a row and of `total`: `actual` is usage × the price of its day up to now, `listed` the same at list prices, `corrections` the part that corrects closed months, "
            + "`estimated` what was estimated for the months, `estimatedToDate` the part for the days that have passed, `variance` actual − estimatedToDate (above 0: more than estimated). "
            + "Months are those of booking: late usage of a closed month is booked in an open one, and `by=origin` gives the month of use. For what drives a total, ask by team, workload, component and model in turn; "
            + "to compare two months, ask from one to the other: each row has its month. " + Lacks + " `links.csv` is a file for a spreadsheet.",
            "GetCosts", typeof(CostsResponse),
            From, To,
            new("by", $"What to break down by: one or several of {Names(CostDimension.All)}, separated by commas; approach if left out. Rows are of one month each.") { Otherwise = (_, _) => "approach" },
            Where(Names(CostDimension.All)), KnownOn)
        {
            Rows = "rows", LargestFirst = row => Number(row["actual"]), NotInAmounts = answer => Lacking.Of(answer["total"]!), HasCsv = true, Words = ToolWords.Costs,
            Page = question => $"/{new QueryBuilder { { "month", question["to"] ?? "" } }}{(question["knownOn"] is { } day ? $"&knownOn={day}" : "")}",
        },
        new(
            "get_forecast", "Forecast",
            "Where this month, each of the next three and the calendar year will end, from what is spent so far and the habits of each component of each workload. "
            + "`spent` is booked until now, `forecast` spent plus what is expected of the days to come, `low` and `high` the interval in which 8 of 10 end (`whyNoInterval` says why there is none). "
            + "The total is not the sum of its rows, since only it has a trend. Nothing is expected of what has no price. Charges that come every month, quarter or year are expected on their day (`scheduled`); others, training and datasets only as plans (`planned`) and estimates (`estimated`) say. " + Lacks,
            "GetForecast", typeof(ForecastResponse),
            new("by", $"What to break down by: at most three of {Names(ForecastQuery.Dimensions)}, separated by commas; the total alone if left out."),
            Where(Names(ForecastQuery.Dimensions)))
        {
            Rows = "rows", LargestFirst = row => Number(row["month"]?["forecast"]), NotInAmounts = answer => Lacking.Of(answer["total"]!), Day = "today", Words = ToolWords.Forecast,
            Page = question => $"/forecast{question.ToQuery()}",
        },
        new(
            "compare", "Compare approaches",
            "Prompt engineering, fine-tuning and hybrid side by side, and the variants of each: requests, cost, cost of 1,000 requests, cost of a successful request, success and quality. "
            + "By the month of use at the prices now known. `running` is what the months cost besides what is paid once; `oneOff` the part of datasets, training and set-up work that is written off in these months, `oneOffPaid` what was paid in them; "
            + "`cost` is running + oneOff, `per1000` the cost of 1,000 requests, `perSuccess` that of a successful request with a 95 % interval, `quality` mean scores of evaluations. "
            + "With a workload in `where`, `differences` says whether a difference is more than chance. `notKnown` says what was never recorded. For a recommendation use get_advice. " + Lacks,
            "Compare", typeof(CompareResponse),
            From, To, Where(string.Join(", ", Comparisons.Dimensions)), KnownOn,
            new("amortisationMonths", $"Months over which what is paid once is written off, {Amortisation.LeastMonths} to {Amortisation.MostMonths}; {Amortisation.DefaultMonths} if left out."),
            new("quality", "The metric to weigh against cost, as evaluations name it, or success; accuracy if it was measured, else success, if left out."))
        {
            Rows = "variants", LargestFirst = row => Number(row["cost"]), NotInAmounts = answer => Lacking.Of(answer["total"]!), Words = ToolWords.Compare, Page = ComparePage,
        },
        new(
            "get_advice", "Advice on an approach",
            "Which approach a workload should take, and why: the guides' criteria with the workload's own figures of its last three full months, from which volume a fine-tuned model costs less (`breakEven`: from, already or never), "
            + "what would change the advice, what is not known, and the steps that are done or open. Texts of reasons are the product's own.",
            "GetAdvice", typeof(AdviceResponse),
            Workload("The workload, by its id as get_workloads lists it.") with { IsRequired = true },
            new("needs", "What the team says that it needs: some of speed, limited-resources, flexibility, generality, specialised-domain, accuracy, consistency, training-resources, critical-parts, separated by commas."))
        {
            Words = ToolWords.Advice, Page = question => $"/compare{question.ToQuery()}",
        },
        new(
            "explain_costs", "Why a month's total changed",
            "Why the total of one month is another than it was known to be: usage that became known, prices that were published or withdrawn, bookings of corrections from or into other months, and corrected events. All moves add up: before + explained = after. "
            + "It is about one month as known on two days, not about two months; for those use get_cost_changes. `booked` and `origin` of a booking are months: late usage of a closed month is booked in an open one. "
            + "`notInAmounts` is of the total after. Each list has at most `limit` entries.",
            "ExplainCosts", typeof(ExplainResponse),
            new("month", "The billing month, like 2026-08.") { Pattern = MonthPattern, IsRequired = true },
            new("from", "As known at the end of this day before; the last day of the month if left out.") { Pattern = DayPattern },
            new("to", "As known at the end of this day; today if left out.") { Pattern = DayPattern },
            Workload("Only this workload, by its id; all if left out."))
        {
            NotInAmounts = answer => Lacking.Of(answer, "After"), Day = "to", Words = ToolWords.Explain, Page = question => $"/explain{question.ToQuery()}",
        },
        new(
            "get_cost_changes", "Why a month cost more or less than another",
            "Why one month cost another amount than an earlier one, in steps that add up: before + explained = after. `step` is one of days (a month that runs is compared by the days that have passed), volume (requests a day), "
            + "request-size (tokens a request), price (a unit costs another amount), mix (usage moved between models, approaches and kinds of tokens), new-workloads, ended-workloads, hosting, training, dataset-preparation, labour, "
            + "infrastructure, other, corrections (of closed months). Each step has its largest lines, with the events behind them in both months. `notInAmounts` is of the later month.",
            "GetCostChanges", typeof(CostChangesResponse),
            new("from", "The earlier month, like 2026-10; the one before `to` if left out.") { Pattern = MonthPattern },
            new("to", "The later month; the current one if left out.") { Pattern = MonthPattern },
            Where(Names(CostDimension.All)), KnownOn,
            new("lines", "How many lines of each step, 0 to 1,000; 3 if left out.") { Otherwise = (_, _) => "3" })
        {
            NotInAmounts = answer => Lacking.Of(answer, "After"), Words = ToolWords.Changes, Page = question => $"/changes{question.ToQuery()}",
        },
        new(
            "get_events", "Events behind a number",
            "The recorded events of one workload in one month, newest first, each with its quantities, the price of its day and where that is from; or one event by `id`; or, with neither, the newest of all. "
            + "`data` is as it was recorded. `amount` of an event is what counts of it and has a price; an event that was corrected counts 0, and `correctedBy` says why. "
            + "Of a quantity, `unpriced`, `incomplete` and a missing `exchangeRate` say what is not in its amount. Use it to trace a number, not to add up: get_costs adds up.",
            "GetEvents", typeof(EventsResponse),
            Workload("The workload, by its id; the newest events of all if neither it nor `id` is given."),
            new("month", "The month of use, like 2026-11; the current month if left out.") { Pattern = MonthPattern, Otherwise = (today, question) => question["workload"] is null ? null : BillingPeriod.Of(today).ToString() },
            Approaches,
            new("component", "Only this part of the cost; all if left out.") { OneOf = EnumName.All<Component>() },
            new("sku", "Only what is priced as this SKU, like openai/gpt-4o."),
            new("meter", "Only what this meter counts, like input-tokens."),
            new("variant", $"Only this variant; {CostDimension.None} for usage that named none."),
            new("recordedFrom", "Only what was recorded on this day or later.") { Pattern = DayPattern },
            new("recordedTo", "Only what was recorded on this day or earlier.") { Pattern = DayPattern },
            KnownOn,
            new("id", "One event by its id, and nothing else but `source`."),
            new("source", "Whose id it is, if `id` is the caller's own and not the event's."))
        {
            Rows = "events", Words = ToolWords.Found("events"), Page = question => $"/events{question.ToQuery()}",
            Pages = new ApiPages(
                "before", row => $"{$"{row["stream"]}".Split('/')[^1]}.{row["version"]}",
                answer => answer["older"] is { } older ? (string?)QueryHelpers.ParseQuery($"{older}"[$"{older}".IndexOf('?', StringComparison.Ordinal)..])["before"] : null,
                "older", "newer", "complete"),
        },
        new(
            "get_rates", "Prices of a SKU",
            "All prices of one SKU in the price book, newest day first: list and negotiated, by meter and step, in their own currency for `per` units, from their first to their last day. "
            + "`superseded` ones hold no longer for their days, and one with `publication.withdrawnAt` holds for none. Discounts (get_discounts) come off list prices, never off negotiated ones; aliases (get_aliases) say which SKU a model's name is priced as. "
            + "A meter without a price is unpriced, not free: get_unpriced lists such usage. What an event was priced at, get_events says.",
            "GetRates", typeof(Page<Rate>),
            new ToolArgument("sku", "The SKU, exactly, like openai/gpt-4o; get_costs by=model lists those in use.") { IsRequired = true })
        {
            Rows = "rates", Words = ToolWords.Found("rates"), Page = question => $"/price-book{new QueryBuilder { { "search", question["sku"] ?? "" } }}",
        },
        new(
            "get_discounts", "Discounts",
            "Discounts off list prices, in per cent, by SKU or pattern, from their first to their last day. Of several for one SKU, that for the longest name holds.",
            "GetDiscounts", typeof(Page<Discount>))
        {
            Rows = "", Words = ToolWords.Found(""), Page = _ => "/price-book?show=discounts",
        },
        new(
            "get_aliases", "Aliases of models",
            "Which SKU a model's name is priced as where it has no price of its own, in order: the first that fits holds.",
            "GetAliases", typeof(Page<Alias>))
        {
            Rows = "", Words = ToolWords.Found(""), Page = _ => "/price-book?show=aliases",
        },
        new(
            "get_exchange_rates", "Exchange rates",
            "Units of the reporting currency for one of another, by day, newest first. Too old a rate counts as none: such amounts are unconverted.",
            "GetExchangeRates", typeof(Page<ExchangeRate>))
        {
            Rows = "", Words = ToolWords.Found(""), Page = _ => "/price-book?show=exchange-rates",
        },
        new(
            "get_unpriced", "What is not in the totals",
            "What is in no amount, or in part, and who used it: quantities without a price (`unpriced`), quantities of which a part of the price is missing (`incomplete`), and amounts without an exchange rate (`unconverted`). "
            + "Nobody knows what they cost until a price is published; never take them for 0. Of all months if neither from nor to is given. Each list has at most `limit` entries. Workloads that stopped reporting are in get_anomalies.",
            "GetUnpriced", typeof(Contracts.UnpricedResponse),
            new("from", "First month, like 2026-01; all of time if neither is given.") { Pattern = MonthPattern },
            new("to", "Last month, included; the first if left out.") { Pattern = MonthPattern, Otherwise = (_, question) => question["from"] },
            KnownOn)
        {
            Words = ToolWords.Unpriced, Page = question => question["knownOn"] is { } day ? $"/not-in-totals?knownOn={day}" : "/not-in-totals",
        },
        new(
            "get_not_in_totals", "All that is missing, with what it might be worth",
            "Everything that is not in the totals now, in one list by `kind`: no-price, no-exchange-rate, incomplete, silent (a workload that stopped reporting), no-estimate, unregistered (in the totals, and in no team's) and set-aside. "
            + "`worth` says between what it might lie and by what that is told: an estimate, in no total; without it, nothing is known. Who used what has no price, get_unpriced says.",
            "GetNotInTotals", typeof(NotInTotalsResponse))
        {
            Rows = "rows", Words = ToolWords.Found("rows"), Page = _ => "/not-in-totals",
        },
        new(
            "get_budgets", "Budgets",
            "Every budget that holds: its terms (whose spend, which period, amount), and of its current period `limit`, `spent`, `left`, `forecast` at the period's end, and `standing`: exceeded, untrusted, forecast-over, within or not-now. "
            + "Amounts are in the budget's currency. What lacks a price is said of each by `doubt`; `spent` is left out where nobody knows it.",
            "GetBudgets", typeof(Page<BudgetResponse>))
        {
            Rows = "", Words = ToolWords.Found(""), Page = _ => "/budgets",
        },
        new(
            "get_budget", "A budget",
            "One budget with its current and its previous period, thresholds, open alerts and all versions of its terms.",
            "GetBudget", typeof(BudgetDetailsResponse),
            new ToolArgument("id", "The budget, by its id as get_budgets lists it.") { IsRequired = true })
        {
            Words = ToolWords.Budget, Page = question => $"/budgets/{Uri.EscapeDataString(question["id"] ?? "")}",
        },
        new(
            "get_alerts", "Alerts",
            "Alerts of budgets and plans, newest first: which threshold was crossed, when, by how much, who acknowledged it, whether it is over.",
            "GetAlerts", typeof(Page<Alert>),
            Before, new("budget", "Only of this budget, by its id."), new("plan", "Only of this plan, by its id."))
        {
            Rows = "alerts", Words = ToolWords.Found("alerts"), Page = _ => "/alerts", Pages = BySeqId,
        },
        new(
            "get_anomalies", "Unusual days",
            "Days on which a workload cost far more than usual, or reported nothing, newest first: what was expected, what came, and what caused it (more requests, larger requests, another price, another model).",
            "GetAnomalies", typeof(Page<Anomaly>),
            Before, Workload("Only of this workload, by its id."))
        {
            Rows = "anomalies", Words = ToolWords.Found("anomalies"), Page = _ => "/anomalies", Pages = BySeqId,
        },
        new(
            "get_workloads", "Workloads",
            "Every registered workload: its id, which other tools ask for, name, team, cost centre, environment, approach and tags.",
            "GetWorkloads", typeof(Page<Workload>))
        {
            Rows = "", Words = ToolWords.Found(""),
        },
        new(
            "get_estimates", "Estimates",
            "Lines of estimates as they count, by month, workload, approach and component, in the reporting currency. Costs against estimates are in get_costs.",
            "GetEstimates", typeof(EstimatesResponse),
            From, To, Workload("Only of this workload, by its id; all if left out."), KnownOn)
        {
            Rows = "", Words = ToolWords.Found(""),
        },
        new(
            "get_billing_periods", "Billing months",
            "Every month with costs, newest first: whether it is closed, its total (frozen if closed), and the part that corrects months before.",
            "GetBillingPeriods", typeof(PeriodsResponse),
            KnownOn)
        {
            Rows = "periods", Words = ToolWords.Found("periods"), Page = question => question["knownOn"] is { } day ? $"/closing?knownOn={day}" : "/closing",
        },
        new(
            "get_billing_period", "A billing month",
            "One month: whether it is closed, by whom and why, its total, what lacks a price, and `bookings`: what it has from months before, and what of its own use is booked in later ones. A closed month's total never changes; what became known since is in those bookings.",
            "GetBillingPeriod", typeof(PeriodResponse),
            new("month", "The billing month, like 2026-08.") { Pattern = MonthPattern, IsRequired = true }, KnownOn)
        {
            NotInAmounts = answer => Lacking.Of(answer), Words = ToolWords.Period, Page = question => $"/closing{question.ToQuery()}",
        },
    ];

    private static ApiPages BySeqId => new("before", row => $"{row["seqId"]}", answer => answer["next"]?.ToString(), "next");

    private static ToolArgument Where(string dimensions) => new(
        "where", $"Only where a dimension has a value, like [\"team=Support\", \"environment=production\"]: {dimensions}. Values are exact. Of several values of one dimension, one must hold; of several dimensions, all.") { IsList = true };

    private static ToolArgument Workload(string description) => new("workload", description);

    private static string Names(IEnumerable<CostDimension> dimensions) => CostQuestion.Words(dimensions);

    private static decimal Number(JsonNode? node) => (decimal?)node ?? 0;

    /// <summary>The page takes a workload and a team; of other conditions it shows the whole.</summary>
    private static string ComparePage(ToolQuestion question)
    {
        var query = new QueryBuilder();
        foreach (var name in (string[])["from", "to", "amortisationMonths", "quality"])
        {
            if (question[name] is { } text)
            {
                query.Add(name, text);
            }
        }

        foreach (var condition in (question.Asked.GetValueOrDefault("where") ?? []).Select(condition => condition.Split('=', 2)).Where(condition => condition is ["workload" or "team", _]))
        {
            query.Add(condition[0], condition[1]);
        }

        return $"/compare{query}";
    }
}
