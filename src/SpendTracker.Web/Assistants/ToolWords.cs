using System.Globalization;
using System.Text.Json.Nodes;
using SpendTracker.Web.Comparison;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Assistants;

/// <summary>Answers in a sentence.</summary>
internal static class ToolWords
{
    public static string Costs(JsonNode answer) => answer["total"] is { } total
        ? $"Spent from {answer["from"]} to {answer["to"]}: {Known(total, "actual", answer)}. Estimated until now: {Amount(total, "estimatedToDate", answer)}, in all {Amount(total, "estimated", answer)}. {Rows(answer, "rows")}"
        : "";

    public static string Forecast(JsonNode answer) => answer["total"]?["month"] is { } month
        ? $"This month will come to {Amount(month, "forecast", answer)}; spent so far: {Known(month, "spent", answer, answer["total"])}. "
            + (month["low"] is null ? $"No interval: {month["whyNoInterval"]}." : $"8 of 10 times it ends between {Amount(month, "low", answer)} and {Amount(month, "high", answer)}.")
        : "";

    public static string Compare(JsonNode answer) => answer["total"] is { } total
        ? $"{ComparedWords.Count(Number(total, "requests"))} requests from {answer["from"]} to {answer["to"]}. Cost: {Known(total, "cost", answer)}. {Rows(answer, "approaches")}"
        : "";

    public static string Advice(JsonNode answer) =>
        $"Recommended: {answer["recommended"]?.ToString() ?? "nothing yet, since nothing is known of it"}, by figures from {answer["from"]} to {answer["to"]}.";

    public static string Explain(JsonNode answer) =>
        $"{answer["month"]} came to {Amount(answer, "before", answer)} as known on {answer["from"]}, and to {Amount(answer, "after", answer)} as known on {answer["to"]}: {Change(answer)}.";

    public static string Changes(JsonNode answer) =>
        $"{answer["from"]} cost {Amount(answer, "before", answer)}, and {answer["to"]} {Amount(answer, "after", answer)}: {string.Join(", ", answer["steps"]!.AsArray().Select(step => $"{step!["step"]} {Amount(step, "amount", answer)}"))}.";

    public static string Period(JsonNode answer) =>
        $"{answer["month"]} is {((bool?)answer["isClosed"] == true ? "closed" : "open")} and comes to {Amount(answer, "total", answer)}, of which {Amount(answer, "corrections", answer)} corrects months before.";

    public static string Budget(JsonNode answer) => answer["current"] is { } current
        ? $"{Amount(current, "spent", current)} of {Amount(current, "limit", current)} is spent; {Amount(current, "forecast", current)} is forecast."
        : "The budget has no period now.";

    public static string Unpriced(JsonNode answer) =>
        $"Meters without a price: {Count(answer, "unpriced")}; with a part of it: {Count(answer, "incomplete")}. Currencies without an exchange rate: {Count(answer, "unconverted")}.";

    /// <param name="list">The name of the list; empty for the answer itself.</param>
    public static Func<JsonNode, string> Found(string list) => answer => Rows(answer, list);

    private static string Rows(JsonNode answer, string list) =>
        ((answer is JsonArray all ? all : answer["items"] as JsonArray ?? (list.Length == 0 ? null : answer[list] as JsonArray))?.Count ?? 0) is var count && count == 1 ? "1 row." : $"{count.ToString("#,0", CultureInfo.InvariantCulture)} rows.";

    private static int Count(JsonNode answer, string list) => (answer[list] as JsonArray)?.Count ?? 0;

    private static string Change(JsonNode answer) => Money.Change(Number(answer, "explained"), $"{answer["currency"]}") is var change && change == "–" ? "the same" : change;

    private static decimal Number(JsonNode row, string member) => (decimal?)row[member] ?? 0;

    /// <summary>Where all of it lacks a price, it is not 0 but unpriced.</summary>
    private static string Known(JsonNode row, string member, JsonNode withCurrency, JsonNode? lacks = null)
    {
        var lacking = Lacking.Of(lacks ?? row);
        return Money.Known(Number(row, member), lacking.Unpriced.Count > 0, lacking.Unconverted, $"{withCurrency["currency"]}");
    }

    private static string Amount(JsonNode row, string member, JsonNode withCurrency) => ComparedWords.Amount((decimal?)row[member], $"{withCurrency["currency"]}");
}
