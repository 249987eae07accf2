using System.Text;

namespace SpendTracker.Tests.Fuzz;

/// <summary>A request that can be sent, and shown when its answer is wrong.</summary>
/// <param name="Path">With the query, percent-encoded as it is sent.</param>
/// <param name="Body">Null for none.</param>
internal sealed record FuzzedRequest(string Method, string Path, IReadOnlyList<(string Name, string Value)> Headers, string? ContentType, byte[]? Body)
{
    private const int MostShown = 2_000;

    public HttpRequestMessage ToMessage(string address)
    {
        // Otherwise the client would tidy the path before it is sent.
        var uri = new Uri(address + Path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(Method), uri) { Content = Body is null ? null : new ByteArrayContent(Body) };
        foreach (var (name, value) in Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (ContentType is not null)
        {
            request.Content?.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        }

        return request;
    }

    /// <summary>Bytes that are no UTF-8 are shown as U+FFFD. Credentials of the test's own host are left out.</summary>
    public override string ToString()
    {
        var body = Body is null ? "" : Encoding.UTF8.GetString(Body);
        var headers = Headers.Select(header => header.Name is "Authorization" or "Cookie" ? $"{header.Name}: …" : $"{header.Name}: {header.Value}");
        return $"{Method} {Path}\n{string.Join('\n', headers)}\nContent-Type: {ContentType}\n\n{(body.Length > MostShown ? body[..MostShown] + "…" : body)}";
    }
}
