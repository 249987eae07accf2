using System.Net;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Views;

namespace SpendTracker.Tests.Access;

/// <summary>Saved views: whose they are, and what may be their address.</summary>
public sealed class SavedViewTests(OneHost one) : IClassFixture<OneHost>
{
    private static readonly Guid Id = Guid.Parse("5f8c1e04-0d1b-4a57-9a1f-0a8a3c1d2e42");
    private static readonly ViewSaved Own = new(Id, "Mine", "/?team=A");
    private static readonly ViewSaved Shared = Own with { IsShared = true };

    [Theory]
    [InlineData("/", true)]
    [InlineData("/compare?period=last-3&team=R%26D", true)]
    [InlineData("/budgets/b", true)]
    [InlineData("", false)]
    [InlineData("compare", false)]
    [InlineData("//evil.example", false)]
    [InlineData("/\\evil.example", false)]
    [InlineData("https://evil.example/", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("/sign-in#0123.4567", false)]
    [InlineData("/Sign-In?x", false)]
    [InlineData("/api/v1/costs", false)]
    [InlineData("/a\n/b", false)]
    public void An_address_is_of_a_page_here(string address, bool taken) =>
        Assert.Equal(taken, SavedViews.Check(new ViewRequest("V", address)).Count == 0);

    [Fact]
    public void An_own_view_is_its_savers_and_a_shared_one_is_of_all_who_may_share()
    {
        Assert.Equal(ViewOutcome.Created, Save(null, Own, mayShare: false, "ada"));
        Assert.Equal(ViewOutcome.MayNotShare, Save(null, Shared, mayShare: false, "ada"));
        Assert.Equal(ViewOutcome.Created, Save(null, Shared, mayShare: true, "ada"));

        Assert.Equal(ViewOutcome.Changed, Save(Of(Own), Own with { Name = "Other" }, mayShare: false, "ada"));
        Assert.Equal(ViewOutcome.Unknown, Save(Of(Own), Own with { Name = "Other" }, mayShare: true, "bob"));
        Assert.Equal(ViewOutcome.MayNotShare, Save(Of(Own), Shared, mayShare: false, "ada"));
        Assert.Equal(ViewOutcome.MayNotShare, Save(Of(Shared), Own, mayShare: false, "ada"));
        Assert.Equal(ViewOutcome.Changed, Save(Of(Shared), Shared with { Address = "/" }, mayShare: true, "bob"));
        Assert.Empty(SavedViews.Decide(Of(Own), Own, mayShare: false, "ada").Events);

        Assert.Equal(ViewOutcome.Unknown, Remove(null, mayShare: true, "ada"));
        Assert.Equal(ViewOutcome.Unknown, Remove(Of(Own), mayShare: true, "bob"));
        Assert.Equal(ViewOutcome.Removed, Remove(Of(Own), mayShare: false, "ada"));
        Assert.Equal(ViewOutcome.MayNotShare, Remove(Of(Shared), mayShare: false, "bob"));
        Assert.Equal(ViewOutcome.Removed, Remove(Of(Shared), mayShare: true, "bob"));
        Assert.Equal(ViewOutcome.Created, Save(Of(Own) with { Saved = null }, Own, mayShare: false, "bob"));

        static SavedView Of(ViewSaved saved) => new(saved, "ada", DateTimeOffset.UnixEpoch);
        static ViewOutcome Save(SavedView? state, ViewSaved wanted, bool mayShare, string by) => SavedViews.Decide(state, wanted, mayShare, by).Answer;
        static ViewOutcome Remove(SavedView? state, bool mayShare, string by) => SavedViews.Decide(state, Id, mayShare, by).Answer;
    }

    [Fact]
    public async Task A_key_sees_its_own_views_and_shared_ones_and_cannot_tell_anothers_from_none()
    {
        var (ada, bob) = (await KeyAsync("ada"), await KeyAsync("bob"));
        var (own, shared) = ($"views/{Guid.NewGuid()}", $"views/{Guid.NewGuid()}");
        Assert.Equal(HttpStatusCode.Created, await SendAsync(ada, HttpMethod.Put, own, """{"name":"Mine","address":"/?team=A"}"""));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(ada, HttpMethod.Put, own, """{"name":"Mine","address":"/?team=A"}"""));
        Assert.Equal(HttpStatusCode.Created, await SendAsync(ada, HttpMethod.Put, shared, """{"name":"Ours","address":"/compare","isShared":true}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(ada, HttpMethod.Put, own, """{"name":"Mine","address":"//evil.example"}"""));

        Assert.Equal(["Mine", "Ours"], await NamesAsync(ada));
        Assert.Equal(["Ours"], await NamesAsync(bob));
        Assert.Equal(HttpStatusCode.NotFound, await SendAsync(bob, HttpMethod.Put, own, """{"name":"Bob's","address":"/"}"""));
        Assert.Equal(HttpStatusCode.NotFound, await SendAsync(bob, HttpMethod.Delete, own));
        Assert.Equal(HttpStatusCode.NotFound, await SendAsync(bob, HttpMethod.Delete, $"views/{Guid.NewGuid()}"));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(bob, HttpMethod.Delete, shared));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(ada, HttpMethod.Delete, own));
        Assert.Empty(await NamesAsync(ada));
    }

    private Task<string> KeyAsync(string name) => one.Host.IssueKeyAsync(name, [Scope.Read, Scope.Publish], [], anySource: false);

    private async Task<string[]> NamesAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/views", UriKind.Relative)) { Headers = { Authorization = new("Bearer", key) } };
        using var response = await one.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        using var answer = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return [.. answer.RootElement.GetProperty("items").EnumerateArray().Select(view => view.GetProperty("name").GetString()!)];
    }

    private async Task<HttpStatusCode> SendAsync(string key, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/api/v1/{path}", UriKind.Relative))
        {
            Headers = { Authorization = new("Bearer", key) },
            Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        using var response = await one.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
