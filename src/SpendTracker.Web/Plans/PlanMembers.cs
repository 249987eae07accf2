using SpendTracker.Contracts;

namespace SpendTracker.Web.Plans;

/// <summary>A value that a part of a plan may have.</summary>
internal sealed record PlanMember(string Member, string Label, PlanFieldKind Kind, IReadOnlyList<string> Choices);

/// <summary>What a part of a plan is made of.</summary>
/// <param name="Named">The member that names it; null if none.</param>
/// <param name="Parts">Its members that are parts themselves.</param>
/// <param name="IsMany">Whether there may be several.</param>
/// <param name="Begins">A new one, as JSON.</param>
internal sealed record PlanKind(string Name, string? Named, IReadOnlyList<PlanMember> Fields, IReadOnlyList<string> Parts, bool IsMany, string Begins);

/// <summary>The members of a <see cref="PlanRequest"/> with what they are called on the page. A test holds that none is missing.</summary>
internal static class PlanMembers
{
    private const PlanFieldKind Range = PlanFieldKind.Range, Text = PlanFieldKind.Text, Number = PlanFieldKind.Number;

    private static readonly PlanMember[] Route =
    [
        Of("sku", "Model, as priced", Text), Of("inputTokens", "Input tokens a request", Range), Of("outputTokens", "Output tokens a request", Range),
        Of("share", "Share of the requests, 0 to 1", Range), Choice("serviceTier", "Service tier", EnumName.All<ServiceTier>()),
        Of("examples", "Examples in the prompt", Number), Of("exampleTokens", "Tokens of an example", Range), Of("cachedShare", "Cached share of the input, 0 to 1", Range),
    ];

    public static PlanKind Plan { get; } = new(
        "All options", null,
        [
            Of("name", "Name", Text), Of("from", "First month", PlanFieldKind.Month), Of("months", "Months", Number), Of("requestsPerMonth", "Requests in the first month", Range),
            Of("growthPercent", "Growth of requests a month, %", Range), Of("amortisationMonths", "Write off over months", Number), Of("taxPercent", "Tax, %", Range),
            Of("pricesOn", "Prices of the day", PlanFieldKind.Day), Of("currency", "Currency", Text),
        ],
        ["options"], IsMany: false, "{}");

    /// <summary>By the member that holds them.</summary>
    public static IReadOnlyDictionary<string, PlanKind> Kinds { get; } = new Dictionary<string, PlanKind>
    {
        ["options"] = new(
            "Option", "name",
            [
                Of("name", "Name", Text), Choice("approach", "Approach", EnumName.All<Approach>()), Of("attemptsPerRequest", "Attempts a request, retries included", Range),
                Of("successShare", "Share that succeeds, 0 to 1", Range), Of("infrastructurePerMonth", "Infrastructure a month, amount", Range), Of("setupWeeks", "Weeks to set up", Range),
            ],
            ["routes", "hosting", "datasets", "training", "labour", "evaluator", "retirement"], IsMany: true, """{"name":"Option","approach":"prompt-engineering","routes":[]}"""),
        ["routes"] = new("Model", "sku", Route, ["prices"], IsMany: true, """{"sku":"","inputTokens":1000,"outputTokens":250}"""),
        ["prices"] = new(
            "Own price", "meter", [Of("meter", "Meter", Text), Of("price", "Price", Range), Choice("per", "For units", ["1", "1000", "1000000"], Number), Of("aboveTokens", "Above input tokens", Number)],
            [], IsMany: true, """{"meter":"input-tokens","price":0,"per":1000000}"""),
        ["hosting"] = new(
            "Hosting", "sku", [Of("sku", "What is hosted, as priced", Text), Of("hoursPerMonth", "Hours a month", Range), Of("units", "Units", Range), Of("price", "Own price of an hour", Range)],
            [], IsMany: true, """{"sku":"","hoursPerMonth":730}"""),
        ["datasets"] = new(
            "Dataset", "name",
            [
                Of("name", "Name", Text), Of("items", "Items", Range), Choice("activity", "What is done to them", EnumName.All<DatasetActivity>()), Of("hours", "Hours of people", Range),
                Of("role", "Role", Text), Of("amount", "Amount", Range), Of("price", "Own price of an item or hour", Range), Of("refreshShare", "Share done again for a later training, 0 to 1", Range),
            ],
            [], IsMany: true, """{"name":"dataset"}"""),
        ["training"] = new(
            "Training", null,
            [
                Of("sku", "What is priced", Text), Of("tokens", "Tokens of the file", Range), Of("epochs", "Epochs", Range), Of("gpuHours", "GPU hours", Range), Of("amount", "Amount a run", Range),
                Of("runs", "Runs until it is good enough", Range), Of("everyMonths", "Again after months", Number), Of("price", "Own price of a token or hour", Range),
            ],
            [], IsMany: false, """{"runs":1}"""),
        ["labour"] = new(
            "Labour", "role",
            [
                Of("role", "Role", Text), Of("hours", "Hours", Range), Choice("activity", "Activity", EnumName.All<LabourActivity>()), Choice("everyMonth", "Every month", ["true", "false"]),
                Of("price", "Own price of an hour", Range),
            ],
            [], IsMany: true, """{"role":"engineer","hours":8,"activity":"maintenance","everyMonth":true}"""),
        ["evaluator"] = new("Evaluator", "sku", Route, ["prices"], IsMany: false, """{"sku":"","inputTokens":1000,"outputTokens":50,"share":0.1}"""),
        ["retirement"] = new("End of the base model", null, [Of("month", "Month in which one has moved", PlanFieldKind.Month), Of("cost", "What moving costs", Range)], [], IsMany: false, """{"month":"","cost":0}"""),
    };

    private static PlanMember Of(string member, string label, PlanFieldKind kind) => new(member, label, kind, []);

    private static PlanMember Choice(string member, string label, IEnumerable<string> choices, PlanFieldKind kind = PlanFieldKind.Choice) => new(member, label, kind, [.. choices]);
}
