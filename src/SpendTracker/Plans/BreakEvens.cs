using SpendTracker.Contracts;

namespace SpendTracker.Plans;

/// <summary>Works out how two options compare, and when that turns.</summary>
internal static class BreakEvens
{
    private const int Decimals = 6;

    /// <summary>Steps until a value is found. A difference that is linear in the assumption, as most are, takes one.</summary>
    private const int MostSteps = 80;

    /// <summary>After so many, the difference has a step there, where the price changes, and halving is quicker: 10^12 to the seventh decimal takes 64.</summary>
    private const int StepsOfFalsePosition = 16;

    /// <summary>Money closer than this is the same.</summary>
    private const decimal Precision = 0.0000001m;

    /// <summary>Stands for never, above any number of requests.</summary>
    private const decimal Never = decimal.MaxValue;

    public static BreakEven Of(PlanRequest plan, (OptionCost Cost, OptionFigures Figures) one, (OptionCost Cost, OptionFigures Figures) other)
    {
        var (few, many) = one.Cost.AsExpected.Variable >= other.Cost.AsExpected.Variable ? (one.Cost, other.Cost) : (other.Cost, one.Cost);
        var volume = Volume(plan, few.AsExpected, many.AsExpected);
        var (first, later) = one.Figures.Months[0].CumulativeCash.Expected <= other.Figures.Months[0].CumulativeCash.Expected ? (one, other) : (other, one);
        var (cheap, dear) = one.Cost.Expected <= other.Cost.Expected ? (one.Cost, other.Cost) : (other.Cost, one.Cost);
        var difference = dear.Expected - cheap.Expected;
        var crossed = first.Figures.Months.Zip(later.Figures.Months).FirstOrDefault(month => month.Second.CumulativeCash.Expected <= month.First.CumulativeCash.Expected).First?.Month;
        return new BreakEven(
            few.Option.Name, many.Option.Name,
            new BreakEvenVolume(
                Shown(Volume(plan, few.TermsAt(few.Dear), many.TermsAt(many.Cheap))), Shown(volume), Shown(Volume(plan, few.TermsAt(few.Cheap), many.TermsAt(many.Dear)))),
            plan.RequestsPerMonth.Expected >= volume, first.Cost.Option.Name,
            new BreakEvenMonth(
                NameOf(Crossings(plan, first.Cost.TermsAt(first.Cost.Dear), later.Cost.TermsAt(later.Cost.Cheap)).Min()), crossed,
                NameOf(Crossings(plan, first.Cost.TermsAt(first.Cost.Cheap), later.Cost.TermsAt(later.Cost.Dear)).Max())),
            Math.Round(difference, Decimals), SensitivityOf([.. PlanAssumptions.Shared(plan), .. InOrder(plan, one.Cost, other.Cost)], dear, cheap, difference),
            difference == 0 ? null : cheap.Option.Name);

        string? NameOf(int month) => month < plan.Months ? first.Figures.Months[month].Month : null;
    }

    /// <summary>The requests a month from which an option costs less: what more it costs in a month without requests ÷ what each request saves. 0 is always, null is never.</summary>
    internal static decimal? VolumeFrom(decimal more, decimal saved) => saved <= 0 ? null : more <= 0 ? 0 : more / saved;

    private static decimal Volume(PlanRequest plan, PlanTerms few, PlanTerms many) =>
        VolumeFrom(many.Fixed(plan) - few.Fixed(plan), few.Variable - many.Variable) ?? Never;

    /// <summary>The month, from 0, by whose end no more has been paid for the second, for each choice of the requests; the plan's months where there is none. Tax changes no sign.</summary>
    private static IEnumerable<int> Crossings(PlanRequest plan, PlanTerms first, PlanTerms later)
    {
        foreach (var choice in OptionCost.Choices(PlanAssumptions.Shared(plan).Where(named => named.Field != "taxPercent"), a => a.Expected))
        {
            var requests = PlanArithmetic.RequestsByMonth(plan, choice);
            var (month, ahead) = (0, later.Cash(0, requests[0]) - first.Cash(0, requests[0]));
            while (ahead > 0 && ++month < plan.Months)
            {
                ahead += later.Cash(month, requests[month]) - first.Cash(month, requests[month]);
            }

            yield return month;
        }
    }

    private static IEnumerable<NamedAssumption> InOrder(PlanRequest plan, OptionCost one, OptionCost other) =>
        plan.Options.SelectMany(option => ReferenceEquals(option, one.Option) ? one.Own : ReferenceEquals(option, other.Option) ? other.Own : []);

    private static decimal? Shown(decimal volume) => volume == Never ? null : Math.Round(volume, Decimals);

    /// <summary>Sorted by how far the difference moves within an assumption's range; those without a range come last.</summary>
    private static PlanSensitivity[] SensitivityOf(IEnumerable<NamedAssumption> assumptions, OptionCost dear, OptionCost cheap, decimal now)
    {
        var shown = Math.Round(now, Decimals);
        return
        [
            .. assumptions
                .Select(named => new PlanSensitivity(named.Field, At(named, named.Value.Low), At(named, named.Value.High), TurnsAt(named, now, dear, cheap)))
                .Where(moved => moved.AtLow != shown || moved.AtHigh != shown || moved.TurnsAt is not null)
                .OrderByDescending(moved => Math.Abs(moved.AtHigh - moved.AtLow)).ThenBy(moved => moved.Field, StringComparer.Ordinal),
        ];

        decimal At(NamedAssumption named, decimal end) =>
            dear.AtEnd(named, end) - cheap.AtEnd(named, end) is { } difference ? Math.Round(difference, Decimals) : throw new OverflowException();
    }

    /// <summary>Found between what is expected and the nearer limit of the assumption beyond which the difference has the other sign.</summary>
    private static decimal? TurnsAt(NamedAssumption named, decimal now, OptionCost dear, OptionCost cheap)
    {
        // The price of one token is closer to 0 than money is.
        var precision = named.Decimals == 6 ? Precision : Precision / 1_000_000;

        if (now == 0)
        {
            return named.Value.Expected;
        }

        var found = ((decimal[])[named.Least, named.Most]).Select(Between).OfType<decimal>().ToArray();
        return found.Length == 0 ? null : Math.Round(found.MinBy(value => Math.Abs(value - named.Value.Expected)), named.Decimals);

        decimal? Between(decimal limit)
        {
            if (dear.AtEnd(named, limit) - cheap.AtEnd(named, limit) is not { } beyond || Math.Sign(beyond) == Math.Sign(now))
            {
                return null;
            }

            // False position: where a line through both ends crosses zero. An end that stays twice weighs half, so that both move
            // (the Illinois rule; Dowell and Jarratt, BIT 11, 1971).
            var (kept, atKept, moved, atMoved) = (named.Value.Expected, now, limit, beyond);
            for (var i = 0; i < MostSteps && Math.Abs(moved - kept) > precision && Math.Abs(atMoved) > Precision; i++)
            {
                var crossing = i < StepsOfFalsePosition ? moved - (atMoved * ((moved - kept) / (atMoved - atKept))) : (kept + moved) / 2;
                if (At(crossing) is not { } there)
                {
                    return null;
                }

                (kept, atKept) = Math.Sign(there) == Math.Sign(atMoved) ? (kept, atKept / 2) : (moved, atMoved);
                (moved, atMoved) = (crossing, there);
            }

            return moved;
        }

        // At a limit an amount may be larger than a decimal can count.
        decimal? At(decimal value)
        {
            try
            {
                return dear.With(named, value) - cheap.With(named, value);
            }
            catch (OverflowException)
            {
                return null;
            }
        }
    }
}
