using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>How a budget stands, the worst first.</summary>
[JsonConverter(typeof(NamedEnumConverter<BudgetStanding>))]
public enum BudgetStanding
{
    /// <summary>Nothing of it is left.</summary>
    [JsonStringEnumMemberName("exceeded")] Exceeded,

    /// <summary>The figures cannot say: no exchange rate, much usage without a price, or far behind what is recorded.</summary>
    [JsonStringEnumMemberName("untrusted")] Untrusted,

    /// <summary>By the forecast, without what is rough, it will be exceeded when the period ends.</summary>
    [JsonStringEnumMemberName("forecast-over")] ForecastOver,

    /// <summary>Spent and forecast are below it.</summary>
    [JsonStringEnumMemberName("within")] Within,

    /// <summary>It has not begun, is over, or has no figures yet.</summary>
    [JsonStringEnumMemberName("not-now")] NotNow,
}
