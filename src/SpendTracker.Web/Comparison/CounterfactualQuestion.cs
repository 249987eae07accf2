using System.Globalization;
using SpendTracker.Comparison;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Comparison;

/// <summary>The fields of the page's question, as they were typed.</summary>
public sealed record CounterfactualFields(string? Month, string? Approach, string? AsApproach, string? Sku, string? Tier, string? Cached, string? Tokens)
{
    /// <summary>Whether anything is said that had been different.</summary>
    public bool IsAsked => AsApproach is not null || Sku is not null || Tier is not null || Cached is not null || Tokens is not null;
}

/// <summary>Reads the fields of a counterfactual.</summary>
internal static class CounterfactualQuestion
{
    /// <summary>A number, or three with dashes between: low, expected and high.</summary>
    public const string RangePattern = "[0-9.]+(-[0-9.]+-[0-9.]+)?";

    /// <returns>Null where something cannot be read, or makes no sense; the check has why.</returns>
    public static CounterfactualRequest? Read(FieldCheck check, string workload, CounterfactualFields fields)
    {
        var asked = Counterfactual.AsAsked(new CounterfactualRequest(
            fields.Month ?? "", workload, check.OptionalEnum<Approach>("approach", fields.Approach), null, fields.Sku, check.OptionalEnum<ServiceTier>("serviceTier", fields.Tier),
            Range(check, "cachedShare", fields.Cached), Range(check, "tokenFactor", fields.Tokens), check.OptionalEnum<Approach>("asApproach", fields.AsApproach)));
        if (check.Reasons.Count == 0)
        {
            check.Add(Counterfactual.Check(asked));
        }

        return check.Reasons.Count == 0 ? asked : null;
    }

    private static Assumption? Range(FieldCheck check, string field, string? text)
    {
        if (text is null)
        {
            return null;
        }

        var numbers = text.Split('-', StringSplitOptions.TrimEntries)
            .Select(part => decimal.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : (decimal?)null).ToArray();
        switch (numbers)
        {
            case [{ } value]:
                return new Assumption(value);
            case [{ } low, { } expected, { } high]:
                return new Assumption(low, expected, high);
            default:
                check.That(field, false, "Must be a number like 0.5, or low, expected and high like 0.3-0.5-0.8.");
                return null;
        }
    }
}
