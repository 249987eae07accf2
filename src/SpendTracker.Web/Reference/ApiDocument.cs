using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace SpendTracker.Web.Reference;

/// <summary>What the description says of the API as a whole.</summary>
internal static class ApiDocument
{
    public const string Key = "key";
    public const string Session = "session";

    private const string About =
        """
        Record what AI usage costs, publish prices, ask for costs, forecasts and comparisons, set budgets.

        - **Keys.** Send `Authorization: Bearer spend_…`. Each operation names the scope that the key needs. What only reads also takes the session of a signed-in person.
        - **Lists** have `items`, and `next` if there is more: ask again with it as `cursor`. `limit` is 100 unless given, at most 1,000.
        - **Creating** answers 201 with `Location`. PUT takes all terms and answers its version as `ETag`; `If-Match` protects the change of another person (412).
        - **`dryRun=true`** does nothing and shows what would be. It is false unless given.
        - **Money** is a JSON number, exact, with up to 28 digits: read it as a decimal. Its `currency` is beside it, or beside the rows.
        - **Times** are RFC 3339 in UTC, `2026-01-31T09:30:00Z`; days are `2026-01-31`, months `2026-01`.
        - **Members that are null** are left out of answers. Requests refuse members that they do not know. Answers may get members: ignore those that you do not know.
        - **Problems** are RFC 9457, `application/problem+json`.
        - **Earlier shapes**, from before these rules, are answered below `/api/v0` for one version, with `Deprecation` and `Sunset`.
        """;

    /// <summary>Noun of the path → what it is about.</summary>
    private static readonly Dictionary<string, string> Nouns = new()
    {
        ["activity"] = "Who changed what, and when.",
        ["advice"] = "Which approach a workload should take.",
        ["aliases"] = "Names of providers, and the SKUs that they are priced as.",
        ["alerts"] = "Budgets and plans that left their lines.",
        ["anomalies"] = "Unusual days.",
        ["billing-periods"] = "Months, and their closing.",
        ["budgets"] = "Amounts not to be exceeded, and how far they are used.",
        ["channels"] = "Where alerts go.",
        ["compare"] = "Approaches, variants, hosting and models side by side.",
        ["costs"] = "What was spent, and why it changed.",
        ["discounts"] = "What comes off list prices.",
        ["estimates"] = "What workloads were expected to cost.",
        ["events"] = "The usage behind a number.",
        ["exchange-rates"] = "Units of the reporting currency for one of another.",
        ["forecast"] = "What is to come.",
        ["health"] = "How the host and its database are.",
        ["keys"] = "API keys.",
        ["not-in-totals"] = "What is in no total, and what it might be worth.",
        ["plans"] = "What approaches would cost.",
        ["publications"] = "What was published in the price book.",
        ["rates"] = "Prices.",
        ["report"] = "A month on one page.",
        ["reported-costs"] = "What providers say that usage cost.",
        ["set-aside"] = "Events that a read model could not take.",
        ["unpriced"] = "Usage without a price.",
        ["usage"] = "Record and correct usage.",
        ["views"] = "Names for what pages show.",
        ["withdrawals"] = "Taking publications back.",
        ["workloads"] = "What costs are told apart by.",
    };

    public static async Task CompleteAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new() { Title = "SpendTracker", Version = "1", Description = About };
        document.Servers = [new() { Url = "/" }];
        ApiProblems.AddTo(document);
        document.AddComponent<IOpenApiSecurityScheme>(Key, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key, `spend_<id>_<secret>`.",
        });
        document.AddComponent<IOpenApiSecurityScheme>(Session, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = "spendtracker", Description = "The session of a signed-in person, for GET only.",
        });
        var used = document.Paths.Select(path => path.Key.Split('/')[3]).Distinct().Order(StringComparer.Ordinal);
        document.Tags = new HashSet<OpenApiTag>(used.Select(noun => new OpenApiTag { Name = noun, Description = Nouns.GetValueOrDefault(noun) }));
        document.Components!.Schemas!.Remove("ProblemDetails"); // Each problem has a response of its own.
        await UsageSchemas.AddToAsync(document, context, cancellationToken);
        Members.Describe(document);
    }
}
