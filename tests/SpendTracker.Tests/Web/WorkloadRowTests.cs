using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Alerts;
using SpendTracker.Web.Import;
using SpendTracker.Web.Workloads;
using SpendTracker.Workloads;

namespace SpendTracker.Tests.Web;

/// <summary>What setting up makes of what people and files have.</summary>
public sealed class WorkloadRowTests
{
    private static readonly DateOnly Today = new(2026, 11, 29);
    private static readonly Dictionary<string, decimal> None = [];

    [Fact]
    public void All_workloads_are_listed_with_what_1000_requests_cost_and_how_long_they_are_silent()
    {
        Workload[] registered = [new("b", "Chat", "Support", Approach.Hybrid, "", "", default, new Dictionary<string, string> { ["product"] = "web" }), new("d", "Old", "Support", Approach.Hybrid, "", "", default, new Dictionary<string, string>())];
        MonthlyCost[] costs = [Cost("a", 0, unpriced: true), Cost("b", 30) with { Corrections = 10 }, Cost("c", 5, unpriced: true)];
        WorkloadUse[] uses = [new("a", Today, 10), new("b", Today.AddDays(-3), 4_000), new("c", Today.AddDays(-1), 1_000)];

        var rows = WorkloadRow.Of(registered, costs, uses, Today);
        Assert.Equal(
            [("a", null, "today", false), ("c", 5m, "yesterday", false), ("Chat", 5m, "3 days ago", true), ("Old", null, "never", false)],
            rows.Select(row => (row.Name, row.PerThousand, row.LastUsed, row.IsSilent)));
        Assert.Equal(["a", "c"], rows.Where(row => row.Registered is null).Select(row => row.Name));
        Assert.Equal(["Chat"], rows.Where(row => row.Contains("PRODUCT=w")).Select(row => row.Name));
    }

    [Fact]
    public void Tags_are_written_one_a_line()
    {
        var check = new FieldCheck();
        var read = new WorkloadFields { Id = " chat ", Name = "Chat", Team = "Support", Tags = "product = check=out\n\nregion=eu" }.Read(check);
        Assert.Empty(check.Reasons);
        Assert.Equal(("chat", null, "check=out"), (read.Workload, read.CostCentre, read.Tags!["product"]));
        Assert.Equal("product=check=out\nregion=eu", WorkloadFields.Of(read).Tags);

        new WorkloadFields { Id = "chat", Name = "Chat", Team = "Support", Tags = "product\na=1\na=2" }.Read(check);
        Assert.Equal(["“product” is no tag. Write one a line, like product=checkout.", "“a” is there twice."], check.Reasons.Select(reason => reason.Reason));
    }

    [Theory]
    [InlineData("On-call, Europe", "on-call-europe")]
    [InlineData("  Ops (2) ", "ops-2")]
    [InlineData("☃", "")]
    public void A_channels_id_is_made_of_its_name(string name, string id) => Assert.Equal(id, ChannelFields.IdOf(name));

    [Fact]
    public void Columns_are_guessed_by_their_names()
    {
        string[] openAi = ["start_time", "num_model_requests", "input_tokens", "output_tokens", "input_cached_tokens"];
        Assert.Equal(
            ["start_time", "input_tokens", "output_tokens", "input_cached_tokens", "num_model_requests", null],
            new[] { ColumnGuess.Time, ColumnGuess.Input, ColumnGuess.Output, ColumnGuess.CachedInput, ColumnGuess.Requests, ColumnGuess.Id }.Select(names => ColumnGuess.Of(openAi, names)));
        Assert.Equal("ContextTokens", ColumnGuess.Of(["TIMESTAMP", "ContextTokens", "GeneratedTokens"], ColumnGuess.Input));
    }

    private static MonthlyCost Cost(string workload, decimal actual, bool unpriced = false) => new(
        "2026-11", new Dictionary<string, string> { ["workload"] = workload }, actual, actual, 0, 0, unpriced ? new Dictionary<string, decimal> { ["tokens"] = 1 } : None, None, None);
}
