using System.Globalization;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Import;

/// <summary>
/// Exchange rates as CSV: <c>currency,date,rate[,source]</c>, a rate a row, in units of the reporting currency; or the European
/// Central Bank's file of reference rates, a day a row and a currency a column, in units for one euro.
/// </summary>
internal sealed class ExchangeRateCsv(CsvRows csv)
{
    private const string EuropeanCentralBank = "European Central Bank, euro foreign exchange reference rates";
    private const string Euro = "EUR";
    private const int Decimals = 10;

    private readonly List<ExchangeRateRow> _rows = [];
    private readonly SortedDictionary<string, int> _skipped = new(StringComparer.Ordinal);

    /// <exception cref="ImportException">The file as a whole cannot be imported.</exception>
    public static async Task<ExchangeRateFile> ReadAsync(
        Stream content, string name, OrganisationSettings settings, ExchangeRateChoice choice, CancellationToken cancellationToken)
    {
        await using var csv = new CsvRows(content, settings.ReportingTimeZone);
        return await new ExchangeRateCsv(csv).ReadAllAsync(name, settings.ReportingCurrency, choice, cancellationToken);
    }

    private async Task<ExchangeRateFile> ReadAllAsync(string name, string reportingCurrency, ExchangeRateChoice choice, CancellationToken cancellationToken)
    {
        var headers = await csv.ReadHeadersAsync(cancellationToken);
        var central = headers is ["Date", _, ..];
        int[] columns = [.. ((string[])["currency", "date", "rate", "source"]).Select(wanted => Array.IndexOf(headers, wanted))];
        if (!central && columns.AsSpan(0, 3).Contains(-1))
        {
            throw new ImportException("Its first line must be currency,date,rate or currency,date,rate,source, or that of the European Central Bank's file: Date and a column for each currency.");
        }

        if (central && reportingCurrency != Euro && !headers.Contains(reportingCurrency))
        {
            throw new ImportException($"It has no column for the reporting currency, {reportingCurrency}.");
        }

        while (await csv.ReadAsync(cancellationToken))
        {
            if (central)
            {
                ReadDay(headers, reportingCurrency, choice);
            }
            else
            {
                ReadRate(columns, choice);
            }
        }

        return new(central ? $"{EuropeanCentralBank}, {name}" : name, _rows, csv.Malformed, _skipped);
    }

    private void ReadRate(int[] columns, ExchangeRateChoice choice)
    {
        var currency = Currency.CodeOf(csv.Field(columns[0]));
        var date = Date(columns[1], "date");
        var rate = Number(columns[2], "rate");
        if (date is { } day && rate is { } number && choice.Has(currency, day) && !IsSkipped(currency, day))
        {
            _rows.Add(new(csv.Line, currency, day, number, columns[3] >= 0 && csv.Field(columns[3]) is { Length: > 0 } source ? source : null));
        }
    }

    /// <summary>Of a currency and the reporting currency, both in units for one euro, the cross rate; rounded, since it is a quotient.</summary>
    private void ReadDay(string[] headers, string reportingCurrency, ExchangeRateChoice choice)
    {
        if (Date(0, headers[0]) is not { } day)
        {
            return;
        }

        var perEuro = new Dictionary<string, decimal> { [Euro] = 1 };
        for (var i = 1; i < headers.Length; i++)
        {
            // The bank writes N/A where a currency was not quoted on a day, and ends each line with a comma.
            if (headers[i].Length > 0 && csv.Field(i) is not ("" or "N/A") && (choice.Has(headers[i], day) || headers[i] == reportingCurrency) && Number(i, headers[i]) is { } rate)
            {
                if (rate > 0)
                {
                    perEuro[headers[i]] = rate;
                }
                else
                {
                    csv.Refuse(headers[i], "Must be above 0.");
                }
            }
        }

        if (!perEuro.TryGetValue(reportingCurrency, out var reporting))
        {
            if (choice.HasDay(day))
            {
                csv.Refuse(reportingCurrency, "The day has no rate of the reporting currency.");
            }

            return;
        }

        foreach (var (currency, rate) in perEuro.Where(rate => rate.Key != reportingCurrency && choice.Has(rate.Key, day) && !IsSkipped(rate.Key, day)))
        {
            _rows.Add(new(csv.Line, currency, day, Math.Round(reporting / rate, Decimals), null));
        }
    }

    /// <summary>A history goes back to currencies that are no more, and to days that costs are not kept for.</summary>
    private bool IsSkipped(string currency, DateOnly day)
    {
        var reason = Currency.IsFormer(currency) ? $"{currency} is no more"
            : day.Year < BillingPeriod.FirstYear ? string.Create(CultureInfo.InvariantCulture, $"before {BillingPeriod.FirstYear}-01-01")
            : null;
        if (reason is not null)
        {
            _skipped[reason] = _skipped.GetValueOrDefault(reason) + 1;
        }

        return reason is not null;
    }

    private DateOnly? Date(int column, string field)
    {
        if (csv.Text.TryDay(csv.Field(column), out var date))
        {
            return date;
        }

        csv.Refuse(field, $"'{JsonReasons.Short(csv.Field(column))}' is not a day like 2026-01-31.");
        return null;
    }

    private decimal? Number(int column, string field)
    {
        if (csv.Text.TryNumber(csv.Field(column), out var number))
        {
            return number;
        }

        csv.Refuse(field, csv.Text.Ambiguity(csv.Field(column)) ?? $"'{JsonReasons.Short(csv.Field(column))}' is not a number like 1.0837.");
        return null;
    }
}

/// <summary>Which of a file's rates are wanted.</summary>
/// <param name="From">None of earlier days; null for all.</param>
/// <param name="Currencies">Only these; all where there are none.</param>
internal sealed record ExchangeRateChoice(DateOnly? From, IReadOnlyCollection<string> Currencies)
{
    public bool Has(string currency, DateOnly day) => HasDay(day) && (Currencies.Count == 0 || Currencies.Contains(currency));

    public bool HasDay(DateOnly day) => From is null || day >= From;
}
