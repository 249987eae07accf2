using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Import;

/// <summary>
/// Ids for rows that have none: a hash of what is imported of the row and of what the file is imported as, and the row's number
/// among the rows with that hash so far. So two identical calls at one instant are two calls, and the same calls again give the
/// same ids: under another name of the file, grown at its end or cut off at its head, in another order, with other columns
/// beside, or with times and numbers written otherwise. The variant is left out: importing a file again under another variant is
/// answered with conflicts, not with everything twice.
/// </summary>
internal sealed class RowIds(TokenFile file)
{
    private readonly RowCounts _rows = new(), _earlierRows = new();
    private readonly byte[] _common = Encoding.UTF8.GetBytes(string.Join('\n', file.Workload, EnumName.Of(file.Approach), file.Provider, file.Model));

    /// <summary>To be asked once for each row that is imported, in the file's order.</summary>
    public string Of(TokenUsageRecorded usage) => _rows.IdOf(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"values\n{file.Workload}\n{EnumName.Of(file.Approach)}\n{file.Provider}\n{file.Model}\n{usage.UsedAt.UtcTicks}\n{usage.InputTokens}\n{usage.OutputTokens}\n{usage.CachedInputTokens}\n{usage.CacheWriteTokens}\n{usage.ReasoningTokens}\n{usage.Requests}"))));

    /// <summary>
    /// The id that versions before gave the row that the reader stands on: of all its fields as they are written. Under such an
    /// id a row stays known that one of these versions imported. To be asked once for each row, in the file's order.
    /// </summary>
    public string EarlierOf(CsvReader reader)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_common);
        Span<byte> length = stackalloc byte[4];
        for (var i = 0; i < reader.FieldCount; i++)
        {
            // Lengths make the values unambiguous: "1", "23" and "12", "3" are different rows.
            var value = reader.GetSpan(i);
            BinaryPrimitives.WriteInt32LittleEndian(length, value.Length);
            hash.AppendData(length);
            hash.AppendData(value);
        }

        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return _earlierRows.IdOf(digest);
    }

    /// <summary>How often each row came so far.</summary>
    private sealed class RowCounts
    {
        // 64 bits of the hash will do for counting, at some 30 bytes a row; a chance hit gives a row the number 2, which is an id as
        // good. Only rows that repeat need a number remembered.
        private readonly HashSet<ulong> _seen = [];
        private readonly Dictionary<ulong, int> _repeated = [];

        public string IdOf(ReadOnlySpan<byte> digest) =>
            string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(digest[..16])}-{Occurrence(BinaryPrimitives.ReadUInt64LittleEndian(digest))}");

        private int Occurrence(ulong row)
        {
            if (_seen.Add(row))
            {
                return 1;
            }

            return _repeated[row] = _repeated.GetValueOrDefault(row, 1) + 1;
        }
    }
}
