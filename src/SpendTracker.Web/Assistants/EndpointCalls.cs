using System.Security.Claims;
using System.Text.Json.Nodes;
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

    public RouteEndpoint Find(string name) => endpoints.Endpoints.OfType<RouteEndpoint>()
        .Single(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == name);

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

    /// <summary>What the host has between its door, where the caller was let in, and the endpoint.</summary>
    private static RequestDelegate Build(IServiceProvider services, ApiQueries queries)
    {
        var app = new ApplicationBuilder(services);
        app.UseExceptionHandler();
        app.Use(QueryTexts.CheckAsync);
        app.Use(queries.RunAsync);
        app.Run(context => ((RouteEndpoint)context.GetEndpoint()!).RequestDelegate!(context));
        return app.Build();
    }
}
