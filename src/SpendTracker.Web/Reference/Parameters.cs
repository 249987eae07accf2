using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Reference;

/// <summary>What each parameter means, in all of the API; where an operation means something else by it, under <c>Operation.parameter</c>.</summary>
internal static class Parameters
{
    private const string ByDimensions = "One or several, separated by commas: `month`, `origin` (month of use), `approach`, `workload`, `team`, `cost-centre`, `environment`, `component`, `model`, `variant`, or a tag of workloads, like `tag.product`.";
    private const string Day = "2026-11-30", Month = "2026-11";

    private static readonly Dictionary<string, Meaning> All = new()
    {
        ["after"] = Text("Only what was recorded after this place: a part of the address of newer events.", "2026-11.42"),
        ["amortisationMonths"] = Whole("Over how many months set-up work is written off.", 1, 120, 12),
        ["approach"] = OneOf<Approach>("Only this approach."),
        ["before"] = Text("Use `cursor`.", "4711") with { IsDeprecated = true },
        ["budget"] = Text("Only of this budget.", "support-2026"),
        ["by"] = Text(ByDimensions, "team,component"),
        ["component"] = OneOf<Component>("Only this component."),
        ["currency"] = Text("Only these currencies, separated by commas.", "EUR,GBP"),
        ["cursor"] = Text("The `next` of the page before; the first page without it.", null),
        ["dryRun"] = Choice("Whether nothing is to be done, and the answer is what would be.", "false", "true", "false"),
        ["format"] = Choice("`json`; or as a file `csv`, or `xlsx` for Excel. A file has all of it, and its download is recorded.", "json", "json", "csv", "xlsx"),
        ["free"] = Choice("Whether entries with nothing but zeros are published, too.", "false", "true", "false"),
        ["from"] = Text("The first month; this one if neither it nor `to` is given.", Month),
        ["granularity"] = Choice("`month`, or `day` for `days` besides: of at most three months, as known now.", "month", "month", "day"),
        ["id"] = Text("Its id.", "support-2026"),
        ["knownOn"] = Text("The answer as it was at the end of this day, in the reporting time zone; now if it is not given.", Day, "date"),
        ["limit"] = Whole("How many items at most.", 1, PageAsked.MostLimit, PageAsked.UsualLimit),
        ["list"] = Choice("`starting` for the prices that ship with this version; then there is no body.", null, "starting"),
        ["meter"] = Text("Only this meter.", "input-tokens"),
        ["month"] = Text("The month.", Month),
        ["months"] = Whole("How many of the last full months.", 1, 12, 3),
        ["needs"] = Text("What the team says that it needs, separated by commas: `speed`, `limited-resources`, `flexibility`, `generality`, `specialised-domain`, `accuracy`, `consistency`, `training-resources`, `critical-parts`.", "accuracy,speed"),
        ["night"] = Text("The hours of the night, in the reporting time zone.", "22-6"),
        ["plan"] = Text("Only of this plan.", "triage-2027"),
        ["provider"] = Text("Only these providers, separated by commas.", "openai,anthropic"),
        ["quality"] = Text("The metric that quality is told by; `accuracy` if it was measured, else success.", "accuracy"),
        ["reason"] = Text("Why; for the log.", "No longer needed."),
        ["recordedFrom"] = Text("Only what was recorded on this day or later.", Day, "date"),
        ["recordedTo"] = Text("Only what was recorded on this day or earlier.", Day, "date"),
        ["sku"] = Text("Only this SKU.", "openai/gpt-4o"),
        ["team"] = Text("Only workloads of this team; may be given several times.", "Support"),
        ["model"] = Text("Only what is priced as this SKU; may be given several times.", "openai/gpt-4o"),
        ["environment"] = Text("Only workloads of this environment; may be given several times.", "production"),
        ["cost-centre"] = Text("Only workloads of this cost centre; may be given several times.", "4711"),
        ["type"] = Choice("Only this kind of event.", null, [.. EventTypes.UsageNames]),
        ["trace"] = Text("Only what the request of this trace recorded.", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ["source"] = Text("Whose numbering the `id` belongs to.", "gateway"),
        ["state"] = Choice("`open` for those that hold, or `all`.", "open", "open", "all"),
        ["to"] = Text("The last month; `from` if it is not given.", Month),
        ["variant"] = Text("Only this variant; `(none)` for usage that named none.", "few-shot/v3"),
        ["version"] = Text("An earlier version; the newest if it is not given.", "1"),
        ["where"] = Text("Only this value of a dimension, like `team=Support`, or of a tag, like `tag.product=checkout`; may be given several times.", "team=Support"),
        ["kind"] = Text("Only acts of this kind.", "prices"),
        ["subject"] = Text("Only acts on this.", "support-2026"),
        ["who"] = Text("Only what this person, key or command did.", "Ada"),
        ["workload"] = Text("Only this workload.", "support-chat"),
        ["GetActivity.format"] = Choice("`json`; or `csv`, `ndjson` or `xlsx` as a file of all that match.", "json", "json", "csv", "ndjson", "xlsx"),
        ["GetActivity.from"] = Text("The first day.", Day, "date"),
        ["GetActivity.to"] = Text("The last day.", Day, "date"),
        ["GetAdvice.workload"] = Text("The workload.", "support-chat"),
        ["CompareModels.workload"] = Text("The workload.", "support-chat"),
        ["GetPlanFromActuals.workload"] = Text("The workload.", "support-chat"),
        ["ExplainCosts.from"] = Text("The total before is as known at the end of this day.", Day, "date"),
        ["ExplainCosts.to"] = Text("The total after is as known at the end of this day.", Day, "date"),
        ["GetCostChanges.from"] = Text("The earlier month; the one before `to` if it is not given.", "2026-10"),
        ["GetCostChanges.to"] = Text("The later month; the current one if it is not given.", Month),
        ["GetCostChanges.lines"] = Text("How many lines a step shows, 0 to 1,000; 20 if it is not given.", "20"),
        ["GetEvents.from"] = Text("The first month of use; all of them if neither it nor `to` is given.", Month),
        ["GetEvents.workload"] = Text("Only this workload; may be given several times. One alone means its `month`, unless something else narrows the list.", "support-chat"),
        ["GetEvents.month"] = Text("The month of use; of one workload the current one if it is not given, else all.", Month),
        ["GetEvents.id"] = Text("One event: its id in the log, or the caller's own together with `source`.", "req-8f14"),
        ["GetReport.format"] = Choice("`json`, or `xlsx` for a workbook.", "json", "json", "xlsx"),
        ["GetReport.month"] = Text("The month; the last one that is over if it is not given.", Month),
        ["GetUnpriced.from"] = Text("The first month; all of time if neither it nor `to` is given.", Month),
        ["ImportRates.from"] = Text("The day that changed prices hold from; tomorrow if it is not given.", Day, "date"),
        ["ImportExchangeRates.from"] = Text("Only rates of this day or later.", Day, "date"),
        ["SetBudget.version"] = Text("Use `If-Match`.", "3") with { IsDeprecated = true },
        ["SubmitPlan.version"] = Text("Use `If-Match`.", "3") with { IsDeprecated = true },
    };

    /// <param name="Schema">A new one each time: a document's parts have one place.</param>
    private sealed record Meaning(string Description, Func<OpenApiSchema> Schema, JsonNode? Example, bool IsDeprecated = false);

    public static OpenApiParameter IfMatch => new()
    {
        Name = "If-Match", In = ParameterLocation.Header, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Description = "The `ETag` that the change rests on, like `\"3\"`; whatever there is if it is not given.",
    };

    public static OpenApiParameter IfNoneMatch => new()
    {
        Name = "If-None-Match", In = ParameterLocation.Header, Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Description = "`*`: only if there is none yet.",
    };

    public static void Describe(OpenApiParameter parameter, string operation)
    {
        if (parameter.In == ParameterLocation.Header || (All.GetValueOrDefault($"{operation}.{parameter.Name}") ?? All.GetValueOrDefault(parameter.Name!)) is not { } meaning)
        {
            return;
        }

        parameter.Description = meaning.Description;
        parameter.Deprecated = meaning.IsDeprecated;
        parameter.Example = meaning.Example?.DeepClone();
        if (parameter.Name == "where")
        {
            parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.Array, Items = meaning.Schema() };
            parameter.Example = null;
        }
        else if (parameter.Schema is not OpenApiSchema { Format: "uuid" })
        {
            parameter.Schema = meaning.Schema();
        }
        else
        {
            parameter.Example = "01a2b3c4-0000-7000-8000-000000000001";
        }
    }

    /// <summary>A parameter of the query that an endpoint reads by itself.</summary>
    public static OpenApiParameter Query(string name) => new() { Name = name, In = ParameterLocation.Query, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private static Meaning Text(string description, string? example, string? format = null) =>
        new(description, () => new() { Type = JsonSchemaType.String, Format = format }, example);

    private static Meaning Whole(string description, int least, int most, int usual) => new(
        description, () => new()
        {
            Type = JsonSchemaType.Integer, Minimum = least.ToString(CultureInfo.InvariantCulture), Maximum = most.ToString(CultureInfo.InvariantCulture), Default = usual,
        },
        usual);

    private static Meaning Choice(string description, string? usual, params string[] choices) => new(
        description, () => new() { Type = JsonSchemaType.String, Enum = [.. choices.Select(choice => (JsonNode)choice)], Default = usual }, choices[0]);

    private static Meaning OneOf<T>(string description)
        where T : struct, Enum => Choice(description, null, [.. EnumName.All<T>()]);
}
