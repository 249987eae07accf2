namespace SpendTracker.Web.Requests;

/// <summary>A body that an operation takes, for its description: endpoints read bodies by themselves, so the framework does not see it.</summary>
/// <param name="Type">Null for text that is not JSON.</param>
/// <param name="IsOptional">Whether a request without a body is taken.</param>
internal sealed record TakenBody(Type? Type, string ContentType = "application/json", bool IsOptional = false);

/// <summary>Parameters of the query that an endpoint reads by itself.</summary>
internal sealed record TakenParameters(params IReadOnlyList<string> Names);

/// <summary>An operation that another one takes the place of.</summary>
internal sealed record Superseded;

/// <summary>Says of an endpoint what the framework cannot see, for the API's description.</summary>
internal static class Described
{
    /// <summary>The JSON that it takes.</summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder builder) => builder.WithMetadata(new TakenBody(typeof(T)));

    /// <summary>That it is there for one version more, and says so in each answer.</summary>
    /// <param name="successor">The address to use instead.</param>
    public static RouteHandlerBuilder IsSuperseded(this RouteHandlerBuilder builder, string successor) => builder
        .WithMetadata(new Superseded())
        .AddEndpointFilter((call, next) =>
        {
            EarlierShapes.Deprecate(call.HttpContext.Response, successor);
            return next(call);
        });
}
