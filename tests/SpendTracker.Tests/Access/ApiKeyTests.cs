using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Access;
using SpendTracker.Activities;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Access;

namespace SpendTracker.Tests.Access;

/// <summary>The life of a key: issued, used, rotated, expired; and how much of the day it may take.</summary>
public sealed class ApiKeyTests(ApiKeyTests.KeyHost keyHost) : IClassFixture<ApiKeyTests.KeyHost>
{
    private static readonly Recorder Recorder = new("person:Ada") { From = "192.0.2.7" };

    private TestHost Host => keyHost.Host;

    private FixedClock Clock => keyHost.Clock;

    private ApiKeys Keys => Host.Services.GetRequiredService<ApiKeys>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_key_is_what_the_pattern_for_scanners_finds_and_a_misspelt_one_is_none()
    {
        var key = ApiKeyText.New();
        var text = key.ToString();
        var earlier = text[..^8];

        Assert.Equal(text, Regex.Match($"KEY='{text}'", ApiKeyText.Pattern).Value);
        Assert.Equal("?token=spend_…&by=team", ActivityLog.Recorded($"?token={text}&by=team"));
        Assert.Equal(key, ApiKeyText.Read(text));
        Assert.Equal(key, ApiKeyText.Read(earlier)); // As earlier versions wrote it, without a checksum.
        for (var place = 6; place < text.Length; place++)
        {
            var other = text[place] switch { '_' => '_', '0' => '1', _ => '0' };
            Assert.True(other == '_' || ApiKeyText.Read($"{text[..place]}{other}{text[(place + 1)..]}") is null, $"A wrong digit at {place} was not noticed.");
        }

        Assert.All((string[])["", "spend", $"{text}0", text[..^1], text.ToUpperInvariant(), $"x{text}", $"{earlier}zzzzzzzz"], wrong => Assert.Null(ApiKeyText.Read(wrong)));
    }

    /// <summary>Whoever writes a scanner has the README alone.</summary>
    [Fact]
    public void The_pattern_and_an_example_of_the_checksum_are_in_the_readme()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "SpendTracker.Web", "README.md"));

        Assert.Contains(ApiKeyText.Pattern, readme, StringComparison.Ordinal);
        Assert.NotNull(ApiKeyText.Read(Assert.Single(Regex.Matches(readme, @"\bspend_[0-9a-f]{12}_[0-9a-f]{72}\b")).Value));
    }

    [Fact]
    public async Task After_a_rotation_the_secret_before_works_until_its_time_and_without_overlap_no_longer()
    {
        var first = await IssueAsync(new("rotated", [Scope.Read], [], AnySource: false));
        var id = first.Split('_')[1];
        var second = (await Keys.RotateAsync(id, TimeSpan.FromHours(24), null, Recorder, Cancel))!;

        Assert.Equal(id, second.Split('_')[1]);
        Assert.Equal("yes yes", await AcceptedAsync(first, second));
        Clock.Now += TimeSpan.FromHours(23.9);
        var third = (await Keys.RotateAsync(id, TimeSpan.FromHours(2), null, Recorder, Cancel))!;
        Assert.Equal("yes yes yes", await AcceptedAsync(first, second, third));
        Clock.Now += TimeSpan.FromHours(0.1);
        Assert.Equal("no yes yes", await AcceptedAsync(first, second, third));
        var fourth = (await Keys.RotateAsync(id, TimeSpan.Zero, Clock.Now.AddHours(1), Recorder, Cancel))!;
        Assert.Equal("no no no yes", await AcceptedAsync(first, second, third, fourth));

        Clock.Now += TimeSpan.FromHours(1);
        Assert.Equal("no", await AcceptedAsync(fourth));
        Assert.Null(await Keys.RotateAsync(id, TimeSpan.Zero, null, Recorder, Cancel));
    }

    [Fact]
    public async Task A_key_ends_at_its_time_also_where_it_is_remembered()
    {
        var key = await IssueAsync(new("ends", [Scope.Read], [], AnySource: false) { ExpiresAt = Clock.Now.AddSeconds(1) });

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(key)).StatusCode);
        Clock.Now = Clock.Now.AddSeconds(1);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(key)).StatusCode);
    }

    /// <summary>The overlap of the second rotation is the longer one: it must not lengthen that of the first.</summary>
    [Fact]
    public async Task The_oldest_of_three_secrets_ends_at_its_own_time_also_where_it_is_remembered()
    {
        var first = await IssueAsync(new("twice", [Scope.Read], [], AnySource: false));
        var id = first.Split('_')[1];
        await Keys.RotateAsync(id, TimeSpan.FromSeconds(1), null, Recorder, Cancel);
        var third = (await Keys.RotateAsync(id, TimeSpan.FromHours(2), null, Recorder, Cancel))!;

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(first)).StatusCode);
        Clock.Now = Clock.Now.AddSeconds(1);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(first)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(third)).StatusCode);
    }

    [Fact]
    public async Task A_quota_ends_the_day_for_its_key_and_every_host_knows_once_it_was_told()
    {
        var key = await IssueAsync(new("quota", [Scope.Read], [], AnySource: false) { RequestsPerDay = 3 });
        var known = (await Keys.FindAsync(key, Cancel))!.Value.Key;
        var statuses = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StatusAsync(key)));
        Assert.Equal([200, 200, 200, 429], statuses.Order());

        using var refused = await AskAsync(key);
        var problem = await TestHost.ProblemAsync(refused, HttpStatusCode.TooManyRequests);
        Assert.Contains("quota of 3 requests a day", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var use = Host.Services.GetRequiredService<KeyUse>();
        var day = BillingPeriod.EndOfDay(Clock.Now, Host.Database.Settings.ReportingTimeZone) - Clock.Now;
        Assert.Equal(Math.Ceiling(day.TotalSeconds), refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds);

        await use.TellAsync(Cancel);
        await use.TellAsync(Cancel); // There is nothing more to tell.
        Assert.Equal(3, (await Host.Services.GetRequiredService<ApiKeyUses>().LastAsync(Cancel))[known.Id].Requests);
        var other = ActivatorUtilities.CreateInstance<KeyUse>(Host.Services); // Another host, which has just started.
        await other.PrepareAsync(known, Cancel);
        Assert.NotNull(other.Count(known));
        Assert.NotNull(use.Count(known));

        Clock.Now = other.Count(known)!.Value;
        Assert.Null(use.Count(known));
        Assert.Null(other.Count(known));
    }

    /// <summary>Two hosts that count and tell in turns: together they let through the quota, and what one did not know of the other.</summary>
    [Fact]
    public async Task Two_hosts_exceed_a_quota_by_what_they_had_not_told_each_other_and_no_more()
    {
        await IssueAsync(new("shared", [Scope.Read], [], AnySource: false) { RequestsPerDay = 100 });
        var key = (await Keys.ListAsync(Cancel)).Single(listed => listed.Name == "shared");
        KeyUse[] hosts = [ActivatorUtilities.CreateInstance<KeyUse>(Host.Services), ActivatorUtilities.CreateInstance<KeyUse>(Host.Services)];
        var through = 0;
        for (var minute = 0; minute < 20; minute++)
        {
            through += hosts.Sum(host => Enumerable.Range(0, 15).Count(_ => host.Count(key) is null));
            await hosts[0].TellAsync(Cancel);
            await hosts[1].TellAsync(Cancel);
        }

        Assert.InRange(through, 100, 100 + 15 + 15);
        Assert.Equal(through, (await Host.Services.GetRequiredService<ApiKeyUses>().LastAsync(Cancel))[key.Id].Requests);
    }

    [Fact]
    public async Task A_key_has_a_rate_of_its_own()
    {
        var key = await IssueAsync(new("slow", [Scope.Read], [], AnySource: false) { RequestsPerSecond = 1 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => StatusAsync(key)));

        Assert.Contains(200, answers);
        Assert.Contains(429, answers);
    }

    [Fact]
    public void Terms_are_refused_by_name()
    {
        var reasons = Keys.Check(new("", [], ["a b"], AnySource: false) { Owner = " x", ExpiresAt = Clock.Now, RequestsPerSecond = 0, RequestsPerDay = -1 });

        Assert.Equal(["name", "scope", "workload", "owner", "expires", "requestsPerSecond", "requestsPerDay"], reasons.Select(reason => reason.Field));
        Assert.Equal(["overlap", "expires"], Keys.CheckRotation(TimeSpan.FromDays(31), DateTimeOffset.MaxValue).Select(reason => reason.Field));
    }

    private Task<string> IssueAsync(ApiKeyTerms terms) => Keys.IssueAsync(terms, Recorder, Cancel);

    private async Task<string> AcceptedAsync(params string[] keys)
    {
        List<string> accepted = [];
        foreach (var key in keys)
        {
            accepted.Add(await Keys.FindAsync(key, Cancel) is null ? "no" : "yes");
        }

        return string.Join(' ', accepted);
    }

    private async Task<int> StatusAsync(string key)
    {
        using var answer = await AskAsync(key);
        return (int)answer.StatusCode;
    }

    private async Task<HttpResponseMessage> AskAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/aliases") { Headers = { Authorization = new("Bearer", key) } };
        return await Host.Client.SendAsync(request, Cancel);
    }

    /// <summary>A host whose clock the tests of the class move on.</summary>
    public sealed class KeyHost : IAsyncLifetime
    {
        internal FixedClock Clock { get; } = new(DateTimeOffset.UtcNow);

        internal TestHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await TestHost.StartAsync(await TestDatabase.CreateAsync(clock: Clock));

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
