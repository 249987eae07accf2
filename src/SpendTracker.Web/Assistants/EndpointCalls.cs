using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Assistants;

/// <summary>
/// Asks endpoints of the API from within the host, as the caller. So a tool has no question, arithmetic, limit or refusal of its own: the
/// endpoint reads the parameters, takes its turn among expensive queries, and says by a problem what is wrong.
/// </summary>
internal sealed class EndpointCalls(EndpointDataSource endpoints, IServiceProvider services, ApiQueries queries)
{
    private readonly RequestDelegate _ask = Build(services, queries);
    private readonly ConcurrentDictionary<string, RouteEndpoint> _found = [];

    /// <summary>What endpoints answer, by name: known before the host has all of them together, since tools are described by then.</summary>
    public IReadOnlyDictionary<string, Type> Answers { get; private set; } = new Dictionary<string, Type>();

    public RouteEndpoint Find(string name) => _found.GetOrAdd(name, _ => endpoints.Endpoints.OfType<RouteEndpoint>().Single(endpoint => NameOf(endpoint) == name));

    public void ReadAnswers(IEnumerable<EndpointDataSource> sources) => Answers = sources.SelectMany(source => source.Endpoints)
        .Select(endpoint => (Name: NameOf(endpoint), Answer: endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().FirstOrDefault(answer => answer.StatusCode == StatusCodes.Status200OK)?.Type))
        .Where(endpoint => endpoint is { Name: not null, Answer: not null }).DistinctBy(endpoint => endpoint.Name).ToDictionary(endpoint => endpoint.Name!, endpoint => endpoint.Answer!);

    /// <summary>Whether an endpoint gives its list in pages of a size that is asked for.</summary>
    public static bool HasPages(RouteEndpoint endpoint) =>
        endpoint.Metadata.OfType<IParameterBindingMetadata>().Any(parameter => parameter.Name.Equals(ToolQuestion.CursorName, StringComparison.OrdinalIgnoreCase));

    /// <summary>The address of a question, without the host; what the endpoint's path has a place for goes there.</summary>
    public static string AddressOf(RouteEndpoint endpoint, ToolQuestion question)
    {
        string[] inPath = [.. endpoint.RoutePattern.Parameters.Select(parameter => parameter.Name)];
        var path = inPath.Aggregate(endpoint.RoutePattern.RawText!, (path, name) => path.Replace($"{{{name}}}", Uri.EscapeDataString(question[name] ?? ""), StringComparison.Ordinal));
        return $"/{path.TrimStart('/')}{question.ToQuery(inPath)}";
    }

    /// <returns>The status, and the answer or the problem.</returns>
    public async Task<(int Status, JsonNode? Answer)> AskAsync(
        RouteEndpoint endpoint, ToolQuestion question, ClaimsPrincipal caller, IServiceProvider services, CancellationToken cancellationToken)
    {
        var address = AddressOf(endpoint, question);
        var query = address.IndexOf('?', StringComparison.Ordinal);
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { User = caller, RequestServices = services, RequestAborted = cancellationToken };
        context.Request.Method = HttpMethods.Get;
        context.Request.Path = PathString.FromUriComponent(query < 0 ? address : address[..query]);
        context.Request.QueryString = query < 0 ? QueryString.Empty : new QueryString(address[query..]);
        foreach (var parameter in endpoint.RoutePattern.Parameters)
        {
            context.Request.RouteValues[parameter.Name] = question[parameter.Name] ?? "";
        }

        context.Response.Body = body;
        context.SetEndpoint(endpoint);
        await _ask(context);
        body.Position = 0;
        return (context.Response.StatusCode, body.Length == 0 ? null : await JsonNode.ParseAsync(body, cancellationToken: cancellationToken));
    }

    private static string? NameOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName;

    /// <summary>What the host has between its door, where the caller was let in, and the endpoint.</summary>
    private static RequestDelegate Build(IServiceProvider services, ApiQueries queries)
    {
        var app = new ApplicationBuilder(services);
        app.UseExceptionHandler();
        app.Use(BoundKeys.CheckAsync);
        app.Use(QueryTexts.CheckAsync);
        app.Use(queries.RunAsync);
        app.Run(context => ((RouteEndpoint)context.GetEndpoint()!).RequestDelegate!(context));
        return app.Build();
    }
}
