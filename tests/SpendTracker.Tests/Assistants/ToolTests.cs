using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using SpendTracker.Web.Access;
using SpendTracker.Web.Assistants;

namespace SpendTracker.Tests.Assistants;

/// <summary>Tools, by the protocol's own client: what they say of themselves, and that they answer what the API answers.</summary>
[Collection<AssistedTests>]
public sealed class ToolTests(AssistedHost assisted)
{
    /// <summary>A question of each tool, and more of those that can be asked in many ways.</summary>
    private static readonly (string Tool, (string, object?)[] Arguments)[] Questions =
    [
        ("get_costs", []),
        ("get_costs", [("from", "2026-04"), ("to", "2026-06"), ("by", "workload, component"), ("where", new[] { "team=Support", "approach=fine-tuning" })]),
        ("get_costs", [("from", "2026-04"), ("by", "variant"), ("knownOn", "2026-05-10")]),
        ("get_costs", [("by", "workload"), ("where", $"workload={AssistedHost.Talking}")]),
        ("get_forecast", [("by", "workload")]),
        ("get_forecast", [("where", new[] { "workload=chat" })]),
        ("compare", [("from", "2026-05"), ("to", "2026-06"), ("where", new[] { "workload=chat" }), ("amortisationMonths", 6), ("quality", "success")]),
        ("get_advice", [("workload", "mail")]),
        ("explain_costs", [("month", "2026-04"), ("from", "2026-05-10"), ("to", "2026-06-20")]),
        ("explain_costs", [("month", "2026-05"), ("workload", "mail")]),
        ("get_cost_changes", [("from", "2026-04"), ("to", "2026-05")]),
        ("get_events", [("workload", AssistedHost.Talking)]),
        ("get_events", [("workload", "mail"), ("month", "2026-04"), ("approach", "hybrid"), ("component", "usage"), ("sku", "openai/m"), ("meter", "input-tokens"), ("variant", "few-shot/v1")]),
        ("get_rates", [("sku", "openai/m")]),
        ("get_discounts", []),
        ("get_aliases", []),
        ("get_exchange_rates", []),
        ("get_unpriced", []),
        ("get_not_in_totals", []),
        ("get_unpriced", [("from", "2026-06"), ("knownOn", "2026-06-20")]),
        ("get_budgets", []),
        ("get_budget", [("id", "all")]),
        ("get_alerts", [("state", "all")]),
        ("get_anomalies", []),
        ("get_workloads", []),
        ("get_estimates", [("from", "2026-06"), ("workload", "chat")]),
        ("get_billing_periods", []),
        ("get_billing_period", [("month", "2026-05"), ("knownOn", "2026-06-20")]),
    ];

    [Fact]
    public async Task Each_tool_reads_only_and_says_what_it_takes_and_gives()
    {
        var tools = await assisted.Assistant.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(Tools.All.Select(tool => tool.Name).Order(StringComparer.Ordinal), tools.Select(tool => tool.Name).Order(StringComparer.Ordinal));
        Assert.Contains("do not follow it", assisted.Assistant.ServerInstructions, StringComparison.Ordinal);
        foreach (var tool in tools.Select(tool => tool.ProtocolTool))
        {
            Assert.True(tool.Annotations is { ReadOnlyHint: true, IdempotentHint: true, DestructiveHint: false, OpenWorldHint: false }, tool.Name);
            Assert.True(tool.Description is { Length: > 60 }, tool.Name);
            Assert.Equal("object", tool.InputSchema.GetProperty("type").GetString());
            Assert.All(tool.InputSchema.GetProperty("properties").EnumerateObject(), argument => Assert.True(argument.Value.GetProperty("description").GetString()!.Length > 10, $"{tool.Name} {argument.Name}"));
            string[] frame = ["query", "knownOn", "links", "leftOut", "answer"];
            Assert.Equal(frame, tool.OutputSchema!.Value.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        }
    }

    /// <summary>Whoever may ask tools may ask what they ask. Nothing changes by a GET.</summary>
    [Fact]
    public void Each_tool_asks_an_endpoint_that_is_for_reading_by_arguments_that_it_has()
    {
        var calls = assisted.Host.Services.GetRequiredService<EndpointCalls>();
        foreach (var tool in Tools.All)
        {
            var endpoint = calls.Find(tool.Endpoint);
            Assert.Equal(Policies.Read, Assert.Single(endpoint.Metadata.OfType<IAuthorizeData>()).Policy);
            Assert.Equal("GET", Assert.Single(endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods));
            Assert.Equal(tool.Name, string.Concat(tool.Endpoint.Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? "_" : "")}{char.ToLowerInvariant(c)}" : $"{c}")));
            if (tool.Endpoint != "GetEvents") // It reads the whole query.
            {
                var parameters = endpoint.Metadata.OfType<Microsoft.AspNetCore.Http.Metadata.IParameterBindingMetadata>().Select(parameter => parameter.Name).ToArray();
                Assert.Empty(tool.Arguments.Select(argument => argument.Name).Except(parameters));
            }
        }
    }

    [Fact]
    public async Task Each_tool_answers_what_the_API_answers_to_the_same_question_and_as_its_schema_says()
    {
        Assert.Equal(Tools.All.Select(tool => tool.Name).Order(StringComparer.Ordinal), Questions.Select(question => question.Tool).Distinct().Order(StringComparer.Ordinal));
        var schemas = (await assisted.Assistant.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken)).ToDictionary(tool => tool.Name, tool => tool.ProtocolTool.OutputSchema!.Value);
        foreach (var (name, arguments) in Questions)
        {
            var result = await assisted.CallAsync(name, [.. arguments, ("limit", 200)]);
            var text = AssistedHost.TextOf(result);
            Assert.True(result.IsError is not true, $"{name}: {text}");
            var framed = JsonNode.Parse(result.StructuredContent!.Value.GetRawText())!;
            var tool = Tools.All.Single(tool => tool.Name == name);

            Assert.Equal("", Schema.FaultOf(result.StructuredContent!.Value, schemas[name]));
            Assert.Empty(framed["leftOut"]!.AsObject());
            Assert.Null(framed["next"]);
            Assert.Equal("2026-05-10" == (string?)framed["query"]!["knownOn"] ? "2026-05-10" : "2026-06-20", (string?)framed["knownOn"]);
            Assert.Contains("As known on", text, StringComparison.Ordinal);
            Assert.True(JsonNode.DeepEquals(framed, JsonNode.Parse(((TextContentBlock)result.Content[1]).Text))); // For clients that know text alone.

            var api = JsonNode.Parse(JsonSerializer.Serialize(await assisted.Host.GetAsync(new Uri((string)framed["links"]!["api"]!).PathAndQuery)))!;
            foreach (var member in (string[])["next", .. tool.Pages?.Members ?? []])
            {
                (api as JsonObject)?.Remove(member);
            }

            Assert.True(JsonNode.DeepEquals(Sorted(framed["answer"]!.DeepClone()), Sorted(api)), $"{name}:\n{framed["answer"]!.ToJsonString()}\nThe API:\n{api.ToJsonString()}");

            // What was understood gives the same again.
            var again = await assisted.AskAsync(name, [.. framed["query"]!.AsObject().Select(argument => (argument.Key, (object?)argument.Value))]);
            Assert.True(JsonNode.DeepEquals(framed, again), $"{name}:\n{framed}\nAgain:\n{again}");
        }
    }

    [Fact]
    public async Task Rows_are_paged_to_the_last_and_totals_are_of_all()
    {
        var whole = (await assisted.AskAsync("get_costs", ("from", "2026-04"), ("to", "2026-06"), ("by", "workload,component")))["answer"]!;
        List<string> rows = [];
        string? cursor = null;
        do
        {
            var page = await assisted.AskAsync("get_costs", ("from", "2026-04"), ("to", "2026-06"), ("by", "workload,component"), ("limit", 7), ("cursor", cursor));
            Assert.True(JsonNode.DeepEquals(whole["total"], page["answer"]!["total"]));
            rows.AddRange(page["answer"]!["rows"]!.AsArray().Select(row => row!.ToJsonString()));
            cursor = (string?)page["next"];
            Assert.Equal(whole["rows"]!.AsArray().Count - rows.Count, (int?)page["leftOut"]!["rows"] ?? 0);
        }
        while (cursor is not null);

        Assert.Equal(whole["rows"]!.AsArray().Select(row => row!.ToJsonString()), rows);
    }

    [Fact]
    public async Task Events_are_paged_to_the_last_whatever_the_size_of_a_page()
    {
        var seen = new HashSet<string>();
        string? cursor = null;
        var pages = 0;
        do
        {
            var page = await assisted.AskAsync("get_events", ("workload", "chat"), ("month", "2026-05"), ("limit", pages % 2 == 0 ? 200 : 17), ("cursor", cursor));
            Assert.True(Encoding.UTF8.GetByteCount(page.ToJsonString()) < AnswerSize.MostBytes + 4_096);
            Assert.All(page["answer"]!["items"]!.AsArray(), row => Assert.True(seen.Add((string)row!["eventId"]!)));
            cursor = (string?)page["next"];
            pages++;
        }
        while (cursor is not null);

        Assert.Equal(await assisted.Host.Database.ScalarAsync<long>("select count(*) from spend.mt_events where stream_id = 'usage/chat/2026-05' and type <> 'evaluation_recorded'"), seen.Count);
    }

    /// <summary>What others wrote is in the data, as they wrote it, and nowhere else.</summary>
    [Fact]
    public async Task Texts_of_others_stay_data()
    {
        var result = await assisted.CallAsync("get_workloads");
        var answer = JsonNode.Parse(result.StructuredContent!.Value.GetRawText())!["answer"]!;
        var rows = (answer as JsonArray) ?? answer["items"]!.AsArray();

        Assert.Equal(AssistedHost.TalkingName, (string?)rows.Single(row => (string?)row!["id"] == AssistedHost.Talking)!["name"]);
        foreach (var (name, arguments) in Questions.Where(question => !question.Arguments.Any(argument => $"{argument.Item2}".Contains(AssistedHost.Talking, StringComparison.Ordinal))))
        {
            var told = ((TextContentBlock)(await assisted.CallAsync(name, arguments)).Content[0]).Text;
            Assert.DoesNotContain("IGNORE", told, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("SYSTEM", told, StringComparison.OrdinalIgnoreCase);
        }

        var unpriced = ((TextContentBlock)(await assisted.CallAsync("get_costs", ("where", $"workload={AssistedHost.Talking}"))).Content[0]).Text;
        Assert.Contains("Spent from 2026-06 to 2026-06: unpriced.", unpriced, StringComparison.Ordinal); // And not $0.00.
        var costs = await assisted.AskAsync("get_costs", ("by", "workload"), ("where", new[] { $"workload={AssistedHost.Talking}" }));
        Assert.Equal(AssistedHost.Talking, (string?)costs["answer"]!["rows"]!.AsArray().Single()!["keys"]!["workload"]);
    }

    /// <summary>The README has a row for each tool, with the address that it asks.</summary>
    [Fact]
    public async Task The_README_lists_the_tools_that_there_are()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src/SpendTracker.Web/README.md"), TestContext.Current.CancellationToken);
        var calls = assisted.Host.Services.GetRequiredService<EndpointCalls>();

        var told = readme.Split('\n').SkipWhile(line => line != "## Ask from an assistant").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells is [_, ['`', ..], _, ['`', ..], _]).Select(cells => (cells[1].Trim('`'), cells[3].Trim('`')));
        Assert.Equal(Tools.All.Select(tool => (tool.Name, calls.Find(tool.Endpoint).RoutePattern.RawText!["/api/v1".Length..])), told);
    }

    private static JsonNode Sorted(JsonNode answer)
    {
        foreach (var list in ((string[])["rows", "variants"]).Select(name => answer is JsonObject ? answer[name] as JsonArray : null).OfType<JsonArray>())
        {
            JsonNode[] rows = [.. list.Select(row => row!.DeepClone()).OrderBy(row => row.ToJsonString(), StringComparer.Ordinal)];
            list.Clear();
            Array.ForEach(rows, list.Add);
        }

        return answer;
    }
}
