using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Tests.Alerts;

namespace SpendTracker.Tests.Fuzz;

/// <summary>Nothing that a caller can send makes the host fail, or tell how it is made: random requests to every endpoint of the API and to every page.</summary>
public sealed partial class FuzzTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Cases = 2_000;
    private const int MostShown = 10;

    /// <summary>In the place of a status: the connection broke.</summary>
    private const int NoAnswer = 0;

    private readonly LoggedLines _logged = new();
    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync(configure: builder => builder.Logging.AddProvider(_logged));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    /// <summary>A run that nobody asked anything of is the same each time: what it finds is there because of the change before it.</summary>
    private const int SameSeed = 15_17;

    /// <summary>SPENDTRACKER_FUZZ_CASES asks for more; a seed that failed is given back in SPENDTRACKER_SEED.</summary>
    [Fact]
    public async Task No_request_is_answered_with_a_500_or_with_names_of_our_types()
    {
        var seed = Given("SPENDTRACKER_SEED") ?? SameSeed;
        var cases = Given("SPENDTRACKER_FUZZ_CASES") ?? Cases;
        var fuzzer = new RequestFuzzer(Endpoints(), _host.Client.DefaultRequestHeaders.Authorization!.Parameter!, await SignInAsync());
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 });
        SortedDictionary<int, int> answers = [];
        List<string> failures = [];
        for (var i = 0; i < cases && failures.Count < MostShown; i++)
        {
            var fuzzed = fuzzer.Make(seed, i);
            var (status, problem) = await SendAsync(http, fuzzed);
            answers[status] = answers.GetValueOrDefault(status) + 1;
            if (status is 500 or NoAnswer || TypeNames().IsMatch(problem))
            {
                failures.Add($"SPENDTRACKER_SEED={seed}, case {i}:\n{fuzzed}\n{problem}\n{_logged.All.LastOrDefault(line => line.Contains(" failed ", StringComparison.Ordinal))}");
            }
        }

        output.WriteLine($"SPENDTRACKER_SEED={seed}: {string.Join(", ", answers.Select(answer => $"{answer.Value} × {answer.Key}"))}");
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    /// <summary>Without an example, the fuzzer would only send nonsense that is refused at the door.</summary>
    [Fact]
    public void Each_endpoint_that_takes_a_body_has_an_example_of_it()
    {
        string[] bodiless = ["/sign-out", "/api/v1/channels/{id}/test", "/api/v1/channels/{id}/resume"];
        var taking = Endpoints().Where(endpoint => RequestFuzzer.MethodsOf(endpoint).Any(method => method is "POST" or "PUT") && RequestFuzzer.PageOf(endpoint) is null)
            .Select(endpoint => endpoint.RoutePattern.RawText!).Except(bodiless);

        Assert.Empty(taking.Except(Examples.Paths));
        Assert.Empty(Examples.Paths.Except(Endpoints().Select(endpoint => endpoint.RoutePattern.RawText!)));
    }

    private static int? Given(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>All but files and the framework's own.</summary>
    private RouteEndpoint[] Endpoints() =>
    [
        .. _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.All(metadata => metadata.GetType().Name != "StaticAssetDescriptor"))
            .Where(endpoint => endpoint.RoutePattern.RawText?.TrimStart('/').StartsWith('_') == false)
            .OrderBy(endpoint => endpoint.RoutePattern.RawText, StringComparer.Ordinal).ThenBy(endpoint => endpoint.DisplayName, StringComparer.Ordinal),
    ];

    /// <summary>Of .NET, or ours. What the caller sent, which may say anything, is in quotes or a name of a field.</summary>
    [GeneratedRegex(@"\b(System|Microsoft|SpendTracker)\.[A-Z]|`\d|Nullable|\b(Int32|Int64|Decimal|DateTimeOffset|DateOnly|JsonElement)\b|\b(type|parameter) (\\u0027|')")]
    private static partial Regex TypeNames();

    /// <returns>The status, and what is said to be wrong.</returns>
    private async Task<(int Status, string Problem)> SendAsync(HttpClient http, FuzzedRequest fuzzed)
    {
        using var request = fuzzed.ToMessage(_host.Address);
        try
        {
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType is "application/problem+json" || response.StatusCode == HttpStatusCode.MultiStatus ? answer : "");
        }
        catch (HttpRequestException)
        {
            return (NoAnswer, "");
        }
    }

    /// <summary>An administrator's cookie: more pages and buttons.</summary>
    private async Task<string> SignInAsync()
    {
        var token = await _host.Services.GetRequiredService<SignInLinks>().IssueAsync("Ada", Role.Admin, new Recorder("test"), TestContext.Current.CancellationToken);
        using var form = new FormUrlEncodedContent([new("token", token)]);
        using var answer = await _host.Client.PostAsync(new Uri("/sign-in", UriKind.Relative), form, TestContext.Current.CancellationToken);
        return answer.Headers.GetValues("Set-Cookie").First().Split(';')[0];
    }
}
