using System.Globalization;
using SpendTracker.Comparison;
using SpendTracker.Costs;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Comparison;

/// <summary>What is compared, as the API, the page and the command line are asked.</summary>
internal static class CompareQuestion
{
    /// <param name="asked">Months, conditions like <c>workload=chat</c>, a day, a number of months, a metric; what is null is as by default.</param>
    /// <returns>Null where something cannot be read; the check has why.</returns>
    public static async Task<ComparisonFilter?> ReadAsync(
        FieldCheck check, (string? From, string? To, IReadOnlyList<string> Where, string? KnownOn, string? AmortisationMonths, string? Quality) asked,
            KnownOn days, CancellationToken cancellationToken)
    {
        var months = Amortisation.DefaultMonths;
        check.That(
            "amortisationMonths", string.IsNullOrEmpty(asked.AmortisationMonths)
                || (int.TryParse(asked.AmortisationMonths, NumberStyles.None, CultureInfo.InvariantCulture, out months)
                    && months is >= Amortisation.LeastMonths and <= Amortisation.MostMonths),
            $"Must be a whole number from {Amortisation.LeastMonths} to {Amortisation.MostMonths}.");
        check.OptionalText("quality", asked.Quality, TextLength.Name);
        var costs = await SpanAsync(check, (asked.From, asked.To, asked.Where, asked.KnownOn), days, cancellationToken);
        return costs is null || check.Reasons.Count > 0 ? null : new ComparisonFilter(costs, months, string.IsNullOrEmpty(asked.Quality) ? null
            : asked.Quality);
    }

    /// <summary>Months and conditions, by the conventions of costs.</summary>
    public static async Task<CostFilter?> SpanAsync(
        FieldCheck check, (string? From, string? To, IReadOnlyList<string> Where, string? KnownOn) asked, KnownOn days, CancellationToken cancellationToken)
    {
        var question = await CostQuestion.ReadAsync(check, (asked.From, asked.To, null, asked.Where, asked.KnownOn), days, cancellationToken);
        check.That(
            "where", question?.Filter.Where.Keys.All(name => CostDimension.IsOneOf(Comparisons.Dimensions, name)) != false,
                $"What is compared can be narrowed by {string.Join(", ", Comparisons.Dimensions)}, {CostDimension.TagPrefix}NAME.");
        return check.Reasons.Count > 0 ? null : question!.Filter;
    }

    /// <summary>The hours of the night, like <c>22-6</c>.</summary>
    public static (int From, int To) Night(FieldCheck check, string? text)
    {
        var (from, to) = (HostingArithmetic.DefaultNightFrom, HostingArithmetic.DefaultNightTo);
        check.That(
            "night", string.IsNullOrEmpty(text) || (text.Split('-') is [var first, var last] && IsHour(first, out from) && IsHour(last, out to) && from != to),
            "Must be two hours of the day like 22-6: the first of the night, and the first of the day.");
        return (from, to);

        static bool IsHour(string text, out int hour) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out hour) && hour is >= 0 and < 24;
    }
}
