using System.Net;
using System.Text;

namespace SpendTracker.Tests.Faults;

/// <summary>A request of some megabytes, made while it is sent, so that hundreds of them are not in the memory of the test.</summary>
internal sealed class LargeRequest : HttpContent
{
    private const int Events = 2_000;

    private readonly int _number;
    private readonly bool _chunked;

    public LargeRequest(int number, bool chunked)
    {
        (_number, _chunked) = (number, chunked);
        Headers.ContentType = new("application/x-ndjson");
    }

    public IEnumerable<string> Ids => Enumerable.Range(0, Events).Select(n => $"{_number:000}-{n:0000}");

    public long Length => Line(Ids.First()).Length * (long)Events;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        foreach (var lines in Ids.Chunk(50))
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(lines.Select(Line))));
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = Length;
        return !_chunked;
    }

    private static string Line(string id) =>
        $$"""{"type":"charge_recorded","id":"{{id}}","workload":"support-chat","approach":"hybrid","component":"other","amount":1,"currency":"USD","chargedAt":"{{Given.At(Given.Day):o}}","description":"{{Description}}"}""" + "\n";

    private static readonly string Description = new('x', 1_000);
}
