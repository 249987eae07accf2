using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Tests.Fuzz;
using SpendTracker.Web.Reference;
using SpendTracker.Web.Requests;

namespace SpendTracker.Tests.Reference;

/// <summary>The description of the API says what there is, all of it, and nothing else.</summary>
public sealed class ApiTests(OneHost one) : IClassFixture<OneHost>
{
    private TestHost Host => one.Host;

    /// <summary>The endpoints below /api/v1, as <c>GET /api/v1/budgets/{id}</c>.</summary>
    private string[] Routes =>
    [
        .. Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/v1/", StringComparison.Ordinal))
            .SelectMany(endpoint => RequestFuzzer.MethodsOf(endpoint).Select(method => $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/').Replace(":guid", "", StringComparison.Ordinal).TrimEnd('/')}"))
            .Order(StringComparer.Ordinal),
    ];

    [Fact]
    public async Task Each_endpoint_is_described_and_nothing_else()
    {
        var document = await ReadAsync();
        var described = document.Paths.SelectMany(path => path.Value.Operations!.Keys.Select(method => $"{method.Method} {path.Key}")).Order(StringComparer.Ordinal);

        Assert.Equal(Routes, described);
    }

    [Fact]
    public async Task Each_operation_says_what_it_does_takes_and_answers()
    {
        List<string> missing = [];
        foreach (var (path, item) in (await ReadAsync()).Paths)
        {
            foreach (var (method, operation) in item.Operations!)
            {
                void That(bool holds, string what)
                {
                    if (!holds)
                    {
                        missing.Add($"{method} {path} ({operation.OperationId}): {what}");
                    }
                }

                That(operation.OperationId is not null, "Name it: .WithName(\"GetNouns\").");
                That(!string.IsNullOrWhiteSpace(operation.Summary), "Its handler needs a <summary>, and must be internal; a lambda .WithSummary.");
                That(operation.Summary is not { Length: > 120 }, "The first sentence of the summary is too long.");
                That(operation.Parameters?.Select(parameter => (parameter.In, parameter.Name)).Distinct().Count() == operation.Parameters?.Count, "A parameter is there twice.");
                That(operation.Tags is { Count: 1 } tags && tags.First().Description is not null, "ApiDocument.Nouns needs its noun.");
                That(operation.Parameters?.All(parameter => !string.IsNullOrWhiteSpace(parameter.Description)) != false,
                    $"Parameters.cs needs {string.Join(", ", operation.Parameters?.Where(parameter => string.IsNullOrWhiteSpace(parameter.Description)).Select(parameter => parameter.Name) ?? [])}.");
                That(method == HttpMethod.Get || method == HttpMethod.Delete || operation.RequestBody is not null || path.EndsWith("/test", StringComparison.Ordinal) || path.EndsWith("/resume", StringComparison.Ordinal), "It takes a body: .Takes<NounRequest>().");
                var answers = operation.Responses!.Where(answer => answer.Key.StartsWith('2')).ToArray();
                That(answers.Length > 0 && answers.All(answer => answer.Key == "204" || answer.Value.Content?.Values.All(content => content.Schema is not null) == true && answer.Value.Content.Count > 0), "It answers: .Produces<Noun>().");
                That(operation.Security is { Count: > 0 }, "Who may call it.");
                var example = ExampleBook.All[operation.OperationId ?? ""];
                That(operation.RequestBody is null || example?["request"] is not null, "examples.json needs a request.");
                That(answers.All(answer => answer.Key == "204") || example?["response"] is not null, "examples.json needs a response: see ExampleTests.");
            }
        }

        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    [Fact]
    public async Task It_is_valid_OpenAPI_and_every_member_of_a_type_is_described()
    {
        var read = OpenApiDocument.Parse(await JsonAsync(), "json");
        Assert.Empty(read.Diagnostic!.Errors.Concat(read.Diagnostic.Warnings).Select(error => error.ToString()));
        Assert.StartsWith("3.1", read.Diagnostic.SpecificationVersion.ToString().Replace("OpenApi", "", StringComparison.Ordinal).Replace('_', '.'), StringComparison.Ordinal);
        Assert.Empty(read.Document!.Components!.Schemas!.SelectMany(type => (type.Value.Properties ?? new Dictionary<string, IOpenApiSchema>())
            .Where(member => string.IsNullOrWhiteSpace(member.Value.Description)).Select(member => $"{type.Key}.{member.Key}: Describe it at its record, or in Members.cs.")));
        if (Environment.GetEnvironmentVariable("SPENDTRACKER_API") is { } file)
        {
            await File.WriteAllTextAsync(file, await JsonAsync(), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>So a client in .NET has a record for each request and answer, with nothing but Contracts.</summary>
    [Fact]
    public void Everything_that_an_endpoint_takes_or_answers_with_is_in_Contracts()
    {
        Type[] named =
        [
            .. Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal))
                .SelectMany(endpoint => endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Select(answer => answer.Type)
                    .Concat(endpoint.Metadata.OfType<TakenBody>().Select(body => body.Type)))
                .OfType<Type>(),
        ];

        Assert.Contains(typeof(Page<Alert>), named);
        Assert.Contains(typeof(ChannelTerms), named);
        var types = WireTypes.Of(named);
        Assert.Contains(typeof(SlackAddress), types); // By way of a member, and of a kind.
        Assert.Empty(types.Where(type => type.Assembly != typeof(Page<>).Assembly && !WireTypes.IsOfTheFramework(type)).Select(type => type.FullName));
    }

    [Fact]
    public async Task It_is_the_same_until_the_program_changes_and_then_only_that_is_sent()
    {
        using var first = await Host.Client.GetAsync(new Uri(ApiReference.Path, UriKind.Relative), TestContext.Current.CancellationToken);
        using var again = new HttpRequestMessage(HttpMethod.Get, ApiReference.Path) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var unchanged = await Host.Client.SendAsync(again, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    /// <summary>In a browser, too, it asked for nothing else: its own script, by a nonce, and the description.</summary>
    [Fact]
    public async Task The_page_to_read_and_try_it_leads_to_no_other_host()
    {
        var token = await Host.Services.GetRequiredService<SignInLinks>().IssueAsync("Ada", Role.Viewer, new Recorder("test"), TestContext.Current.CancellationToken);
        using var form = new FormUrlEncodedContent([new("token", token)]);
        using var signedIn = await Host.Client.PostAsync(new Uri("/sign-in", UriKind.Relative), form, TestContext.Current.CancellationToken);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { DefaultRequestHeaders = { { "Cookie", signedIn.Headers.GetValues("Set-Cookie").First().Split(';')[0] } } };
        using var page = await http.GetAsync(new Uri($"{Host.Address}{ApiReference.Page}/"), TestContext.Current.CancellationToken);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        var nonce = Regex.Match(policy, "script-src 'nonce-([^']+)' 'strict-dynamic'").Groups[1].Value;

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.NotEmpty(Regex.Matches(html, "<script"));
        Assert.Equal(Regex.Count(html, "<script"), Regex.Count(html, $"<script[^>]* nonce=\"{Regex.Escape(nonce).Replace("\\+", "(\\+|&#x2B;)", StringComparison.Ordinal)}\""));
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", html);
        using var script = await http.GetAsync(new Uri($"{Host.Address}{ApiReference.Page}/scalar.js"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
    }

    /// <summary>Asked for within the program first: what is wrong with an operation's description is thrown.</summary>
    private async Task<string> JsonAsync() => (await Host.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1").GetOpenApiDocumentAsync(TestContext.Current.CancellationToken)) is null ? "" : await Host.Client.GetStringAsync(new Uri(ApiReference.Path, UriKind.Relative), TestContext.Current.CancellationToken);

    private async Task<OpenApiDocument> ReadAsync() => OpenApiDocument.Parse(await JsonAsync(), "json").Document!;
}
