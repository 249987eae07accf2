using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Activities;
using SpendTracker.Tests.Log;

namespace SpendTracker.Tests.Web;

/// <summary>Lists of the API as files.</summary>
public sealed class FileAnswersTests(OneHost one) : IClassFixture<OneHost>
{
    private static readonly string[] Lists =
        ["costs", "compare", "forecast?by=workload", "budgets", "alerts?state=all", "estimates", "rates", "discounts", "aliases", "exchange-rates", "unpriced", "reported-costs", "activity", "costs/changes"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_list_is_a_workbook_and_a_CSV_too_and_the_download_is_recorded()
    {
        await one.Host.RecordAsync(Given.TokensJson("1"));
        var month = BillingPeriod.Of(Given.Day);
        await one.Host.GetUntilAsync($"/api/v1/costs?from={month}", answer => answer.GetProperty("total").GetProperty("actual").GetDecimal() > 0);
        var activity = one.Host.Services.GetRequiredService<ActivityQuery>();
        foreach (var list in Lists.Append($"events?workload=support-chat&month={month}"))
        {
            foreach (var (format, type) in new[] { ("csv", "text/csv"), ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet") })
            {
                using var response = await GetAsync(list, format);
                var content = await response.Content.ReadAsByteArrayAsync(Cancel);

                Assert.True(response.StatusCode == HttpStatusCode.OK, $"{list}: {response.StatusCode} {System.Text.Encoding.UTF8.GetString(content)}");
                Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
                Assert.EndsWith($".{format}", response.Content.Headers.ContentDisposition?.FileName, StringComparison.Ordinal);
                Assert.True(format == "xlsx" ? SheetFileTests.Cells(content, "sheet1").Count > 1 : content.Contains((byte)','), list);
            }
        }

        var downloads = 2 * (Lists.Length + 1);
        await Eventually.Async(async () => (await activity.ListAsync(new ActivityFilter { Kind = "export" }, 100, Cancel)).Count == downloads);
        var recorded = (await activity.ListAsync(new ActivityFilter { Kind = "export" }, 100, Cancel)).SelectMany(entry => entry.Changes).Where(change => change.Field == "format").ToArray();
        Assert.Equal((downloads / 2, downloads / 2), (recorded.Count(change => change.After == "csv"), recorded.Count(change => change.After == "xlsx")));

        using var events = await GetAsync($"events?workload=support-chat&month={month}", "xlsx");
        var cells = SheetFileTests.Cells(await events.Content.ReadAsByteArrayAsync(Cancel), "sheet1");
        Assert.Contains((false, "1000"), cells.Values); // The quantity of input tokens is a number.
    }

    [Fact]
    public async Task A_format_that_is_none_is_refused_by_name()
    {
        foreach (var list in Lists)
        {
            using var response = await GetAsync(list, "pdf");

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains("\"format\"", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
    }

    private Task<HttpResponseMessage> GetAsync(string list, string format) =>
        one.Host.Client.GetAsync(new Uri($"/api/v1/{list}{(list.Contains('?', StringComparison.Ordinal) ? '&' : '?')}format={format}", UriKind.Relative), Cancel);
}
