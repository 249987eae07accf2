using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Demo;

/// <summary>What a team tries from a day of the year on; a longer prompt, for instance, has more input tokens.</summary>
internal sealed record DemoVariant(int FromDay, string Name, double InputFactor = 1);

/// <summary>Calls of one workload to one model: how many, how large, and how that changes over the year.</summary>
/// <param name="Model">As the provider reports it.</param>
/// <param name="Requests">On a weekday at the start of the year.</param>
/// <param name="InputTokens">A request, on average.</param>
/// <param name="OutputTokens">A request, on average.</param>
internal sealed record Traffic(string Workload, Approach Approach, string Provider, string Model, int Requests, int InputTokens, int OutputTokens)
{
    /// <summary>Events on a weekday; each covers several requests.</summary>
    public int Events { get; init; } = 8;

    /// <summary>Requests at the end of the year, as a multiple of the start's.</summary>
    public double Growth { get; init; } = 1.5;

    /// <summary>Requests on a Saturday or Sunday, as a share of a weekday's.</summary>
    public double Weekend { get; init; } = 0.4;

    /// <summary>Share of the input read from the provider's prompt cache.</summary>
    public double Cached { get; init; }

    /// <summary>Share of the input written to the provider's prompt cache.</summary>
    public double CacheWrite { get; init; }

    /// <summary>Share of the output spent on reasoning.</summary>
    public double Reasoning { get; init; }

    public ServiceTier Tier { get; init; } = ServiceTier.Standard;

    /// <summary>First day with traffic, by its index in the year.</summary>
    public int FromDay { get; init; }

    /// <summary>First day without traffic again.</summary>
    public int ToDay { get; init; } = int.MaxValue;

    /// <summary>A week of <see cref="SurgeFactor"/> times the traffic begins on this day.</summary>
    public int SurgeDay { get; init; } = int.MinValue;

    public double SurgeFactor { get; init; } = 1.9;

    public IReadOnlyList<DemoVariant> Variants { get; init; } = [];

    /// <summary>The day's events. Every day has at least one, so that no month is without.</summary>
    public IEnumerable<DemoEvent> On(DemoDay day)
    {
        if (day.Index < FromDay || day.Index >= ToDay)
        {
            yield break;
        }

        var name = $"{Workload}:{EnumName.Of(Approach)}:{Model}:{EnumName.Of(Tier)}";
        var random = new SplitMix64(name, day.Index);
        var share = (day.IsWeekend ? Weekend : 1) * (day.Index - SurgeDay is >= 0 and < 7 ? SurgeFactor : 1);
        var requests = Requests * share * (1 + (Growth - 1) * day.Progress) * random.Around(0.15);
        var events = Math.Max(1, (int)(Events * (day.IsWeekend ? Weekend : 1)));
        for (var i = 0; i < events; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{name}:{day.Date:yyyy-MM-dd}:{i}");
            var hour = Tier == ServiceTier.Batch ? 1 + i * 4.0 / events : 6 + (i + random.Fraction()) * 15 / events;
            yield return new DemoEvent(id, Event(day, hour, requests / events * random.Around(0.4), ref random));
        }
    }

    private TokenUsageRecorded Event(DemoDay day, double hour, double covered, ref SplitMix64 random)
    {
        var variant = Variants.LastOrDefault(variant => variant.FromDay <= day.Index);
        var requests = Math.Max(1, (long)covered);
        var input = (long)(requests * InputTokens * (variant?.InputFactor ?? 1) * random.Around(0.2));
        var output = (long)(requests * OutputTokens * random.Around(0.25));
        return new TokenUsageRecorded(
            Workload, Approach, Provider, Model, input, output, day.At(hour),
            (long)(input * Cached), (long)(input * CacheWrite), (long)(output * Reasoning), Tier, requests, variant?.Name,
            random.Fraction() < 0.02 ? Outcome.Failed : Outcome.Succeeded);
    }
}
