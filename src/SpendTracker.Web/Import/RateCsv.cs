using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Web.Import;

/// <summary>
/// List prices in US dollars as CSV, a price a row: <c>sku,meter,price</c>, and as far as needed <c>per</c>, <c>above_tokens</c>,
/// <c>currency</c> and <c>kind</c>. Without <c>per</c> a price of tokens is for a million, and any other for one unit. A SKU with a
/// malformed row is not imported: half of a model's prices would be a wrong total that nobody sees.
/// </summary>
internal sealed class RateCsv
{
    private const decimal PerTokens = 1_000_000;

    private static readonly string[] Columns = ["sku", "meter", "price", "per", "above_tokens", "currency", "kind"];

    private readonly SortedDictionary<string, List<MeterPrice>> _prices = new(StringComparer.Ordinal);
    private readonly List<MalformedEntry> _malformed = [];
    private readonly CsvRows _csv;
    private readonly int[] _columns;

    private RateCsv(CsvRows csv, int[] columns) => (_csv, _columns) = (csv, columns);

    /// <exception cref="ImportException">The file as a whole cannot be imported.</exception>
    public static async Task<PriceMap> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        await using var csv = new CsvRows(content, TimeZoneInfo.Utc);
        var headers = await csv.ReadHeadersAsync(cancellationToken);
        int[] columns = [.. Columns.Select(wanted => Array.FindIndex(headers, header => header.Equals(wanted, StringComparison.OrdinalIgnoreCase)))];
        if (columns.AsSpan(0, 3).Contains(-1))
        {
            throw new ImportException("Its first line must have the columns sku, meter and price. It may have per, above_tokens, currency and kind.");
        }

        return await new RateCsv(csv, columns).ReadAllAsync(cancellationToken);
    }

    private async Task<PriceMap> ReadAllAsync(CancellationToken cancellationToken)
    {
        while (await _csv.ReadAsync(cancellationToken))
        {
            ReadRow();
            if (_prices.Count > PriceMap.MostEntries)
            {
                throw new ImportException(string.Create(CultureInfo.InvariantCulture, $"It has more than {PriceMap.MostEntries:#,0} SKUs. Split it."));
            }
        }

        _malformed.AddRange(_csv.Malformed.Select(row => new MalformedEntry(Line(row.Line), null, row.Field, row.Reason)));
        var wrong = _malformed.Select(entry => entry.Sku).ToHashSet();
        return new(
            [.. _prices.Where(sku => !wrong.Contains(sku.Key)).Select(sku => new ListedRate(sku.Key, sku.Key, sku.Value))], _malformed, [], new Dictionary<string, int>(), []);
    }

    private void ReadRow()
    {
        var sku = Field(0);
        var known = sku.IndexOf('/', StringComparison.Ordinal) > 0;
        var check = new FieldCheck();
        check.That("sku", known, "Must be like provider/model.");
        var meter = Field(1);
        check.That("meter", Meters.Priced.Contains(meter), $"'{JsonShort(meter)}' is no meter. Meters: {string.Join(", ", Meters.Priced)}.");
        var price = Number(check, 2, 0);
        var per = Number(check, 3, Meters.UnitOf(meter) == "tokens" ? PerTokens : 1);
        var above = Number(check, 4, 0);
        check.That("above_tokens", Meters.Steps.Any(step => step == above), $"Must be one of {string.Join(", ", Meters.Steps)}.");
        check.That("currency", Field(5) is "" or RateComparison.MapCurrency, $"Only lists in {RateComparison.MapCurrency} are imported. Publish others by the API.");
        check.That("kind", Field(6) is "" or "list", "Only list prices are imported. Publish a negotiated rate by itself.");
        if (check.Reasons is [var reason, ..])
        {
            _malformed.Add(new(Line(_csv.Line), known ? sku : null, reason.Field, reason.Reason));
            return;
        }

        if (!_prices.TryGetValue(sku, out var prices))
        {
            _prices.Add(sku, prices = []);
        }

        prices.Add(new(meter, per >= 1 ? FieldCheck.PriceWithoutNoise(price, per) : price, per, (int)above));
    }

    private string Field(int column) => _columns[column] < 0 ? "" : _csv.Field(_columns[column]);

    /// <param name="otherwise">Of an empty field that may be.</param>
    private decimal Number(FieldCheck check, int column, decimal otherwise)
    {
        if (column > 2 && Field(column).Length == 0)
        {
            return otherwise;
        }

        check.That(Columns[column], _csv.Text.TryNumber(Field(column), out var number), _csv.Text.Ambiguity(Field(column)) ?? $"'{JsonShort(Field(column))}' is not a number like 2.50.");
        return number;
    }

    private static string JsonShort(string text) => Requests.JsonReasons.Short(text);

    private static string Line(long line) => string.Create(CultureInfo.InvariantCulture, $"Line {line}");
}
