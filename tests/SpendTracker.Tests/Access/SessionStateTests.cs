using SpendTracker.Access;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Access;

/// <summary>Whether a session holds, by its stream and its person's.</summary>
public sealed class SessionStateTests
{
    private static readonly TimeSpan Lifetime = new SessionLimits().Lifetime;
    private static readonly DateTimeOffset Monday = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(11, false, 0, Role.Member, true)]
    [InlineData(12, false, 0, Role.Member, false)] // Its time is over.
    [InlineData(1, true, 0, Role.Member, false)] // Signed out.
    [InlineData(1, false, 4, Role.Member, true)] // Removed before it began, and let in again.
    [InlineData(1, false, 6, Role.Member, false)] // Removed since, and let in again.
    [InlineData(1, false, 6, null, false)] // Removed.
    [InlineData(1, false, 4, null, false)] // Removed while it began.
    public void A_session_holds_until_it_ends(int hours, bool isEnded, long removedAt, Role? role, bool holds)
    {
        var state = new SessionState(new SessionStarted("s", "Ada", Role.Admin, Monday + Lifetime), StartedAt: 5, isEnded);

        var session = Sessions.Holding(state, new PersonState("Ada", role, [], Monday, removedAt), Monday.AddHours(hours));

        Assert.Equal(holds ? new Session("s", "Ada", Role.Member, Monday + Lifetime) : null, session);
    }

    /// <summary>Links that an earlier version issued gave no role to a person.</summary>
    [Fact]
    public void The_role_of_a_person_whom_nobody_gave_one_is_that_of_the_link() => Assert.Equal(
        Role.Viewer, Sessions.Holding(new SessionState(new SessionStarted("s", "Ada", Role.Viewer, Monday + Lifetime), 5, IsEnded: false), null, Monday)?.Role);

    /// <summary>What somebody gave or took goes before groups; groups change what groups gave.</summary>
    [Theory]
    [InlineData(null, false, Role.Viewer, true)] // Nobody yet.
    [InlineData(null, false, null, false)]
    [InlineData(Role.Viewer, true, Role.Admin, true)]
    [InlineData(Role.Viewer, true, Role.Viewer, false)]
    [InlineData(Role.Viewer, true, null, true)] // Out of the groups.
    [InlineData(Role.Viewer, false, Role.Admin, false)] // By hand.
    [InlineData(Role.Admin, false, null, false)]
    public void Groups_decide_where_nobody_else_has(Role? now, bool isFromGroups, Role? given, bool changes)
    {
        var state = now is null ? null : new PersonState("p", now, [], Monday, 0, isFromGroups);

        Assert.Equal(changes ? 1 : 0, People.DecideGroups(state, "p", given, ["Search"], "host").Events.Count);
        Assert.Empty(People.DecideGroups(new PersonState("p", null, [], Monday, 7), "p", given, [], "host").Events); // Removed by hand.
    }
}
