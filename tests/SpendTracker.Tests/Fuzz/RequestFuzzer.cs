using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using SpendTracker.Web.Explorer;

namespace SpendTracker.Tests.Fuzz;

/// <summary>Makes requests to endpoints, nearly right ones: what is wrong at the door says nothing about what is behind. The same seed and case make the same request.</summary>
/// <param name="key">An API key with every scope.</param>
/// <param name="cookie">Of a signed-in administrator.</param>
internal sealed class RequestFuzzer(IReadOnlyList<RouteEndpoint> endpoints, string key, string cookie)
{
    private static readonly string[] ContentTypes =
        ["application/json; charset=utf-16", "application/x-ndjson", "text/csv", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "nonsense"];

    private static readonly string[] Accepts = ["*/*", "application/json", "text/html", "text/csv", "application/xml", "nonsense"];

    private readonly string[] _parameters = [.. endpoints.SelectMany(ParametersOf).Concat(EventQuestion.Parameters).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private readonly RouteEndpoint[] _withBodies = [.. endpoints.Where(endpoint => Examples.Paths.Contains(endpoint.RoutePattern.RawText) && !MethodsOf(endpoint).Contains("GET"))];

    public static IReadOnlyList<string> MethodsOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET"];

    /// <summary>The page's component; null if it is no page.</summary>
    public static Type? PageOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type;

    public FuzzedRequest Make(int seed, int number)
    {
        var random = new FuzzRandom(unchecked((seed * 1_000_003) + number));
        var endpoint = random.OneOf(random.Happens(40) ? _withBodies : endpoints);
        var template = endpoint.RoutePattern.RawText!;
        var method = random.OneOf(MethodsOf(endpoint));
        var (body, contentType) = method is "GET" or "HEAD" ? (null, null) : Examples.Fuzzed(template, random);
        return new FuzzedRequest(
            method, PathOf(template, random) + QueryOf(endpoint, random), [.. Headers(endpoint, random)],
            contentType is not null && random.Happens(10) ? random.OneOf(ContentTypes) : contentType, body);
    }

    private static IEnumerable<string> ParametersOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.OfType<IParameterBindingMetadata>()
            .Where(parameter => parameter.ParameterInfo.ParameterType == typeof(string) || parameter.ParameterInfo.ParameterType == typeof(string[]))
            .Select(parameter => parameter.Name)
            .Concat(PageOf(endpoint)?.GetProperties()
                .Select(property => (Property: property, Query: property.GetCustomAttribute<SupplyParameterFromQueryAttribute>()))
                .Where(property => property.Query is not null)
                .Select(property => property.Query!.Name ?? property.Property.Name) ?? [])
            .Where(name => !endpoint.RoutePattern.Parameters.Any(parameter => parameter.Name == name));

    /// <summary>With a value for each parameter of the template.</summary>
    private static string PathOf(string template, FuzzRandom random)
    {
        var path = new StringBuilder(template.StartsWith('/') ? "" : "/");
        foreach (var part in template.Split('{', '}').Index())
        {
            var isParameter = part.Index % 2 == 1;
            path.Append(!isParameter ? part.Item : part.Item.EndsWith(":guid", StringComparison.Ordinal) && !random.Happens(10) ? random.Guid().ToString() : random.Segment());
        }

        return path.ToString();
    }

    private string QueryOf(RouteEndpoint endpoint, FuzzRandom random)
    {
        var own = ParametersOf(endpoint).ToArray();
        List<string> given = [.. own.Where(_ => random.Happens(40))];
        for (var more = random.Below(4) - (own.Length > 0 ? 2 : 0); more > 0; more--)
        {
            given.Add(random.OneOf(_parameters));
        }

        return given.Count == 0 ? "" : $"?{string.Join('&', given.Select(name => $"{(random.Happens(3) ? random.QueryValue() : name)}={random.QueryValue()}"))}";
    }

    private IEnumerable<(string Name, string Value)> Headers(RouteEndpoint endpoint, FuzzRandom random)
    {
        if (PageOf(endpoint) is not null && !random.Happens(10))
        {
            yield return ("Cookie", cookie);
        }
        else if (random.Happens(5))
        {
            yield return ("Authorization", random.OneOf<string>(["Bearer nonsense", "Bearer", "Basic x", "Bearer spend_0123456789ab_00"]));
        }
        else if (!random.Happens(3))
        {
            yield return ("Authorization", $"Bearer {key}");
        }

        yield return ("Accept", random.OneOf(Accepts));
        foreach (var name in (string[])["If-Match", "If-None-Match", "Origin", "traceparent", "X-Forwarded-For"])
        {
            if (random.Happens(5))
            {
                yield return (name, random.OneOf<string>(["*", "\"1\"", "W/\"x\"", "-1", "99999999999", "null", "https://example.com", "00-0-0-0", "::1, x", "\u00e9"]));
            }
        }
    }
}
