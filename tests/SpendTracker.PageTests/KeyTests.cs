using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SpendTracker.Access;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class KeyTests
{
    [Fact]
    public async Task A_key_is_issued_shown_once_rotated_and_revoked_on_a_page_and_the_activity_says_who_did_it()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var page = await dashboard.OpenAsync("/keys");
        await page.GetByRole(AriaRole.Button, new() { Name = "Issue a key" }).ClickAsync();
        await page.GetByLabel("Name, the source").FillAsync("gateway");
        await page.GetByLabel("Owner, a team").FillAsync("Support");
        await page.GetByLabel("read", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("For these workloads only").FillAsync("chat");
        await page.GetByLabel("Requests a day").FillAsync("1000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await Expect(page.GetByText("may read, for chat alone")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Issue the key" }).ClickAsync();

        var first = await SecretAsync(page);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(dashboard, first));
        Assert.DoesNotContain(first, page.Url, StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();
        await Expect(page.GetByText(first)).ToHaveCountAsync(0);
        await Expect(page.GetByText("Owner: Support. At most 1,000 requests a day")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Rotate gateway" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Give it a new secret" }).ClickAsync();
        var second = await SecretAsync(page);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await AskAsync(dashboard, first), await AskAsync(dashboard, second)));
        await page.ReloadAsync();
        await Expect(page.GetByText("The secret before works until")).ToBeVisibleAsync();
        await Expect(page.GetByText(second)).ToHaveCountAsync(0);

        await Expect(page.Locator("main[data-answers]")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke gateway" }).ClickAsync();
        await page.GetByLabel("Why").FillAsync("over");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke the key" }).ClickAsync();
        await Expect(page.GetByText("Revoked: it is accepted no longer.")).ToBeVisibleAsync();

        await dashboard.GoAsync(page, "/activity?kind=key");
        var list = page.GetByRole(AriaRole.Region, new() { Name = "Activity, the newest first" });
        foreach (var did in (string[])["Key revoked", "Key rotated", "Key issued"])
        {
            await Expect(list.GetByRole(AriaRole.Row).Filter(new() { HasText = did }).First).ToContainTextAsync("from 127.0.0.1");
        }

        await Expect(list).Not.ToContainTextAsync(first.Split('_')[2][..64]);
    }

    private static async Task<string> SecretAsync(IPage page)
    {
        await Expect(page.GetByText(new Regex($"^{ApiKeyText.Pattern}$"))).ToBeVisibleAsync();
        return await page.GetByText(new Regex($"^{ApiKeyText.Pattern}$")).TextContentAsync() ?? "";
    }

    private static async Task<HttpStatusCode> AskAsync(Dashboard dashboard, string key)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{dashboard.Address}/api/v1/workloads") { Headers = { Authorization = new("Bearer", key) } };
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
