using System.Security.Cryptography;
using System.Text;

namespace SpendTracker.Events;

/// <summary>
/// An event's id from the caller's own id, so that the same record sent twice, by any host, gets the same id and is stored
/// once. Source: RFC 9562, sections 5.5 (name-based) and 5.8 (custom).
/// </summary>
public static class EventId
{
    /// <summary>The namespace of all SpendTracker ids; a constant drawn once at random.</summary>
    private static readonly Guid Namespace = new("6f0f6c5e-54a9-4d0d-9f4e-3b1c6c8f7a52");

    /// <summary>
    /// A version 5 UUID of the caller's id. Where that is a version 7 UUID, which begins with a time, so does the event's id
    /// (version 8): random ids come anywhere in the index of a long log, and most of its pages are not in memory then.
    /// </summary>
    /// <param name="source">Who numbered the record: ids need be unique only within a source.</param>
    /// <param name="id">The caller's id, at most 255 characters.</param>
    public static Guid From(string tenant, string source, string id)
    {
        // Lengths make the parts unambiguous: ("a", "bc") and ("ab", "c") are different records.
        var named = Version5(Namespace, $"{tenant.Length}:{tenant}{source.Length}:{source}{id}");
        return Guid.TryParseExact(id, "D", out var timed) && timed.Version == 7 ? WithTimeOf(timed, named) : named;
    }

    /// <summary>The id of the one correction that an event can have, whoever sends it: a second one is a duplicate, or a conflict.</summary>
    /// <param name="corrects">The corrected event's id. It need not be in the log yet.</param>
    public static Guid OfCorrection(string tenant, Guid corrects) => Version5(corrects, $"{tenant}/correction");

    /// <summary>The id of what a correction puts in the place of the corrected event, where the caller gives it none.</summary>
    public static Guid OfReplacement(Guid correction) => Version5(correction, "replacement");

    /// <summary>A version 5 UUID of a name in a namespace.</summary>
    public static Guid Version5(Guid namespaceId, string name)
    {
        var input = new byte[16 + Encoding.UTF8.GetByteCount(name)];
        namespaceId.TryWriteBytes(input, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, input.AsSpan(16));
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // The standard prescribes SHA-1. It names records here and protects nothing.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>The 48 bits of time of one id before what follows them in another.</summary>
    private static Guid WithTimeOf(Guid timed, Guid named)
    {
        Span<byte> time = stackalloc byte[16];
        Span<byte> id = stackalloc byte[16];
        timed.TryWriteBytes(time, bigEndian: true, out _);
        named.TryWriteBytes(id, bigEndian: true, out _);
        time[..6].CopyTo(id);
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
