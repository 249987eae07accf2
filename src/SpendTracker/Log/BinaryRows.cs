using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace SpendTracker.Log;

/// <summary>
/// Rows as PostgreSQL's binary COPY takes them. Source: PostgreSQL's documentation of COPY, "Binary Format". Npgsql's importer
/// works out anew for each value how to write it, which costs more than everything else that a writer does for an event.
/// </summary>
internal sealed class BinaryRows
{
    private const int FirstLength = 64 * 1024;

    private static readonly long Epoch = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    // As Npgsql has it: half a surrogate pair is refused, and not stored as a question mark.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ArrayBufferWriter<byte> _bytes = new(FirstLength);

    /// <summary>What was written since the last <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public void Clear() => _bytes.ResetWrittenCount();

    /// <summary>What comes before the first row: the signature, no flags, no extension.</summary>
    public void WriteHeader() => _bytes.Write<byte>([.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0]);

    /// <summary>What comes after the last row.</summary>
    public void WriteTrailer() => WriteShort(-1);

    /// <param name="columns">So many values follow.</param>
    public void StartRow(short columns) => WriteShort(columns);

    /// <summary>A bigint.</summary>
    public void Write(long value)
    {
        var to = _bytes.GetSpan(12);
        BinaryPrimitives.WriteInt32BigEndian(to, 8);
        BinaryPrimitives.WriteInt64BigEndian(to[4..], value);
        _bytes.Advance(12);
    }

    /// <summary>A timestamptz, to the microsecond.</summary>
    public void Write(DateTimeOffset instant) => Write((instant.UtcTicks - Epoch) / TimeSpan.TicksPerMicrosecond);

    /// <summary>A uuid.</summary>
    public void Write(Guid id)
    {
        var to = _bytes.GetSpan(20);
        BinaryPrimitives.WriteInt32BigEndian(to, 16);
        id.TryWriteBytes(to[4..], bigEndian: true, out _);
        _bytes.Advance(20);
    }

    /// <summary>A boolean.</summary>
    public void Write(bool value)
    {
        WriteLength(1);
        _bytes.Write([value ? (byte)1 : (byte)0]);
    }

    /// <summary>A text or varchar; null where there is none.</summary>
    public void Write(string? text)
    {
        if (text is null)
        {
            WriteLength(-1);
            return;
        }

        var to = _bytes.GetSpan(4 + Strict.GetMaxByteCount(text.Length));
        var length = Strict.GetBytes(text, to[4..]);
        BinaryPrimitives.WriteInt32BigEndian(to, length);
        _bytes.Advance(4 + length);
    }

    /// <summary>A jsonb, from its text in UTF-8.</summary>
    public void WriteJson(ReadOnlySpan<byte> json)
    {
        const byte Version = 1; // Of jsonb's own binary format.
        WriteLength(1 + json.Length);
        _bytes.Write([Version]);
        _bytes.Write(json);
    }

    private void WriteLength(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(4), length);
        _bytes.Advance(4);
    }

    private void WriteShort(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_bytes.GetSpan(2), value);
        _bytes.Advance(2);
    }
}
