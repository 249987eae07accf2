using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;

namespace SpendTracker.Tests.Access;

/// <summary>What roles and scopes are good for, by the policies that endpoints and pages name.</summary>
public sealed class RoleTests
{
    [Theory]
    [InlineData(Role.Viewer, "read")]
    [InlineData(Role.Member, "read publish budget")]
    [InlineData(Role.Admin, "read publish close budget channel")]
    public async Task A_person_may_do_what_the_role_says(Role role, string may) =>
        Assert.Equal(may.Split(' ').Order(), await AllowedAsync(new Claim(SignIn.RoleClaim, EnumName.Of(role))));

    [Fact]
    public async Task A_key_may_do_what_its_scopes_say()
    {
        foreach (var scope in EnumName.All<Scope>())
        {
            Assert.Equal([scope], await AllowedAsync(new Claim(ApiClaims.Scope, scope)));
        }

        Assert.Empty(await AllowedAsync());
    }

    [Fact]
    public async Task A_key_is_good_with_its_own_secret_and_until_it_is_revoked()
    {
        await using var database = await TestDatabase.CreateAsync();
        var stop = TestContext.Current.CancellationToken;
        var keys = database.Get<ApiKeys>();
        var key = await keys.IssueAsync("Key", [Scope.Read], [], anySource: false, new("test"), stop);
        var id = key.Split('_')[1];
        Assert.Equal(id, (await keys.FindAsync(key, stop))?.Id);
        Assert.Null(await keys.FindAsync($"{key[..^1]}{(key[^1] == '0' ? '1' : '0')}", stop));

        Assert.True(await keys.RevokeAsync(id, "left", new("test"), stop));
        Assert.Null(await keys.FindAsync(key, stop));
        Assert.False(await keys.RevokeAsync(id, "left", new("test"), stop));
    }

    private static async Task<IEnumerable<string>> AllowedAsync(params Claim[] claims)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddAccess();
        await using var provider = services.BuildServiceProvider();
        var authorization = provider.GetRequiredService<IAuthorizationService>();
        List<string> allowed = [];
        foreach (var policy in EnumName.All<Scope>())
        {
            if ((await authorization.AuthorizeAsync(new ClaimsPrincipal(new ClaimsIdentity(claims, "test")), null, policy)).Succeeded)
            {
                allowed.Add(policy);
            }
        }

        return allowed.Order();
    }
}
