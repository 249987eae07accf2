using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace SpendTracker.Web.Requests;

/// <summary>
/// A request's body, read whole, within the limit that the server enforces before it reads. Its memory is lent: bodies are
/// often too large for the small generations, and a new array for each would have the whole heap collected all the time.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>Of the API, which knows its caller before it reads.</summary>
    public const long MostBytes = 16 * 1024 * 1024;

    /// <summary>Of a form that anybody may send: a token of some hundred bytes.</summary>
    public const long MostFormBytes = 16 * 1024;

    /// <summary>Of anything else: what a page sends if its browser has no web sockets.</summary>
    public const long MostOtherBytes = 64 * 1024;

    /// <summary>A slower body is cut off.</summary>
    public const int LeastBytesPerSecond = 16 * 1024;

    private const int FirstLength = 4 * 1024;

    /// <summary>What is announced may never come.</summary>
    private const int MostFirstLength = 256 * 1024;

    private byte[] _bytes;
    private int _length;

    private RequestBody(int length) => _bytes = ArrayPool<byte>.Shared.Rent(length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>What the address takes, in words.</summary>
    public static string MostOf(HttpContext context) =>
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize is < 1024 * 1024 and var few ? $"{few / 1024} KiB" : $"{MostBytes / 1024 / 1024} MiB";

    /// <exception cref="BodyBudgetException">There is no room for it beside the others, or it came slowly and gave way to them.</exception>
    public static async Task<RequestBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = new RequestBody((int)Math.Min(request.ContentLength ?? FirstLength, MostFirstLength));
        var held = request.HttpContext.Features.Get<HeldBody>();
        try
        {
            while (true)
            {
                var reading = request.BodyReader.ReadAsync(cancellationToken);
                if (!reading.IsCompleted)
                {
                    held?.WaitFor(request.BodyReader);
                }

                var read = await reading;
                body.Append(read.Buffer);
                request.BodyReader.AdvanceTo(read.Buffer.End);
                held?.Cover(body._length, read.IsCanceled); // It may throw, which a read under way would not survive.
                if (read.IsCompleted)
                {
                    return body;
                }
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
        finally
        {
            held?.EndOfBody();
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private void Append(ReadOnlySequence<byte> part)
    {
        var length = _length + (int)part.Length;
        if (length > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, 2 * _bytes.Length));
            Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        part.CopyTo(_bytes.AsSpan(_length));
        _length = length;
    }
}
