using System.Buffers;

namespace SpendTracker.Web.Requests;

/// <summary>
/// A request's body, read whole, within the limit that the server enforces before it reads. Its memory is lent: bodies are
/// often too large for the small generations, and a new array for each would have the whole heap collected all the time.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    public const long MostBytes = 16 * 1024 * 1024;

    private const int FirstLength = 4 * 1024;

    private byte[] _bytes;
    private int _length;

    private RequestBody(int length) => _bytes = ArrayPool<byte>.Shared.Rent(length);

    /// <summary>Without a byte order mark, which Windows' tools put before UTF-8.</summary>
    public ReadOnlySpan<byte> Span => WithMark.StartsWith(ByteOrderMark) ? WithMark[ByteOrderMark.Length..] : WithMark;

    public static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    private ReadOnlySpan<byte> WithMark => _bytes.AsSpan(0, _length);

    public static async Task<RequestBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = new RequestBody((int)Math.Min(request.ContentLength ?? FirstLength, MostBytes));
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(cancellationToken);
                body.Append(read.Buffer);
                request.BodyReader.AdvanceTo(read.Buffer.End);
                request.HttpContext.Features.Get<HeldBody>()?.Cover(body._length); // It may throw, which a read under way would not survive.
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
            WithMark.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        part.CopyTo(_bytes.AsSpan(_length));
        _length = length;
    }
}
