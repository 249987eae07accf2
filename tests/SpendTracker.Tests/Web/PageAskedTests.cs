using Microsoft.AspNetCore.Http;
using SpendTracker.Contracts;
using SpendTracker.Estimates;
using SpendTracker.Web.Estimates;
using SpendTracker.Web.Requests;

namespace SpendTracker.Tests.Web;

/// <summary>Pages of a list that is in memory.</summary>
public sealed class PageAskedTests
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 25).Select(i => $"n {i}")];

    [Theory]
    [InlineData("1", 25)]
    [InlineData("10", 3)]
    [InlineData("25", 1)]
    [InlineData(null, 1)]
    public void Pages_together_are_the_list(string? limit, int pages)
    {
        List<string> read = [];
        var asked = 0;
        for (string? cursor = null; asked == 0 || cursor is not null; asked++)
        {
            var page = Ask(Names, limit, cursor);
            read.AddRange(page.Items);
            cursor = page.Next;
        }

        Assert.Equal(Names, read);
        Assert.Equal(pages, asked);
    }

    [Fact]
    public void What_came_or_went_between_two_pages_neither_repeats_nor_skips_others()
    {
        var next = Ask(Names, "10", null).Next;

        Assert.Equal("n 10", Ask([.. Names.Prepend("new")], "10", next).Items[0]);
        Assert.Equal("n 10", Ask([.. Names.Skip(3)], "10", next).Items[0]);
        Assert.Equal("n 11", Ask([.. Names.Except(["n 9"])], "10", next).Items[0]); // The last item of the page went: its place counts.
        Assert.Empty(Ask([], "10", next).Items);
    }

    [Theory]
    [InlineData("0", null, "limit")]
    [InlineData("1001", null, "limit")]
    [InlineData("-1", null, "limit")]
    [InlineData("ten", null, "limit")]
    [InlineData(null, "", "cursor")]
    [InlineData(null, "!", "cursor")]
    [InlineData(null, "bm90IG9uZQ", "cursor")]
    public void Another_limit_or_cursor_is_refused_by_its_name(string? limit, string? cursor, string field)
    {
        var check = new FieldCheck();
        new PageAsked(limit, cursor, new DefaultHttpContext()).Of(check, Names, name => name);

        Assert.Equal(field, Assert.Single(check.Reasons).Field);
    }

    [Fact]
    public void A_line_of_an_estimate_keeps_its_name_where_others_come_before_it()
    {
        MonthlyEstimate[] lines = [LineOf("b"), LineOf("b"), LineOf("b", Component.Labour)];
        var (before, after) = (EstimateEndpoints.Named(lines), EstimateEndpoints.Named([LineOf("a"), .. lines]));

        Assert.Equal(3, before.Select(line => line.Name).Distinct().Count());
        Assert.Equal(before, after[1..]);

        static MonthlyEstimate LineOf(string workload, Component component = Component.Usage) => new("2026-11", workload, Approach.Hybrid, component, null, null, null, 1);
    }

    private static Page<string> Ask(string[] items, string? limit, string? cursor)
    {
        var check = new FieldCheck();
        var page = new PageAsked(limit, cursor, new DefaultHttpContext()).Of(check, items, name => name);
        Assert.Empty(check.Reasons);
        return page;
    }
}
