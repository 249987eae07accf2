using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Tests.Alerts;
using SpendTracker.Tests.Fuzz;

namespace SpendTracker.Tests.Access;

/// <summary>
/// Secrets are planted wherever somebody may put one: keys, right and wrong, sign-in links, cookies, addresses of channels. Then each route is asked,
/// while everything is logged and traced. What was planted must be nowhere: not in logs, traces, pages, answers or problems.
/// </summary>
public sealed class SecretTests
{
    [Fact]
    public async Task No_secret_is_in_a_log_a_trace_a_page_or_an_answer()
    {
        using var logged = new LoggedLines();
        ConcurrentQueue<string> traced = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => traced.Enqueue(
                $"{activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Events.SelectMany(e => e.Tags))}"),
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await TestHost.StartAsync(configure: builder =>
        {
            builder.Logging.AddFilter<LoggedLines>(_ => true).AddProvider(logged);
            builder.Configuration["SpendTracker:Telemetry:Prometheus"] = "true";
            builder.Configuration["SpendTracker:Alerts:AllowedHosts"] = "127.0.0.1:9";
        });
        var key = await host.IssueKeyAsync(Enum.GetValues<Scope>());
        var wrong = $"{key[..^64]}{new string('7', 64)}";
        var link = await host.Services.GetRequiredService<SignInLinks>().IssueAsync("Ada", Role.Admin, [], new Recorder("test"), TestContext.Current.CancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(host.Address) };
        using var form = new FormUrlEncodedContent([new("token", link)]);
        using var signedIn = await client.PostAsync(new Uri("/sign-in", UriKind.Relative), form, TestContext.Current.CancellationToken);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").First().Split(';')[0];

        const string Hook = "planted-in-a-path", Password = "planted-password", Signing = "whsec_cGxhbnRlZC1zaWduaW5nLXNlY3JldC1vZi10aGUtdGVzdA==";
        (string Channel, string Address)[] channels =
        [
            ("hook", $$"""{"kind":"webhook","url":"http://127.0.0.1:9/{{Hook}}","secret":"{{Signing}}"}"""),
            ("slack", $$"""{"kind":"slack","url":"http://127.0.0.1:9/{{Hook}}"}"""),
            ("mail", $$"""{"kind":"email","server":"127.0.0.1","port":9,"tls":false,"from":"a@example.com","to":["b@example.com"],"user":"u","password":"{{Password}}"}"""),
            ("manager", $$"""{"kind":"alertmanager","url":"http://127.0.0.1:9/{{Hook}}","user":"u","password":"{{Password}}"}"""),
        ];
        List<string> answers = [];
        foreach (var (channel, address) in channels)
        {
            answers.Add(await AskAsync(client, HttpMethod.Put, $"/api/v1/channels/{channel}", $$"""{"name":"C","address":{{address}}}""", key));
            answers.Add(await AskAsync(client, HttpMethod.Put, $"/api/v1/channels/{channel}", $$"""{"name":"","address":{{address}}}""", key)); // A problem.
            answers.Add(await AskAsync(client, HttpMethod.Post, $"/api/v1/channels/{channel}/test", "{}", key)); // Nobody listens there.
        }

        foreach (var endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.All(metadata => metadata.GetType().Name != "StaticAssetDescriptor")))
        {
            var path = $"/{endpoint.RoutePattern.RawText!.Trim('/').Replace("{id}", "hook", StringComparison.Ordinal).Replace("{month}", "2020-01", StringComparison.Ordinal)
                .Replace("{id:guid}", Guid.Empty.ToString(), StringComparison.Ordinal)}";
            foreach (var method in RequestFuzzer.MethodsOf(endpoint).Where(method => !path.EndsWith("/rotate", StringComparison.Ordinal) && path != "/sign-out"))
            {
                foreach (var credential in path == "/api/v1/costs" ? (string[])[key, wrong, link, cookie] : [key, cookie])
                {
                    answers.Add(await AskAsync(client, new HttpMethod(method), path, method == "GET" ? null : "{}", credential));
                }
            }
        }

        foreach (var secret in (string[])[key.Split('_')[2], new string('7', 64), link.Split('.')[1], cookie.Split('=', 2)[1], Hook, Password, Signing])
        {
            Assert.DoesNotContain(answers, text => text.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(logged.All, text => text.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(traced, text => text.Contains(secret, StringComparison.Ordinal));
        }

        Assert.Contains(logged.All, line => line.Contains("/api/v1/channels", StringComparison.Ordinal)); // It was looked at.
        Assert.Contains(traced, line => line.Contains("/api/v1/channels", StringComparison.Ordinal));
        Assert.Contains(answers, text => text.Contains("127.0.0.1", StringComparison.Ordinal));
    }

    private static async Task<string> AskAsync(HttpClient client, HttpMethod method, string path, string? body, string credential)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (credential.StartsWith("spendtracker=", StringComparison.Ordinal))
        {
            request.Headers.Add("Cookie", credential);
        }
        else
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        }

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return $"{answer.StatusCode} {answer.Headers} {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
    }
}
