using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>What an import of prices or exchange rates found, and did.</summary>
/// <param name="Diff">What is new, changed, gone or malformed.</param>
/// <param name="Effect">What it would do to costs so far; null where it was published, or there is nothing to publish.</param>
/// <param name="Published">How many SKUs, or currencies, got a publication; 0 on a dry run.</param>
/// <param name="Overtaken">For which somebody else has published meanwhile; nothing was published here. Import again.</param>
/// <typeparam name="T">What is compared: <see cref="RateDiff"/> or <see cref="ExchangeRateDiff"/>.</typeparam>
public sealed record ImportResponse<T>(T Diff, PreviewResponse? Effect, int Published, IReadOnlyList<string> Overtaken);

/// <summary>What publishing a price map from a day on would do to the list prices in the book.</summary>
/// <param name="From">The first day that the prices would hold for.</param>
/// <param name="Source">What the publications would name as theirs.</param>
/// <param name="New">Prices of meters that have none on that day.</param>
/// <param name="Changed">Prices that would be superseded.</param>
/// <param name="Gone">Prices from an earlier import that the file no longer has. They stay; withdrawing is for a person.</param>
/// <param name="Unchanged">How many prices are as they are.</param>
/// <param name="Malformed">Entries that cannot be imported.</param>
/// <param name="Rounded">Prices that ended in the noise of a double, which was cut off.</param>
/// <param name="NotPriced">How many entries have nothing that is counted here, by reason.</param>
/// <param name="LeftOut">Prices of entries that are not carried over, member by member.</param>
public sealed record RateDiff(
    DateOnly From, string Source, IReadOnlyList<PriceChange> New, IReadOnlyList<PriceChange> Changed, IReadOnlyList<PriceChange> Gone, int Unchanged,
    IReadOnlyList<MalformedEntry> Malformed, IReadOnlyList<MalformedEntry> Rounded, IReadOnlyDictionary<string, int> NotPriced, IReadOnlyList<LeftOutPrice> LeftOut)
{
    /// <summary>Entries whose prices are all 0: the list knows no price, or it is free. They are published only where that is asked for.</summary>
    public IReadOnlyList<ZeroEntry> UnknownOrFree { get; init; } = [];

    /// <summary>SKUs that several entries mean, and whose prices are taken.</summary>
    public IReadOnlyList<SharedSku> Shared { get; init; } = [];

    /// <summary>In no answer, for the host alone: what would be published, each with the version of its stream that this was found on; of one SKU several days' are together.</summary>
    [JsonIgnore]
    public IReadOnlyList<(RatePublished Rate, long Version)> Publications { get; init; } = [];

    /// <summary>How many there are beyond those that are named, by the list that they would be in; null where all are named.</summary>
    public IReadOnlyDictionary<string, int>? More { get; init; }
}

/// <summary>One price that an import adds, changes, or no longer finds.</summary>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Meter">What is measured, e.g. <c>input-tokens</c>.</param>
/// <param name="AboveTokens">For requests with more input tokens than this.</param>
/// <param name="Per">How many units the prices are for: 1,000,000 tokens, or 1 request.</param>
/// <param name="Before">What the book has for the day; null where it has none.</param>
/// <param name="After">What the file has; null where it has none.</param>
/// <param name="Percent">How much it changes; null where there is nothing to compare with: before, it was 0, or in another currency.</param>
/// <param name="Large">Whether somebody should look twice: it changes by more than 25 %, or cannot be compared.</param>
/// <param name="BeforeCurrency">Of the price before.</param>
/// <param name="BeforeSource">Where the price before is from.</param>
public sealed record PriceChange(
    string Sku, string Meter, int AboveTokens, decimal Per, decimal? Before, decimal? After, decimal? Percent, bool Large,
    string? BeforeCurrency, string? BeforeSource)
{
    /// <summary>A change by more is large: per cent of the price before.</summary>
    public const decimal LargePercent = 25;

    /// <summary>What of the meter, and of its parts, the file asks other prices for: such usage would be priced incompletely.</summary>
    public IReadOnlyList<NotCarriedPrice> NotCarried { get; init; } = [];
}

/// <summary>A member of an entry that has a price which is not carried over.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Member">The member of the list.</param>
public sealed record LeftOutPrice(string Model, string? Sku, string Member);

/// <summary>An entry that cannot be imported.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Sku">What it would price; null where that cannot be told.</param>
/// <param name="Field">The member that is wrong; empty where it is the entry as a whole.</param>
/// <param name="Reason">Why.</param>
public sealed record MalformedEntry(string Model, string? Sku, string Field, string Reason);

/// <summary>Several entries that mean one SKU.</summary>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Models">The entries' names in the file.</param>
/// <param name="Taken">Whose prices are taken: the one's that is named as the SKU, or the first's where all say the same. Null where they disagree: none's.</param>
public sealed record SharedSku(string Sku, IReadOnlyList<string> Models, string? Taken);

/// <summary>An entry that has nothing but zeros.</summary>
/// <param name="Model">The entry's name in the file.</param>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
public sealed record ZeroEntry(string Model, string Sku);

/// <summary>What publishing a file of exchange rates would do.</summary>
/// <param name="New">Rates of days that have none.</param>
/// <param name="Changed">Rates that would be superseded.</param>
/// <param name="Unchanged">How many are published already.</param>
/// <param name="Malformed">What cannot be read, and why.</param>
/// <param name="Skipped">How many were passed by, by the reason.</param>
public sealed record ExchangeRateDiff(
    IReadOnlyList<ExchangeRateChange> New, IReadOnlyList<ExchangeRateChange> Changed, int Unchanged, IReadOnlyList<MalformedRow> Malformed,
    IReadOnlyDictionary<string, int> Skipped)
{
    /// <summary>In no answer, for the host alone: what would be published, by currency, with the version of its stream that this was found on.</summary>
    [JsonIgnore]
    public IReadOnlyList<(IReadOnlyList<ExchangeRatePublished> Rates, long Version)> Publications { get; init; } = [];
}

/// <summary>One rate that an import adds or changes.</summary>
/// <param name="Currency">The currency that is exchanged: an ISO 4217 code.</param>
/// <param name="Date">The day.</param>
/// <param name="Before">What is published for the same day; null where nothing is.</param>
/// <param name="After">What the file has for it.</param>
/// <param name="Percent">How much it changes.</param>
/// <param name="Large">Whether it changes by more than 25 %.</param>
public sealed record ExchangeRateChange(string Currency, DateOnly Date, decimal? Before, decimal After, decimal? Percent, bool Large);

/// <summary>A row, or a field of one, that cannot be imported.</summary>
/// <param name="Line">The line of the file, from 1.</param>
/// <param name="Field">The name of the field.</param>
/// <param name="Reason">Why.</param>
public sealed record MalformedRow(long Line, string Field, string Reason);
