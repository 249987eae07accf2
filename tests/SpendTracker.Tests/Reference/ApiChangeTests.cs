using System.Text.Json.Nodes;
using SpendTracker.Web.Reference;

namespace SpendTracker.Tests.Reference;

/// <summary>What breaks programs is found, and what does not is let pass.</summary>
public sealed class ApiChangeTests(OneHost one) : IClassFixture<OneHost>
{
    private const string Kept = "openapi-v1.json";

    private const string Small =
        """
        {"paths":{"/things/{id}":{
            "get":{"operationId":"GetThing","parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}},{"name":"by","in":"query","schema":{"type":"string","enum":["a","b"]}}],
                "responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}},"404":{}}},
            "put":{"operationId":"SetThing","requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/ThingRequest"}}}},
                "responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}}}}}},
         "components":{"schemas":{
            "Thing":{"type":"object","required":["name","kind"],"properties":{"name":{"type":"string"},"kind":{"type":"string","enum":["x","y"]},"size":{"type":["null","number"],"format":"decimal"},"parts":{"type":"array","items":{"$ref":"#/components/schemas/Thing"}}}},
            "ThingRequest":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"size":{"type":"number"},"at":{"oneOf":[{"type":"number"},{"type":"object"}]}}}}}}
        """;

    [Theory]
    [InlineData("\"/things/{id}\"", "\"/others/{id}\"", "GET /things/{id}: is gone.", "PUT /things/{id}: is gone.")]
    [InlineData("\"put\"", "\"post\"", "PUT /things/{id}: is gone.")]
    [InlineData("\"GetThing\"", "\"ReadThing\"", "GET /things/{id}: has another operationId.")]
    [InlineData("\"name\":\"by\"", "\"name\":\"of\"", "GET /things/{id}: takes no query by any more.")]
    [InlineData("\"in\":\"query\"", "\"in\":\"query\",\"required\":true", "GET /things/{id}: needs query by now.")]
    [InlineData("[\"a\",\"b\"]", "[\"a\"]", "GET /things/{id} (query by): is never b any more.")]
    [InlineData("{\"200\":{\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Thing\"}}}},\"404\"", "{\"201\":{},\"404\"", "GET /things/{id}: answers 200 no more.")]
    [InlineData("[\"x\",\"y\"]", "[\"x\"]", "GET /things/{id} → 200.kind: is never y any more.")]
    [InlineData("\"size\":{\"type\":[\"null\"", "\"sizes\":{\"type\":[\"null\"", "GET /things/{id} → 200.size: is gone.")]
    [InlineData("[\"null\",\"number\"]", "[\"null\",\"string\"]", "GET /things/{id} → 200.size: is null or string instead of null or number.")]
    [InlineData("\"format\":\"decimal\"", "\"format\":\"double\"", "GET /things/{id} → 200.size: has the format double instead of decimal.")]
    [InlineData("[\"name\",\"kind\"]", "[\"name\"]", "GET /things/{id} → 200.kind: may be missing now.")]
    [InlineData("\"kind\":{\"type\":\"string\"", "\"kind\":{\"type\":[\"null\",\"string\"]", "GET /things/{id} → 200.kind: is null or string instead of string.")]
    [InlineData("\"required\":[\"name\"]", "\"required\":[\"name\",\"size\"]", "PUT /things/{id} ←.size: is needed now.")]
    [InlineData("\"size\":{\"type\":\"number\"}", "\"size\":{\"type\":\"integer\"}", "PUT /things/{id} ←.size: is integer instead of number.")]
    [InlineData("{\"type\":\"number\"},{\"type\":\"object\"}", "{\"type\":\"number\"}", "PUT /things/{id} ←.at oneOf 1: is described no more.")]
    [InlineData("\"operationId\":\"SetThing\",\"requestBody\":{", "\"operationId\":\"SetThing\",\"requestBody\":{\"required\":true,", "PUT /things/{id}: needs a body now.")]
    public void A_breaking_change_is_found(string then, string now, params string[] expected) =>
        Assert.Equal(expected, ApiChanges.Breaking(JsonNode.Parse(Small)!, Changed(then, now)));

    [Theory]
    [InlineData("\"404\":{}", "\"404\":{},\"409\":{}")]
    [InlineData("[\"x\",\"y\"]", "[\"x\",\"y\",\"z\"]")]
    [InlineData("[\"a\",\"b\"]", "[\"a\",\"b\",\"c\"]")]
    [InlineData("\"size\":{\"type\":[\"null\",\"number\"]", "\"weight\":{\"type\":\"number\"},\"size\":{\"type\":\"number\"")]
    [InlineData("\"size\":{\"type\":\"number\"}", "\"size\":{\"type\":[\"null\",\"number\"]},\"note\":{\"type\":\"string\"}")]
    [InlineData("\"required\":[\"name\"]", "\"required\":[]")]
    [InlineData("\"parameters\":[", "\"parameters\":[{\"name\":\"limit\",\"in\":\"query\",\"schema\":{}},")]
    [InlineData("\"put\"", "\"delete\":{},\"put\"")]
    public void What_is_new_breaks_nothing(string then, string now) => Assert.Empty(ApiChanges.Breaking(JsonNode.Parse(Small)!, Changed(then, now)));

    /// <summary>
    /// The description of the last version is kept in <c>openapi-v1.json</c>. With SPENDTRACKER_KEEP_API=1 today's takes its place: when a version is
    /// released, or if a breaking change is meant, for which <c>/api/v0</c> then goes on with the earlier shape.
    /// </summary>
    [Fact]
    public async Task Programs_written_for_the_version_before_go_on()
    {
        var today = await one.Host.Client.GetStringAsync(new Uri(ApiReference.Path, UriKind.Relative), TestContext.Current.CancellationToken);
        var file = Path.Combine(Repository.Root, "tests", "SpendTracker.Tests", "Reference", Kept);
        if (Environment.GetEnvironmentVariable("SPENDTRACKER_KEEP_API") is "1")
        {
            await File.WriteAllTextAsync(file, $"{today}\n", TestContext.Current.CancellationToken);
        }

        var before = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var breaking = ApiChanges.Breaking(JsonNode.Parse(before)!, JsonNode.Parse(today)!);

        Assert.True(breaking.Count == 0, string.Join('\n', breaking));
    }

    private static JsonNode Changed(string then, string now)
    {
        Assert.Contains(then, Small, StringComparison.Ordinal);
        return JsonNode.Parse(Small.Replace(then, now, StringComparison.Ordinal))!;
    }
}
