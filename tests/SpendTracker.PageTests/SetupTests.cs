using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SpendTracker.Access;
using SpendTracker.Contracts;
using static Microsoft.Playwright.Assertions;
using static SpendTracker.PageTests.Parts;

namespace SpendTracker.PageTests;

/// <summary>From nothing to the first event, and to an estimate, without a terminal. One site for all; each has its own workload.</summary>
public sealed class SetupTests(SetupTests.Site site) : IClassFixture<SetupTests.Site>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_workload_is_registered_gets_a_key_and_the_snippets_of_all_languages_record_one_event()
    {
        var dashboard = await site.DashboardAsync();
        var page = await dashboard.OpenAsync("/connect");
        if (!await page.GetByText("Id, which programs send").IsVisibleAsync())
        {
            await page.GetByText("Register a new one").ClickAsync(); // Open by itself as long as there is no workload.
        }

        await FillAsync(page, "Id, which programs send", "support-chat");
        await FillAsync(page, "Name", "Support chat");
        await FillAsync(page, "Team", "Support");
        await Button(page, "Check").ClickAsync();
        await Button(page, "Register it").ClickAsync();
        await Expect(page.GetByText("Support chat, Support, Prompt engineering")).ToBeVisibleAsync();
        await Expect(page.GetByText("Waiting for the first event…")).ToBeVisibleAsync();

        await Button(page, "Check").ClickAsync();
        await Expect(page.GetByText("may record, for support-chat alone")).ToBeVisibleAsync();
        await Button(page, "Issue the key").ClickAsync();
        var key = await page.GetByText(new Regex($"^{ApiKeyText.Pattern}$")).TextContentAsync() ?? "";
        Assert.DoesNotContain(key, page.Url, StringComparison.Ordinal);

        // The same id in all of them: the first is recorded, and whichever follows has the same body.
        var expected = "appended";
        foreach (var (name, program, arguments) in ((string, string, string[])[])[("curl", "bash", []), ("Python", "python3", ["-"]), ("TypeScript", "node", ["--input-type=module", "-"])])
        {
            await page.GetByRole(AriaRole.Navigation, new() { Name = "How to send usage" }).GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
            await Expect(page.GetByLabel(name, new() { Exact = true })).ToContainTextAsync(key);
            if (await RunAsync(program, arguments, await page.Locator("#snippet").TextContentAsync() ?? "") is { } answer)
            {
                Assert.Contains($"\"{expected}\":1", answer, StringComparison.Ordinal);
                expected = "duplicate";
            }
        }

        await Expect(page.GetByText("Received.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "See the event" }).ClickAsync();
        await Expect(page.GetByText("openai/gpt-4o").First).ToBeVisibleAsync();
        await dashboard.GoAsync(page, "/activity?kind=workload");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Activity, the newest first" })).ToContainTextAsync("Administrator");
    }

    [Fact]
    public async Task A_dropped_file_is_recorded_after_a_look_and_its_faults_are_named()
    {
        var dashboard = await site.DashboardAsync();
        var page = await dashboard.OpenAsync("/connect?workload=files&with=file");
        await DropAsync(page, "usage.csv", $"timestamp,prompt_tokens,completion_tokens\n{Dashboard.Month}-01 00:00:00,1000,10\n{Dashboard.Month}-01 00:00:00,many,10\n");
        await FillAsync(page, "Provider", "test");
        await FillAsync(page, "Model", "large");
        await Button(page, "Preview").ClickAsync();
        await Expect(Card(page, "To record")).ToContainTextAsync("1");
        await Expect(Card(page, "Tokens")).ToContainTextAsync("1,010 tokens");
        await Expect(Row(page, "3")).ToContainTextAsync("prompt_tokens: 'many' is not a whole number.");
        await Button(page, "Record it").ClickAsync();
        await Expect(page.GetByText("1 recorded, 0 recorded already, 0 contradict what is recorded, 1 with a fault.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Received.")).ToBeVisibleAsync();

        await DropAsync(page, "usage.jsonl", $$"""
            {"type":"token_usage_recorded","id":"a","workload":"files","approach":"hybrid","provider":"test","model":"large","inputTokens":1,"outputTokens":1,"usedAt":"{{Dashboard.Month}}-01T00:00:00Z"}
            {"type":"token_usage_recorded","id":"b","workload":"other","approach":"hybrid","provider":"test","model":"large","inputTokens":1,"outputTokens":1,"usedAt":"{{Dashboard.Month}}-01T00:00:00Z"}
            """);
        await Button(page, "Preview").ClickAsync();
        await Expect(Row(page, "2")).ToContainTextAsync("workload: Is other; this page records for files.");
        await Button(page, "Record it").ClickAsync();
        await Expect(page.GetByText("1 recorded, 0 recorded already, 0 contradict what is recorded, 1 with a fault.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Workloads_are_searched_sorted_and_changed_by_those_of_their_team_alone()
    {
        var dashboard = await site.DashboardAsync();
        await dashboard.RegisterAsync("listed", "Listed one", "Search");
        await dashboard.RegisterAsync("listed-too", "Listed two", "Other");
        await dashboard.RecordAsync(Dashboard.Tokens("listed-unknown", 2_000), Dashboard.Tokens("listed", 1_000));
        await dashboard.PublishAsync("test/large", "input-tokens", 1, 1_000);
        var page = await dashboard.NewPageAsync(new());
        await page.GotoAsync(await dashboard.SignInLinkAsync(Role.Member, "Search"));
        await Expect(page).ToHaveURLAsync($"{dashboard.Address}/");
        await dashboard.GoAsync(page, "/workloads?search=listed");
        await Expect(Row(page, "listed-unknown")).ToContainTextAsync("unregistered");
        await Expect(Row(page, "Listed one")).ToContainTextAsync("today");
        await Expect(Row(page, "Listed one")).ToContainTextAsync("$1,000.00"); // Of 1,000 requests: one cost $1.
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Change Listed two" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Columnheader, new() { Name = "Workload" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Nth(1)).ToContainTextAsync("listed-unknown");

        await page.GetByRole(AriaRole.Link, new() { Name = "Change Listed one" }).ClickAsync();
        await FillAsync(page, "Team", "Other");
        await Button(page, "Check").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not all of that is a team of yours");
        await FillAsync(page, "Team", "Search");
        await FillAsync(page, "Cost centre", "4711");
        await Button(page, "Check").ClickAsync();
        await Button(page, "Save").ClickAsync();
        await Expect(page.GetByText("Listed one is saved.")).ToBeVisibleAsync();
        await Expect(Row(page, "Listed one")).ToContainTextAsync("4711");

        await dashboard.GoAsync(page, "/connect?workload=listed");
        await Expect(page.GetByText("Administrators issue keys.")).ToBeVisibleAsync();
        await dashboard.GoAsync(page, "/estimates?search=listed");
        await Expect(page.GetByLabel("Listed one, Prompt engineering, Usage, ", new() { Exact = false })).ToHaveCountAsync(6);
        await Expect(page.GetByLabel("Listed two, Prompt engineering, Usage, ", new() { Exact = false })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Estimates_are_pasted_written_and_submitted_and_each_version_stays()
    {
        var dashboard = await site.DashboardAsync();
        await dashboard.RegisterAsync("planned", "Planned", "Search");
        var page = await dashboard.OpenAsync("/estimates?from=2031-01&months=3&search=planned");
        await page.GetByText("Paste from Excel").ClickAsync();
        await page.GetByLabel("Cells, with their first row").FillAsync("Workload\t2031-01\t2031-02\nPlanned\t1,200.50\tnothing");
        await Button(page, "Preview").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("C2 “nothing” is not an amount.");
        await page.GetByLabel("Cells, with their first row").FillAsync("Workload\t2031-01\t2031-02\nPlanned\t1,200.50\t1,200.50");
        await Button(page, "Preview").ClickAsync();
        await Button(page, "Put them into the grid").ClickAsync();
        var march = page.GetByLabel("Planned, Prompt engineering, Usage, 2031-03");
        await march.FillAsync("1.300.00");
        await march.BlurAsync();
        await Expect(page.GetByText("is not an amount with “.”")).ToBeVisibleAsync();
        await march.FillAsync("1,300");
        await march.BlurAsync();
        await Expect(page.GetByText("3 amounts of 1 workload.")).ToBeVisibleAsync();
        await Button(page, "Check").ClickAsync();
        await Expect(page.GetByText("$0.00 becomes $3,701.00.")).ToBeVisibleAsync();
        await Expect(page.GetByText("2031-01 to 2031-02: $1,200.50 a month")).ToBeVisibleAsync();
        await Button(page, "Submit").ClickAsync();
        await Expect(page.GetByText("3 amounts of 1 workload submitted.")).ToBeVisibleAsync();
        await Expect(march).ToHaveValueAsync("1,300.00");

        await page.GetByRole(AriaRole.Link, new() { Name = "History of Planned" }).ClickAsync();
        await Expect(Row(page, "2031-01 to 2031-02")).ToContainTextAsync("by Administrator");
        await dashboard.GoAsync(page, "/?month=2031-03");
        await Expect(page.GetByText("$1,300.00").First).ToBeVisibleAsync();
    }

    private static Task DropAsync(IPage page, string name, string text) =>
        page.GetByLabel("File", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = name, MimeType = "text/plain", Buffer = System.Text.Encoding.UTF8.GetBytes(text) });

    /// <summary>What a program printed that read its text from the standard input; null where it is not installed.</summary>
    private static async Task<string?> RunAsync(string program, string[] arguments, string text)
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program))))
        {
            return null;
        }

        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var faults = process.StandardError.ReadToEndAsync(Cancel);
        await process.StandardInput.WriteAsync(text.AsMemory(), Cancel);
        process.StandardInput.Close();
        var printed = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, $"{program}: {await faults}\n{text}");
        return printed;
    }

    /// <summary>The site of these tests.</summary>
    public sealed class Site : IAsyncDisposable
    {
        private Dashboard? _dashboard;

        public async Task<Dashboard> DashboardAsync() => _dashboard ??= await Dashboard.StartAsync();

        public ValueTask DisposeAsync() => _dashboard?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
