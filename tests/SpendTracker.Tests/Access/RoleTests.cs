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
    /// <summary>The table of the README is the table that is asked.</summary>
    [Fact]
    public void The_readme_shows_the_table_of_roles()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "src/SpendTracker.Web/README.md"));
        var shown = lines.SkipWhile(line => !line.StartsWith("| permission |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'));

        Assert.Equal(
            Permissions.Table.Select(line => $"| `{EnumName.Of(line.Permission)}` | {line.Allows} | {string.Join(" | ", Enum.GetValues<Role>().Select(role => EnumName.Of(line.Of(role))))} | {(line.Scope is { } scope ? $"`{EnumName.Of(scope)}`" : "–")} |"),
            shown);
        Assert.Equal(Enum.GetValues<Permission>(), Permissions.Table.Select(line => line.Permission));
    }

    [Theory]
    [InlineData(Role.Viewer, "", "read view")]
    [InlineData(Role.Member, "", "read view share")]
    [InlineData(Role.Member, "Search", "read view share record workload plan estimate budget acknowledge")]
    [InlineData(Role.Finance, "", "read view share record workload plan estimate budget acknowledge price report retry close activity")]
    [InlineData(Role.Admin, "", "read view share record workload plan estimate budget acknowledge price report retry close activity channel key people")]
    public async Task A_person_may_do_what_the_role_says(Role role, string team, string may) =>
        Assert.Equal(may.Split(' ').Order(), await AllowedAsync(null, Person(role, team)));

    [Theory]
    [InlineData(Role.Viewer, "Search", false)] // An earlier version may have written it.
    [InlineData(Role.Member, "Search", true)]
    [InlineData(Role.Member, "Support", false)]
    [InlineData(Role.Member, "Search Support", false)]
    [InlineData(Role.Member, "-", false)] // Of the organisation.
    [InlineData(Role.Member, "Search -", false)]
    [InlineData(Role.Member, "", false)]
    [InlineData(Role.Finance, "-", true)]
    [InlineData(Role.Finance, "Support", true)]
    public async Task A_member_changes_what_is_of_the_members_teams_alone(Role role, string owners, bool may)
    {
        var owned = new OwnedBy([.. owners.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(team => team == "-" ? null : team)]);

        Assert.Equal(may, (await AllowedAsync(owned, Person(role, "Search"))).Contains(Policies.Budget));
    }

    [Fact]
    public async Task A_key_may_do_what_its_scopes_say()
    {
        var scopes = new Dictionary<string, string>
        {
            ["record"] = "record", ["read"] = "read", ["publish"] = "workload plan estimate price retry view share", ["close"] = "close", ["budget"] = "budget acknowledge report", ["channel"] = "channel", ["audit"] = "activity",
        };
        foreach (var scope in EnumName.All<Scope>())
        {
            Assert.Equal(scopes[scope].Split(' ').Order(), await AllowedAsync(null, new KeyIdentity(new ApiKey("0123", "Key", [EnumName.Parse<Scope>(scope)], [], false, default, false), "test")));
        }

        Assert.Empty(await AllowedAsync(null));
    }

    [Fact]
    public async Task A_key_is_good_with_its_own_secret_and_until_it_is_revoked()
    {
        await using var database = await TestDatabase.CreateAsync();
        var stop = TestContext.Current.CancellationToken;
        var keys = database.Get<ApiKeys>();
        var key = await keys.IssueAsync("Key", [Scope.Read], [], anySource: false, new("test"), stop);
        var id = key.Split('_')[1];
        Assert.Equal(id, (await keys.FindAsync(key, stop))?.Key.Id);
        Assert.Null(await keys.FindAsync($"{key[..^1]}{(key[^1] == '0' ? '1' : '0')}", stop));

        Assert.True(await keys.RevokeAsync(id, "left", new("test"), stop));
        Assert.Null(await keys.FindAsync(key, stop));
        Assert.False(await keys.RevokeAsync(id, "left", new("test"), stop));
    }

    private static Claim[] Person(Role role, string team) => [new(SignIn.RoleClaim, EnumName.Of(role)), .. team.Length > 0 ? [new Claim(SignIn.TeamClaim, team)] : (Claim[])[]];

    private static Task<IEnumerable<string>> AllowedAsync(OwnedBy? owned, params Claim[] claims) => AllowedAsync(owned, new ClaimsIdentity(claims, "test"));

    private static async Task<IEnumerable<string>> AllowedAsync(OwnedBy? owned, ClaimsIdentity identity)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddAccess();
        await using var provider = services.BuildServiceProvider();
        var authorization = provider.GetRequiredService<IAuthorizationService>();
        List<string> allowed = [];
        foreach (var policy in EnumName.All<Permission>())
        {
            if ((await authorization.AuthorizeAsync(new ClaimsPrincipal(identity), owned, policy)).Succeeded)
            {
                allowed.Add(policy);
            }
        }

        return allowed.Order();
    }
}
