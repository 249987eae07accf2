using System.Buffers;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Web.Ingest;

/// <summary>Reads a request's body whole, within the limit that the server enforces before it reads.</summary>
internal static class RequestBody
{
    public const long MostBytes = 16 * 1024 * 1024;

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            request.HttpContext.Features.Get<HeldBody>()?.Cover(read.Buffer.Length);
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
