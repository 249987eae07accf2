using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Hosting;
using SpendTracker.Web.Pages;

namespace SpendTracker.Tests.Web;

/// <summary>What pages say while the database is away, and that one place says it.</summary>
public sealed partial class PageFaultTests
{
    private const string Said = "The database cannot be reached. The page goes on as soon as it is back.";

    private static readonly Type[] Components = [.. typeof(SpendTrackerHost).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ComponentBase)))];

    /// <summary>Pages that ask the database nothing.</summary>
    private static readonly Type[] AskNothing = [typeof(NotFoundPage)];

    [Fact]
    public async Task While_the_database_is_away_each_page_says_so_in_the_same_words()
    {
        await using var host = await TestHost.StartAsync();
        var cookie = await SignInAsync(host);
        var pages = Components.Except(AskNothing).SelectMany(type => type.GetCustomAttributes<RouteAttribute>()).Select(route => Address(route.Template)).ToArray();
        await TestServer.ChangeDatabaseAsync(host.Database, "allow_connections false");
        try
        {
            List<string> others = [];
            foreach (var page in pages)
            {
                var (status, text) = await GetAsync(host, page, cookie);
                if (status is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable) || !text.Contains(Said, StringComparison.Ordinal) || text.Contains("Npgsql", StringComparison.Ordinal))
                {
                    others.Add($"{page}: {status} {MainPart().Match(text).Value}");
                }
            }

            Assert.Empty(others);
            Assert.True(pages.Length >= 12);
        }
        finally
        {
            await TestServer.ChangeDatabaseAsync(host.Database, "allow_connections true");
        }
    }

    [Theory]
    [InlineData("/events")]
    [InlineData("/events?workload=chat&month=2026-01")]
    [InlineData("/explain?month=2026-01")]
    public async Task A_page_that_is_drawn_once_answers_503_and_the_browser_asks_again(string page)
    {
        await using var host = await TestHost.StartAsync();
        var cookie = await SignInAsync(host);
        await TestServer.ChangeDatabaseAsync(host.Database, "allow_connections false");
        var (status, text) = await GetAsync(host, page, cookie);
        await TestServer.ChangeDatabaseAsync(host.Database, "allow_connections true");
        var (later, _) = await GetAsync(host, page, cookie);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (status, later));
        Assert.Contains("http-equiv=\"refresh\"", text, StringComparison.Ordinal);
    }

    /// <summary>A host that has not met the session yet does not know whether it holds, and says so as a page does.</summary>
    [Fact]
    public async Task A_host_that_meets_a_session_for_the_first_time_says_the_same()
    {
        await using var one = await TestHost.StartAsync();
        await using var other = await TestHost.StartAsync(await TestDatabase.CreateAsync(Task.FromResult(one.Database.Spend.Options.ConnectionString)));
        var cookie = await SignInAsync(one);
        await GetAsync(other, "/", await SignInAsync(other)); // So that it has read the keys that cookies are protected with.
        await TestServer.ChangeDatabaseAsync(one.Database, "allow_connections false");
        try
        {
            var (status, text) = await GetAsync(other, "/budgets", cookie);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains(Said, text, StringComparison.Ordinal);
        }
        finally
        {
            await TestServer.ChangeDatabaseAsync(one.Database, "allow_connections true");
        }
    }

    /// <summary>A component that catches it by itself tells it in words of its own, or hides it.</summary>
    [Fact]
    public void Only_one_component_catches_faults_of_the_database()
    {
        Type[] catching = [.. Components.Where(CatchesDatabaseFaults)];

        Assert.Equal([typeof(DatabaseComponent)], catching);
    }

    /// <summary>
    /// In a method of its own or in what the compiler made of it: such a fault, what it derives from, or whatever a filter lets
    /// through. The compiler itself catches all faults of an asynchronous method, once.
    /// </summary>
    private static bool CatchesDatabaseFaults(Type type)
    {
        const BindingFlags own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var compilers = type.IsAssignableTo(typeof(IAsyncStateMachine)) ? 1 : 0;
        return type.GetMethods(own).Select(method => method.GetMethodBody()).OfType<MethodBody>().Any(body => body.ExceptionHandlingClauses.Count(Covers) > compilers)
            || type.GetNestedTypes(own).Any(CatchesDatabaseFaults);
    }

    private static bool Covers(ExceptionHandlingClause clause) => clause.Flags == ExceptionHandlingClauseOptions.Filter
        || (clause.Flags == ExceptionHandlingClauseOptions.Clause && (clause.CatchType!.IsAssignableFrom(typeof(NpgsqlException)) || clause.CatchType.IsSubclassOf(typeof(NpgsqlException))));

    private static string Address(string template) =>
        $"{RouteParameter().Replace(template, parameter => parameter.Value.EndsWith(":guid}", StringComparison.Ordinal) ? Guid.NewGuid().ToString() : "any")}?workload=chat&month=2026-01&q=chat";

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(TestHost host, string page, string cookie)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(host.Address) };
        http.DefaultRequestHeaders.Add("Cookie", cookie);
        http.DefaultRequestHeaders.Add("Accept", "text/html");
        using var response = await http.GetAsync(new Uri(page, UriKind.Relative), TestContext.Current.CancellationToken);
        return (response.StatusCode, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>An administrator's, who may see each page.</summary>
    private static async Task<string> SignInAsync(TestHost host)
    {
        var token = await host.Services.GetRequiredService<SignInLinks>().IssueAsync("Ada", Role.Admin, new Recorder("test"), TestContext.Current.CancellationToken);
        using var form = new FormUrlEncodedContent([new("token", token)]);
        using var answer = await host.Client.PostAsync(new Uri("/sign-in", UriKind.Relative), form, TestContext.Current.CancellationToken);
        return answer.Headers.GetValues("Set-Cookie").First().Split(';')[0];
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex RouteParameter();

    [GeneratedRegex("<main.*</main>", RegexOptions.Singleline)]
    private static partial Regex MainPart();
}
