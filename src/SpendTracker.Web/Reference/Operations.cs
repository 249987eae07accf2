using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Reference;

/// <summary>Completes what the framework knows of an operation: parameters, who may call it, and which problems it answers.</summary>
internal static class Operations
{
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var document = context.Document!;
        var reads = context.Description.HttpMethod == "GET";
        Name(operation, context.Description.RelativePath!);
        Authorise(operation, metadata, document, reads);
        var replaces = operation.Responses!.ContainsKey("412");
        if (replaces)
        {
            operation.Parameters = [.. operation.Parameters ?? [], Parameters.IfMatch, Parameters.IfNoneMatch];
        }

        foreach (var name in metadata.OfType<TakenParameters>().SelectMany(taken => taken.Names))
        {
            operation.Parameters = [.. operation.Parameters ?? [], Parameters.Query(name)];
        }

        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            Parameters.Describe(parameter, operation.OperationId!);
        }

        foreach (var status in ProblemsOf(operation, metadata).Order())
        {
            operation.Responses[status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = new OpenApiResponseReference(ApiProblems.NameOf(status), document);
        }

        DescribeAnswers(operation, replaces || operation.OperationId is "GetWorkload" or "GetBudget" or "GetPlan" or "GetChannel");
        ExampleBook.Show(operation);
        return Task.CompletedTask;
    }

    /// <summary>The first sentence is the name of the operation; all of them describe it.</summary>
    private static void Name(OpenApiOperation operation, string path)
    {
        var noun = path.Split('/')[2];
        operation.Tags = new HashSet<OpenApiTagReference> { new(noun) };
        if (operation.Summary is { } summary)
        {
            var end = summary.IndexOf(". ", StringComparison.Ordinal);
            (operation.Summary, var rest) = end < 0 ? (summary.TrimEnd('.'), null) : (summary[..end], summary[(end + 2)..]);
            operation.Description = string.Join(' ', new[] { rest, operation.Description }.Where(text => !string.IsNullOrEmpty(text)));
        }
    }

    private static void Authorise(OpenApiOperation operation, IList<object> metadata, OpenApiDocument document, bool reads)
    {
        var scope = metadata.OfType<IAuthorizeData>().Select(data => data.Policy).FirstOrDefault(policy => policy is not null);
        var line = Permissions.Table.FirstOrDefault(line => EnumName.Of(line.Permission) == scope);
        var needs = line is null ? "any key" : line.Scope is { } ofKey ? $"the scope `{EnumName.Of(ofKey)}`" : "a signed-in person: no key may";
        operation.Description = $"{operation.Description} Needs {needs}.".Trim();
        operation.Deprecated = metadata.OfType<Superseded>().Any();
        operation.Security = line is { Scope: null } ? [] : [new OpenApiSecurityRequirement { [new(ApiDocument.Key, document)] = [] }];
        if (reads)
        {
            operation.Security.Add(new() { [new(ApiDocument.Session, document)] = [] });
        }
    }

    /// <summary>What is said of the operation, and what follows from its kind.</summary>
    private static HashSet<int> ProblemsOf(OpenApiOperation operation, IList<object> metadata)
    {
        HashSet<int> statuses = [.. operation.Responses!.Keys.Select(int.Parse).Where(status => status >= 400), 401, 403, 429, 500, 503];
        if (operation.Parameters?.Count > 0 || operation.RequestBody is not null)
        {
            statuses.Add(400);
        }

        if (operation.RequestBody is not null)
        {
            statuses.UnionWith([408, 413, 415]);
        }

        if (metadata.OfType<ExpensiveQuery>().Any() || operation.Parameters?.Any(parameter => parameter.Name is "knownOn" or "dryRun") == true)
        {
            statuses.Add(504);
        }

        return statuses;
    }

    private static void DescribeAnswers(OpenApiOperation operation, bool hasVersion)
    {
        foreach (var (status, response) in operation.Responses!)
        {
            if (response is not OpenApiResponse answer)
            {
                continue;
            }

            answer.Description = status switch { "201" => "Created.", "204" => "Done; there is no body.", "207" => "Some items were not stored; the answer says which and why.", "304" => "As it was.", _ => "Done." };
            answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
            if (status == "201")
            {
                answer.Headers["Location"] = new OpenApiHeader { Description = "Where it can be read.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
            }

            if (hasVersion && status is "200" or "201")
            {
                answer.Headers["ETag"] = new OpenApiHeader { Description = "Its version, for `If-Match`.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
            }
        }
    }
}
