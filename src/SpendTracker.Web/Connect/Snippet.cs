using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Connect;

/// <summary>A program that records one event, in a language. All of them send the same body, so whichever comes second is answered as a duplicate.</summary>
/// <param name="Id">As it stands in the page's address.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Run">How to run it.</param>
/// <param name="Text">Address, key and body are filled in.</param>
internal sealed record Snippet(string Id, string Name, string Run, string Text)
{
    /// <summary>Stands where the key goes while it is not known.</summary>
    public const string NoKey = "YOUR-KEY";

    /// <summary>ASCII without quotes, backticks and the like: nothing of a name can end the text that it stands in.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.Default };

    /// <summary>All languages there are.</summary>
    /// <param name="address">The host's, as the reader reaches it, with a slash at its end.</param>
    /// <param name="key">Null if it is not known.</param>
    /// <param name="body">See <see cref="Body"/>.</param>
    public static IReadOnlyList<Snippet> All(string address, string? key, string body)
    {
        var url = $"{address}api/v1/usage";
        key ??= NoKey;
        return
        [
            new("curl", "curl", "In a shell",
                $"""
                curl {url} \
                  -H 'Authorization: Bearer {key}' \
                  -H 'Content-Type: application/json' \
                  -d '{body}'
                """),
            new("csharp", "C#", "Save it as first.cs and run: dotnet run first.cs",
                $$""""
                using System.Net.Http.Headers;
                using System.Text;

                using var http = new HttpClient();
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "{{key}}");

                // After each call of a model, with the numbers of its answer.
                var usage = """
                {{body}}
                """;
                using var content = new StringContent(usage, Encoding.UTF8, "application/json");
                using var answer = await http.PostAsync("{{url}}", content);
                Console.WriteLine(await answer.Content.ReadAsStringAsync());
                """"),
            new("python", "Python", "Save it as first.py and run: python3 first.py",
                $$""""
                import urllib.request

                # After each call of a model, with the numbers of its answer.
                usage = r"""{{body}}"""
                request = urllib.request.Request(
                    "{{url}}",
                    data=usage.encode(),
                    headers={"Authorization": "Bearer {{key}}", "Content-Type": "application/json"})
                with urllib.request.urlopen(request) as answer:
                    print(answer.read().decode())
                """"),
            new("typescript", "TypeScript", "Save it as first.mts and run: node first.mts",
                $$"""
                // After each call of a model, with the numbers of its answer.
                const usage = String.raw`{{body}}`;
                const answer = await fetch("{{url}}", {
                  method: "POST",
                  headers: { "Authorization": "Bearer {{key}}", "Content-Type": "application/json" },
                  body: usage,
                });
                console.log(await answer.text());
                """),
        ];
    }

    /// <summary>An event that names a workload, as JSON.</summary>
    /// <param name="id">The same id is recorded once, however often the program runs.</param>
    /// <param name="now">When the model was called.</param>
    public static string Body(string workload, Approach approach, string id, DateTimeOffset now)
    {
        var text = JsonSerializer.Serialize(workload, Plain).Replace("$", "\\u0024", StringComparison.Ordinal); // ${ begins an expression in TypeScript.
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"type": "token_usage_recorded", "id": "{{id}}",
             "workload": {{text}}, "approach": "{{EnumName.Of(approach)}}",
             "provider": "openai", "model": "gpt-4o",
             "inputTokens": 1200, "outputTokens": 300,
             "usedAt": "{{now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}"}
            """);
    }
}
