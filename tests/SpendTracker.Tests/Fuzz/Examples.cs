using System.Text;

namespace SpendTracker.Tests.Fuzz;

/// <summary>What endpoints take, and what the fuzzer makes of it.</summary>
internal static class Examples
{
    private const string Csv = "text/csv", Form = "application/x-www-form-urlencoded", Json = "application/json", Lines = "application/x-ndjson";

    private const string Plan =
        """
        {"name":"P","from":"2027-01","months":6,"requestsPerMonth":{"low":1000,"expected":2000,"high":4000},"growthPercent":2.5,"amortisationMonths":12,"taxPercent":19,"pricesOn":"2026-01-01","currency":"USD","options":[{"name":"A","approach":"prompt-engineering","routes":[{"sku":"openai/gpt-4o","inputTokens":900,"outputTokens":150,"serviceTier":"batch","examples":3,"exampleTokens":200,"cachedShare":0.5}],"attemptsPerRequest":1.2,"successShare":0.9,"setupWeeks":1},{"name":"B","approach":"hybrid","routes":[{"sku":"a","share":0.5,"inputTokens":1,"outputTokens":1,"prices":[{"meter":"input-tokens","price":1,"per":1000}]},{"sku":"b","share":0.5,"inputTokens":1,"outputTokens":1}],"hosting":[{"sku":"h","hoursPerMonth":730,"units":2,"price":{"low":6,"expected":7,"high":8}}],"datasets":[{"name":"d","items":100,"activity":"label","price":0.1,"refreshShare":0.2},{"name":"e","hours":8,"role":"annotator"},{"name":"f","amount":100}],"training":{"sku":"t","tokens":1000000,"epochs":3,"runs":2,"everyMonths":3,"price":0.000008},"labour":[{"role":"engineer","hours":10,"activity":"maintenance","everyMonth":true,"price":90}],"infrastructurePerMonth":25,"evaluator":{"sku":"e","inputTokens":10,"outputTokens":1,"share":0.1},"retirement":{"month":"2027-04","cost":500}}]}
        """;

    private static readonly (string Path, string ContentType, string Body)[] All =
    [
        .. Given.OfEachKindJson.Split('\n').Select(line => ("/api/v1/usage", Json, line)),
        ("/api/v1/usage", Json, $"[{string.Join(',', Given.OfEachKindJson.Split('\n'))}]"),
        ("/api/v1/usage", Lines, Given.OfEachKindJson),
        ("/api/v1/usage/corrections", Json, $$"""{"corrects":{"id":"1","source":"test"},"reason":"wrong","replacement":{{Given.TokensJson("1b")}}}"""),
        ("/api/v1/usage/corrections", Json, """{"corrects":{"eventId":"01a2b3c4-0000-7000-8000-000000000001"},"reason":"wrong"}"""),
        ("/api/v1/billing-periods/{month}/close", Json, """{"reason":"over","acceptUnpriced":true,"acceptUnconverted":true,"total":1.5}"""),
        ("/api/v1/billing-periods/{month}/reopen", Json, """{"reason":"late invoice"}"""),
        ("/api/v1/workloads", Json, """{"workload":"w","name":"W","team":"Support","approach":"hybrid","costCentre":"4711","environment":"production","tags":{"product":"checkout"}}"""),
        ("/api/v1/workloads/{id}", Json, """{"name":"W","team":"Support","approach":"hybrid","costCentre":"4711","environment":"production","tags":{"product":"checkout"}}"""),
        ("/api/v1/rates", Json, """{"sku":"openai/gpt-4o","effectiveFrom":"2026-01-01","currency":"USD","prices":[{"meter":"input-tokens","price":2.5,"per":1000000},{"meter":"input-tokens","price":5,"per":1000000,"aboveTokens":200000}],"source":"list","note":"n","kind":"negotiated","effectiveTo":"2026-12-31"}"""),
        ("/api/v1/discounts", Json, """{"sku":"openai/*","percent":10,"effectiveFrom":"2026-01-01","source":"contract","effectiveTo":"2026-12-31","note":"n"}"""),
        ("/api/v1/aliases", Json, """{"model":"openai/gpt-4o-*","sku":"openai/gpt-4o","note":"n"}"""),
        ("/api/v1/exchange-rates", Json, """{"currency":"EUR","effectiveFrom":"2026-01-01","rate":1.1,"source":"ECB","note":"n"}"""),
        ("/api/v1/withdrawals", Json, """{"publication":"01a2b3c4-0000-7000-8000-000000000001","reason":"wrong"}"""),
        ("/api/v1/rates/import", Json, """{"gpt-4o":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":2.5e-06,"output_cost_per_token":1e-05,"input_cost_per_token_above_200k_tokens":5e-06,"cache_read_input_token_cost":1.25e-06}}"""),
        ("/api/v1/exchange-rates/import", Csv, "currency,date,rate,source\nEUR,2026-01-02,1.0837,ECB\nGBP,2026-01-02,1.25,ECB\n"),
        ("/api/v1/exchange-rates/import", Csv, "Date,USD,GBP\n2026-01-02,1.0837,0.85\n"),
        ("/api/v1/estimates", Json, """{"workload":"w","approach":"hybrid","from":"2026-01","to":"2026-12","currency":"USD","lines":[{"component":"usage","sku":"openai/gpt-4o","meter":"input-tokens","quantity":2000000,"price":2.5,"per":1000000},{"component":"labour","amount":10.5}],"assumptions":{"requestsPerMonth":"40,000"},"note":"n"}"""),
        ("/api/v1/compare/counterfactual", Json, """{"month":"2026-01","workload":"w","approach":"hybrid","model":"openai/gpt-4o","sku":"openai/gpt-4.1","serviceTier":"batch","cachedShare":{"low":0.1,"expected":0.2,"high":0.3},"tokenFactor":0.8}"""),
        ("/api/v1/compare/counterfactual", Json, """{"month":"2026-01","workload":"w","approach":"hybrid","asApproach":"fine-tuning","cachedShare":0.2}"""),
        ("/api/v1/plans/preview", Json, Plan),
        ("/api/v1/plans/{id}", Json, $$"""{"assumptions":{{Plan}},"watch":{"workload":"w","option":"A","channels":[]},"note":"n"}"""),
        ("/api/v1/plans/{id}/estimate", Json, """{"option":"A","workload":"w","version":1}"""),
        ("/api/v1/budgets/{id}", Json, """{"name":"B","scope":{"team":["Support"],"approach":["hybrid"],"tag.product":["checkout"]},"period":{"kind":"quarter","from":"2026-01","to":"2026-12","fiscalYearStart":4},"currency":"USD","amount":1000,"rollover":true,"thresholds":[{"on":"actual","percent":80},{"on":"forecast","amount":500},{"on":"unpriced","percent":5},{"on":"lag","seconds":60}],"note":"n"}"""),
        ("/api/v1/budgets/{id}", Json, """{"name":"B","scope":{},"period":{"kind":"month","from":"2026-01"},"currency":"EUR","amounts":{"2026-01":10,"2026-02":20}}"""),
        ("/api/v1/views/{id:guid}", Json, """{"name":"V","address":"/compare?period=last-3","isShared":true}"""),
        ("/api/v1/report/schedules/{id}", Json, """{"channel":"c","day":3,"hour":8}"""),
        ("/api/v1/set-aside/retry", Json, """{"projection":"costs","seqId":1}"""),
        ("/api/v1/alerts/{id:guid}/acknowledge", Json, """{"note":"seen"}"""),
        ("/api/v1/channels/{id}", Json, """{"name":"C","address":{"kind":"webhook","url":"http://127.0.0.1:9/x","secret":"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="},"schedule":{"mostPerHour":10,"digestMinutes":5,"quietFrom":"22:00","quietTo":"07:00","timeZone":"Europe/Berlin","remindMinutes":10,"escalateMinutes":5,"escalateTo":"b"}}"""),
        ("/api/v1/channels/{id}", Json, """{"name":"C","address":{"kind":"email","server":"127.0.0.1","port":9,"tls":false,"from":"a@example.com","to":["b@example.com"]}}"""),
        ("/api/v1/channels/{id}", Json, """{"name":"C","address":{"kind":"alertmanager","url":"http://127.0.0.1:9","user":null}}"""),
        ("/mcp/", Json, """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_costs","arguments":{"from":"2026-01","by":"team","where":["team=Support"],"limit":7}}}"""),
        ("/mcp/", Json, """{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"fuzz","version":"1"}}}"""),
        ("/mcp/", Json, """{"jsonrpc":"2.0","id":3,"method":"tools/list"}"""),
        ("/sign-in", Form, "token=0123456789ab.0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        ("/acknowledge", Form, "token=CfDJ8abc"),
    ];

    private static readonly ILookup<string, (string Path, string ContentType, string Body)> ByPath = All.ToLookup(example => example.Path);

    /// <summary>Bodies that are one JSON object, by endpoint.</summary>
    public static IEnumerable<(string Path, string Body)> Objects => All.Where(example => example.ContentType == Json && example.Body[0] == '{').Select(example => (example.Path, example.Body));

    public static IEnumerable<string> Paths => ByPath.Select(path => path.Key);

    /// <summary>An example with some changes, sometimes none; any example if the endpoint has none.</summary>
    public static (byte[]? Body, string? ContentType) Fuzzed(string path, FuzzRandom random)
    {
        var (_, contentType, body) = random.OneOf<(string, string, string)>([.. ByPath.Contains(path) && !random.Happens(3) ? ByPath[path] : All]);
        if (random.Happens(8) && contentType == Form)
        {
            return (Encoding.ASCII.GetBytes(OddForm(random)), random.OneOf<string>([Form, "multipart/form-data; boundary=x"]));
        }

        var text = contentType == Json && body[0] == '{' && random.Happens(85) ? JsonFuzz.Changed(body, random) : body;
        return (JsonFuzz.Bytes(text, random), contentType);
    }

    private static string OddForm(FuzzRandom random) => random.OneOf<string>(
    [
        string.Join('&', Enumerable.Range(0, 1_100).Select(i => $"f{i}=1")),
        $"{new string('k', 3_000)}=1", "token=%00", "token=%ED%A0%80&token=2", "=&&=",
        "--x\r\n", "--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nabc", "--x\r\nno header\r\n\r\nabc\r\n--x--\r\n",
        "--x\r\nContent-Disposition: form-data; name=\"token\"; filename=\"a\"\r\n\r\nabc\r\n--x--\r\n",
    ]);
}
