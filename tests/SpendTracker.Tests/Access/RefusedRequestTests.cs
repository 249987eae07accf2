using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SpendTracker.Tests.Alerts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Tests.Access;

public sealed class RefusedRequestTests
{
    [Fact]
    public void The_first_refusal_of_a_caller_is_told_at_once_and_further_ones_as_a_number()
    {
        using var lines = new LoggedLines();
        using var factory = LoggerFactory.Create(builder => builder.AddProvider(lines));
        using var refused = new RefusedRequests(TimeProvider.System, factory.CreateLogger<RefusedRequests>());
        for (var i = 0; i < 3; i++)
        {
            refused.Note(Asked("person:4f"), StatusCodes.Status403Forbidden);
        }

        refused.Note(Asked("key:aa"), StatusCodes.Status400BadRequest);
        refused.Note(Asked(null), StatusCodes.Status429TooManyRequests);
        refused.Note(Asked("key:aa"), StatusCodes.Status404NotFound);
        refused.Tell();
        refused.Note(Asked("person:4f"), StatusCodes.Status403Forbidden); // Another minute.

        Assert.Equal(
            [
                "person:4f was refused with 403 at PUT api/v1/things/{id}.",
                "key:aa was refused with 400 at PUT api/v1/things/{id}.",
                "A caller from somewhere was refused with 429 at PUT api/v1/things/{id}.",
                "person:4f was refused with 403 2 more times in the last minute, the last at PUT api/v1/things/{id}.",
                "person:4f was refused with 403 at PUT api/v1/things/{id}.",
            ],
            lines.All.Select(line => line.Trim()));
    }

    private static DefaultHttpContext Asked(string? by)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton(new ActivityOptions()).BuildServiceProvider() };
        context.User = new(new ClaimsIdentity(by is null ? [] : [new Claim(ApiClaims.RecordedBy, by)]));
        (context.Request.Method, context.Request.Path) = ("PUT", "/api/v1/things/secret");
        context.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("api/v1/things/{id}"), 0, null, null));
        return context;
    }
}
