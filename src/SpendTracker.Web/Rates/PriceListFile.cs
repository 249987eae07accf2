using System.Security.Cryptography;
using System.Text.Json;
using SpendTracker.Rates;
using SpendTracker.Web.Import;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Rates;

/// <summary>A list of prices that a person dropped on the page.</summary>
/// <param name="Source">What publications of it name as theirs.</param>
/// <param name="IsWhole">Whether the list has all prices, so that what it lacks is gone. A CSV file has only what it names.</param>
internal sealed record PriceListFile(string Name, PriceMap Map, string Source, bool IsWhole)
{
    /// <summary>The public map of LiteLLM has a sixth of it.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    /// <exception cref="ImportException">It is not a list of prices; the message says why.</exception>
    public static async Task<PriceListFile> ReadAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        content = content.Span.StartsWith(RequestBody.ByteOrderMark) ? content[RequestBody.ByteOrderMark.Length..] : content;
        var first = content.Span.TrimStart(" \r\n\t"u8);
        if (first.IsEmpty)
        {
            throw new ImportException("It is empty.");
        }

        if (first.StartsWith("PK\u0003\u0004"u8))
        {
            throw new ImportException("It is an Excel workbook. Save the sheet as CSV.");
        }

        return first[0] is (byte)'{' or (byte)'[' ? OfMap(name, content.Span) : await OfCsvAsync(name, content, cancellationToken);
    }

    private static PriceListFile OfMap(string name, ReadOnlySpan<byte> json)
    {
        try
        {
            var map = PriceMap.Read(json);
            return map.Refusal is { } refusal ? throw new ImportException(refusal) : new(name, map, RateImport.SourceOf(name, json), IsWhole: true);
        }
        catch (JsonException fault)
        {
            throw new ImportException($"It is not JSON. {JsonReasons.Where(fault)}", fault);
        }
    }

    private static async Task<PriceListFile> OfCsvAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content.ToArray());
        var map = await RateCsv.ReadAsync(stream, cancellationToken);
        return map.Rates.Count + map.Malformed.Count == 0
            ? throw new ImportException("It has no rows.")
            : new(name, map, $"Price list {name}, sha256 {Convert.ToHexStringLower(SHA256.HashData(content.Span))[..12]}", IsWhole: false);
    }
}
