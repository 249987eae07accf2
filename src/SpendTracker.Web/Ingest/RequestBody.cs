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
            var (length, body) = (read.Buffer.Length, read.IsCompleted ? read.Buffer.ToArray() : null);
            request.BodyReader.AdvanceTo(body is null ? read.Buffer.Start : read.Buffer.End, read.Buffer.End);
            request.HttpContext.Features.Get<HeldBody>()?.Cover(length); // It may throw, which a read under way would not survive.
            if (body is not null)
            {
                return body;
            }
        }
    }
}
