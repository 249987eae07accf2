using System.Security.Claims;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;

namespace SpendTracker.Tests.Access;

public sealed class BoundKeyTests
{
    [Theory]
    [InlineData("chat", true)]
    [InlineData("search", true)]
    [InlineData("chat-2", false)]
    [InlineData("cha", false)]
    [InlineData("Chat", false)]
    public void A_bound_key_covers_the_workloads_that_it_names_and_no_other(string workload, bool covers)
    {
        Assert.Equal(covers, ApiClaims.Covers(CallerOf("chat", "search"), workload));
        Assert.True(ApiClaims.Covers(CallerOf(), workload));
    }

    private static ClaimsPrincipal CallerOf(params string[] workloads) =>
        ApiClaims.For(new ApiKey("1", "Key", [Scope.Record], workloads, AnySource: false, Given.At(Given.Day), Revoked: false), "test");
}
