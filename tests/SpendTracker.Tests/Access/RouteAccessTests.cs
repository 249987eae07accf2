using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Tests.Fuzz;

namespace SpendTracker.Tests.Access;

/// <summary>
/// Who may call what, on one page: <see cref="Table"/> has a row for each route of the running host, and the status that each
/// kind of caller gets. A route without a row fails, and so does a row without a route.
/// </summary>
public sealed class RouteAccessTests : IAsyncLifetime
{
    /// <summary>
    /// Each request's body is an empty object, so 400, 404 and 415 mean that the caller was let in. 302 leads to the sign-in page.
    /// <para>Keys. none: no key; bad: not a key; gone: a revoked key; record to audit: a key with this scope; bound: a key with all scopes for one workload.</para>
    /// <para>Cookies. viewer, member, fina, admin: of a person with this role; team: of a member with a team; other: an administrator's, sent by a page of another site.</para>
    /// </summary>
    private const string Table =
        """
                                                      none   bad    gone   record read   publ   close  budget chan   audit  bound  viewer member team   fina   admin  other
        GET    /                                      302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /_blazor                               401    401    401    401    401    401    401    401    401    401    401    400    400    400    400    400    403
        POST   /_blazor                               401    401    401    401    401    401    401    401    401    401    401    400    400    400    400    400    403
        GET    /_blazor/disconnect                    302    401    401    401    401    401    401    401    401    401    401    405    405    405    405    405    403
        POST   /_blazor/disconnect                    302    401    401    401    401    401    401    401    401    401    401    400    400    400    400    400    403
        GET    /_blazor/initializers                  302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        POST   /_blazor/initializers                  302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /_blazor/negotiate                     401    401    401    401    401    401    401    401    401    401    401    405    405    405    405    405    403
        POST   /_blazor/negotiate                     401    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /_framework/opaque-redirect            302    401    401    401    401    401    401    401    401    401    401    400    400    400    400    400    403
        GET    /acknowledge                           200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    403
        POST   /acknowledge                           403    403    403    403    403    403    403    403    403    403    403    403    403    403    403    403    403
        GET    /alerts                                302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /alerts/{id:guid}                      302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /anomalies                             302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /anomalies/{id:guid}                   302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /api/v1/advice                         401    401    401    403    400    403    403    403    403    403    403    400    400    400    400    400    403
        GET    /api/v1/alerts                         401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/alerts/{id:guid}               401    401    401    403    404    403    403    403    403    403    403    404    404    404    404    404    403
        POST   /api/v1/alerts/{id:guid}/acknowledge   401    401    401    403    403    403    403    404    403    403    403    401    401    401    401    401    403
        GET    /api/v1/aliases                        401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        POST   /api/v1/aliases                        401    401    401    403    403    400    403    403    403    403    403    401    401    401    401    401    403
        GET    /api/v1/anomalies                      401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/anomalies/{id:guid}            401    401    401    403    404    403    403    403    403    403    404    404    404    404    404    404    403
        GET    /api/v1/billing-periods                401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/billing-periods/{month}        401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        POST   /api/v1/billing-periods/{month}/close  401    401    401    403    403    403    400    403    403    403    403    401    401    401    401    401    403
        POST   /api/v1/billing-periods/{month}/reopen 401    401    401    403    403    403    400    403    403    403    403    401    401    401    401    401    403
        GET    /api/v1/budgets                        401    401    401    403    200    403    403    403    403    403    200    200    200    200    200    200    403
        DELETE /api/v1/budgets/{id}                   401    401    401    403    403    403    403    400    403    403    403    401    401    401    401    401    403
        GET    /api/v1/budgets/{id}                   401    401    401    403    404    403    403    403    403    403    404    404    404    404    404    404    403
        PUT    /api/v1/budgets/{id}                   401    401    401    403    403    403    403    400    403    403    403    401    401    401    401    401    403
        GET    /api/v1/budgets/{id}/allowance         401    401    401    403    404    403    403    403    403    403    404    404    404    404    404    404    403
        GET    /api/v1/channels                       401    401    401    403    403    403    403    403    200    403    403    403    403    403    403    200    403
        DELETE /api/v1/channels/{id}                  401    401    401    403    403    403    403    403    400    403    403    401    401    401    401    401    403
        GET    /api/v1/channels/{id}                  401    401    401    403    403    403    403    403    404    403    403    403    403    403    403    404    403
        PUT    /api/v1/channels/{id}                  401    401    401    403    403    403    403    403    400    403    403    401    401    401    401    401    403
        POST   /api/v1/channels/{id}/resume           401    401    401    403    403    403    403    403    404    403    403    401    401    401    401    401    403
        POST   /api/v1/channels/{id}/test             401    401    401    403    403    403    403    403    404    403    403    401    401    401    401    401    403
        GET    /api/v1/compare                        401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        POST   /api/v1/compare/counterfactual         401    401    401    403    400    403    403    403    403    403    403    401    401    401    401    401    403
        GET    /api/v1/compare/hosting                401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/compare/models                 401    401    401    403    400    403    403    403    403    403    403    400    400    400    400    400    403
        GET    /api/v1/costs                          401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/costs/changes                  401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/costs/explain                  401    401    401    403    400    403    403    403    403    403    403    400    400    400    400    400    403
        GET    /api/v1/discounts                      401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        POST   /api/v1/discounts                      401    401    401    403    403    400    403    403    403    403    403    401    401    401    401    401    403
        GET    /api/v1/estimates                      401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        POST   /api/v1/estimates                      401    401    401    403    403    400    403    403    403    403    400    401    401    401    401    401    403
        GET    /api/v1/events                         401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/exchange-rates                 401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        POST   /api/v1/exchange-rates                 401    401    401    403    403    400    403    403    403    403    403    401    401    401    401    401    403
        POST   /api/v1/exchange-rates/import          401    401    401    403    403    415    403    403    403    403    403    401    401    401    401    401    403
        GET    /api/v1/health                         401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/plans                          401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/plans/from-actuals             401    401    401    403    400    403    403    403    403    403    403    400    400    400    400    400    403
        GET    /api/v1/forecast                       401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/forecast/backtest              401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/not-in-totals                  401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/plans/presets                  401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        POST   /api/v1/plans/preview                  401    401    401    403    400    403    403    403    403    403    403    401    401    401    401    401    403
        DELETE /api/v1/plans/{id}                     401    401    401    403    403    400    403    403    403    403    403    401    401    401    401    401    403
        GET    /api/v1/plans/{id}                     401    401    401    403    404    403    403    403    403    403    403    404    404    404    404    404    403
        PUT    /api/v1/plans/{id}                     401    401    401    403    403    400    403    403    403    403    403    401    401    401    401    401    403
        POST   /api/v1/plans/{id}/estimate            401    401    401    403    403    400    403    403    403    403    403    401    401    401    401    401    403
        GET    /api/v1/rates                          401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        POST   /api/v1/rates                          401    401    401    403    403    400    403    403    403    403    403    401    401    401    401    401    403
        POST   /api/v1/rates/import                   401    401    401    403    403    200    403    403    403    403    403    401    401    401    401    401    403
        GET    /api/v1/report                         401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/report/schedules               401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        DELETE /api/v1/report/schedules/{id}          401    401    401    403    403    403    403    400    403    403    403    401    401    401    401    401    403
        GET    /api/v1/report/schedules/{id}          401    401    401    403    404    403    403    403    403    403    403    404    404    404    404    404    403
        PUT    /api/v1/report/schedules/{id}          401    401    401    403    403    403    403    400    403    403    403    401    401    401    401    401    403
        GET    /api/v1/reported-costs                 401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        GET    /api/v1/set-aside                      401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        POST   /api/v1/set-aside/retry                401    401    401    403    403    200    403    403    403    403    403    401    401    401    401    401    403
        GET    /api/v1/unpriced                       401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        POST   /api/v1/usage                          401    401    401    207    403    403    403    403    403    403    207    401    401    401    401    401    403
        POST   /api/v1/usage/corrections              401    401    401    400    403    403    403    403    403    403    400    401    401    401    401    401    403
        GET    /api/v1/views                          401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        DELETE /api/v1/views/{id:guid}                401    401    401    403    403    404    403    403    403    403    403    401    401    401    401    401    403
        PUT    /api/v1/views/{id:guid}                401    401    401    403    403    400    403    403    403    403    403    401    401    401    401    401    403
        POST   /api/v1/withdrawals                    401    401    401    403    403    400    403    403    403    403    403    401    401    401    401    401    403
        GET    /api/v1/workloads                      401    401    401    403    200    403    403    403    403    403    200    200    200    200    200    200    403
        POST   /api/v1/workloads                      401    401    401    403    403    400    403    403    403    403    400    401    401    401    401    401    403
        GET    /people                                302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /search                                302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /sessions                              302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /budgets                               302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /budgets/{id}                          302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /changes                               302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /channels                              302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /closing                               302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /compare                               302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /costs                                 302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /events                                302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /report                                302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /operations                            302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /explain                               302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /forecast                              302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /health/live                           200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    403
        POST   /health/live                           200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    403
        GET    /health/ready                          200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    403
        POST   /health/ready                          200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    403
        POST   /mcp                                   401    401    401    403    406    403    403    403    403    403    406    401    401    401    401    401    403
        GET    /metrics                               401    401    401    403    200    403    403    403    403    403    403    200    200    200    200    200    403
        POST   /metrics                               401    401    401    403    200    403    403    403    403    403    403    401    401    401    401    401    403
        GET    /not-found                             302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /not-in-totals                         302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /plans                                 302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /plans/{id}                            302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /price-book                            302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /set-aside                             302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /sign-in                               200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    403
        POST   /sign-in                               400    400    400    400    400    400    400    400    400    400    400    400    400    400    400    400    403
        POST   /sign-out                              302    401    401    401    401    401    401    401    401    401    401    302    302    302    302    302    403
        GET    /unpriced                              302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /api/v1/workloads/{id}                 401    401    401    403    404    403    403    403    403    403    403    404    404    404    404    404    403
        PUT    /api/v1/workloads/{id}                 401    401    401    403    403    400    403    403    403    403    400    401    401    401    401    401    403
        GET    /keys                                  302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /connect                               302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /estimates                             302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /workloads                             302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /activity                              302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        GET    /api/v1/activity                       401    401    401    403    403    403    403    403    403    200    403    403    403    403    200    200    403
        GET    /api/v1/estimates/{id:guid}            401    401    401    403    404    403    403    403    403    403    404    404    404    404    404    404    403
        GET    /api/v1/publications/{id:guid}         401    401    401    403    404    403    403    403    403    403    403    404    404    404    404    404    403
        GET    /openapi/v1.json                       401    401    401    200    200    200    200    200    200    200    200    200    200    200    200    200    403
        GET    /reference/favicon.svg                 200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    403
        GET    /reference/scalar.aspnetcore.js        200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    403
        GET    /reference/scalar.js                   200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    200    403
        GET    /reference/{documentName?}             302    401    401    401    401    401    401    401    401    401    401    200    200    200    200    200    403
        """;

    private const string SignOut = "/sign-out";
    private const string ForeignOrigin = "https://evil.example";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly Dictionary<string, string> _cookies = [];
    private TestHost _host = null!;
    private (string Name, Func<Task<(string Header, string Value)[]>> Headers)[] _callers = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost.StartAsync(configure: builder => builder.Configuration["SpendTracker:Telemetry:Prometheus"] = "true");
        var revoked = await _host.IssueKeyAsync(Enum.GetValues<Scope>());
        await _host.Services.GetRequiredService<ApiKeys>().RevokeAsync(revoked.Split('_')[1], "leaked", new Recorder("test"), TestContext.Current.CancellationToken);
        List<(string, Func<Task<(string, string)[]>>)> callers = [("none", () => Task.FromResult<(string, string)[]>([])), ("bad", () => Bearer("nonsense")), ("gone", () => Bearer(revoked))];
        foreach (var scope in Enum.GetValues<Scope>())
        {
            var key = await _host.IssueKeyAsync([scope]);
            callers.Add((Short(scope), () => Bearer(key)));
        }

        var bound = await _host.IssueKeyAsync(Enum.GetValues<Scope>(), "w");
        callers.Add(("bound", () => Bearer(bound)));
        foreach (var (name, role, teams) in ((string, Role, string[])[])[("viewer", Role.Viewer, []), ("member", Role.Member, []), ("team", Role.Member, ["Search"]), ("fina", Role.Finance, []), ("admin", Role.Admin, [])])
        {
            callers.Add((name, async () => [("Cookie", await KeptAsync(name, role, teams))]));
        }

        callers.Add(("other", async () => [("Cookie", await KeptAsync("other", Role.Admin, [])), ("Origin", ForeignOrigin)]));
        _callers = [.. callers];
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Each_route_answers_each_kind_of_caller_as_the_table_says()
    {
        List<string> answered = [Row("", _callers.Select(caller => caller.Name))];
        foreach (var (method, path) in Routes())
        {
            List<string> statuses = [];
            foreach (var (_, headers) in _callers)
            {
                statuses.Add(await StatusAsync(method, path, await headers()));
            }

            if (path == SignOut)
            {
                _cookies.Clear();
            }

            answered.Add(Row($"{method,-6} {path}", statuses));
        }

        var expected = Table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(expected.Order(StringComparer.Ordinal).SequenceEqual(answered.Order(StringComparer.Ordinal)), $"Not as the table says:\n{string.Join('\n', answered.Except(expected))}\n\nAll answers:\n{string.Join('\n', answered)}");
    }

    /// <summary>Files of the build: the sign-in page needs some of them, and none has a secret. They are too many for the table.</summary>
    [Fact]
    public void Nothing_but_files_is_left_out_of_the_table()
    {
        var files = Endpoints().Where(IsFile).ToArray();

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.NotNull(file.Metadata.GetMetadata<IAllowAnonymous>()));
        Assert.All(files, file => Assert.All(RequestFuzzer.MethodsOf(file), method => Assert.True(method is "GET" or "HEAD")));
    }

    private static string Row(string route, IEnumerable<string> cells) => $"{route,-45} {string.Join(' ', cells.Select(cell => $"{cell,-6}"))}".TrimEnd();

    private static string Short(Scope scope) => EnumName.Of(scope) is { Length: > 6 } name ? name[..4] : EnumName.Of(scope);

    private static bool IsFile(RouteEndpoint endpoint) => endpoint.Metadata.Any(metadata => metadata.GetType().Name == "StaticAssetDescriptor");

    private static Task<(string, string)[]> Bearer(string key) => Task.FromResult<(string, string)[]>([("Authorization", $"Bearer {key}")]);

    private IEnumerable<RouteEndpoint> Endpoints() => _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private IEnumerable<(string Method, string Path)> Routes() => Endpoints().Where(endpoint => !IsFile(endpoint))
        .SelectMany(endpoint => MethodsOf(endpoint).Select(method => (method, $"/{endpoint.RoutePattern.RawText!.Trim('/')}")))
        .Distinct().OrderBy(route => route.Item2, StringComparer.Ordinal).ThenBy(route => route.method, StringComparer.Ordinal);

    /// <summary>A route that names no method takes each. A page takes posts, too, for forms that it does not have.</summary>
    private static IEnumerable<string> MethodsOf(RouteEndpoint endpoint) =>
        RequestFuzzer.PageOf(endpoint) is not null ? ["GET"] : endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET", "POST"];

    private async Task<string> StatusAsync(string method, string path, (string Name, string Value)[] headers)
    {
        var address = path.Replace("{id:guid}", Guid.Empty.ToString(), StringComparison.Ordinal).Replace("{month}", "2020-01", StringComparison.Ordinal).Replace("{id}", "x", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(method), _host.Address + address);
        if (method is not "GET")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json"));
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Of the session that the person has, until all of them have signed out.</summary>
    private async Task<string> KeptAsync(string person, Role role, IReadOnlyList<string> teams) =>
        _cookies.TryGetValue(person, out var kept) ? kept : _cookies[person] = await CookieAsync(person, role, teams);

    private async Task<string> CookieAsync(string person, Role role, IReadOnlyList<string> teams)
    {
        var token = await _host.Services.GetRequiredService<SignInLinks>().IssueAsync(person, role, teams, new Recorder("test"), TestContext.Current.CancellationToken);
        using var form = new FormUrlEncodedContent([new("token", token)]);
        using var answer = await _host.Client.PostAsync(new Uri("/sign-in", UriKind.Relative), form, TestContext.Current.CancellationToken);
        return answer.Headers.GetValues("Set-Cookie").First().Split(';')[0];
    }
}
