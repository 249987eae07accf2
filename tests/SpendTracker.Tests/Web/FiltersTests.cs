using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Web.Requests;

namespace SpendTracker.Tests.Web;

/// <summary>The state of the filter bar, which is an address.</summary>
public sealed class FiltersTests
{
    private static readonly Gen<string> Texts = from length in Gen.Choose(1, 6)
                                                from signs in Gen.Elements("abcXYZ0 &=?#%+,;/\\\"'<>–äß日🦊-_()[]".EnumerateRunes().Select(rune => rune.ToString()).ToArray()).ListOf(length)
                                                let text = string.Concat(signs).Trim()
                                                where text.Length > 0
                                                select text;

    private static readonly Gen<Filters> Any =
        from period in Gen.Elements([null, .. Enum.GetValues<PeriodName>().Cast<PeriodName?>()])
        from hasSpan in Gen.Elements(true, false)
        from first in Gen.Choose(0, 2_000)
        from months in Gen.Choose(0, 30)
        from day in Gen.Choose(-1, 5_000)
        from values in Gen.Zip(Gen.Elements("team", "workload", "model", "environment", "cost-centre", "variant", "tag.product", "tag.it's&=%"), Texts).ListOf()
        from approaches in Gen.SubListOf("prompt-engineering", "fine-tuning", "hybrid")
        let begin = BillingPeriod.Of(new DateOnly(2000, 1, 1).AddMonths(first))
        let inMonths = hasSpan ? Filters.None.In(begin, BillingPeriod.Of(begin.Start.AddMonths(months))) : Filters.None.In(period)
        let known = inMonths.AsKnownOn(day < 0 ? null : new DateOnly(2020, 1, 1).AddDays(day)).With("approach", [.. approaches])
        select values.GroupBy(value => value.Item1, value => value.Item2).Aggregate(known, (filters, dimension) => filters.With(dimension.Key, [.. dimension]));

    [Fact]
    public void What_is_read_of_an_address_is_what_was_written_into_it() => Prop.ForAll(Any.ToArbitrary(), filters =>
    {
        var read = Filters.Read(filters.ToString());
        Assert.Equal(filters, read);
        Assert.Equal(filters.ToString(), read.ToString());
        Assert.Empty(read.Problems);
        Assert.Equal(filters, Filters.Read($"?unknown=1&{filters}&by=team"));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void What_is_chosen_and_taken_away_again_leaves_everything_as_it_was() => Prop.ForAll(Any.ToArbitrary(), filters =>
    {
        foreach (var (dimension, value) in filters.Conditions)
        {
            var without = filters.Without(dimension, value);
            Assert.False(without.Has(dimension, value));
            Assert.Equal(filters.Count - 1, without.Count);
            Assert.Equal(filters, without.With(dimension, [.. without.Where.GetValueOrDefault(dimension, []), value]));
        }

        Assert.Equal(filters.In(null).AsKnownOn(null).Only([]), Filters.None);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Theory]
    [InlineData("", "")]
    [InlineData("?month=2026-11", "month=2026-11")]
    [InlineData("?from=2026-09&to=2026-11", "from=2026-09&to=2026-11")]
    [InlineData("?from=2026-09", "month=2026-09")]
    [InlineData("?to=2026-09", "month=2026-09")]
    [InlineData("?from=&to=&month=&team=&knownOn=", "")]
    [InlineData("?period=last-3&from=2026-09&to=2026-11", "from=2026-09&to=2026-11")]
    [InlineData("?where=team%3DSupport&where=team%3DA%3DB", "team=A%3DB&team=Support")]
    [InlineData("?team=B&workload=w&team=A&team=B", "team=A&team=B&workload=w")]
    public void Other_ways_to_write_the_same_are_read(string query, string text)
    {
        var read = Filters.Read(query);
        Assert.Equal(text, read.ToString());
        Assert.Empty(read.Problems);
    }

    [Theory]
    [InlineData("?month=2026-13", "2026-13")]
    [InlineData("?from=never", "never")]
    [InlineData("?from=2026-11&to=2026-09", "before the first")]
    [InlineData("?period=last-5", "last-5")]
    [InlineData("?approach=magic", "magic")]
    [InlineData("?component=glue", "glue")]
    [InlineData("?where=planet%3DMars", "planet")]
    [InlineData("?knownOn=2026-02-30", "2026-02-30")]
    public void What_cannot_be_read_is_named_and_does_not_count(string query, string named)
    {
        var read = Filters.Read(query);
        Assert.Contains(named, Assert.Single(read.Problems), StringComparison.Ordinal);
        Assert.Equal("", read.ToString());
    }

    [Theory]
    [InlineData(PeriodName.ThisMonth, 1, "2026-02", "2026-02")]
    [InlineData(PeriodName.LastMonth, 1, "2026-01", "2026-01")]
    [InlineData(PeriodName.LastThree, 1, "2025-12", "2026-02")]
    [InlineData(PeriodName.LastTwelve, 1, "2025-03", "2026-02")]
    [InlineData(PeriodName.FiscalYear, 1, "2026-01", "2026-12")]
    [InlineData(PeriodName.FiscalYear, 4, "2025-04", "2026-03")]
    [InlineData(PeriodName.FiscalYear, 2, "2026-02", "2027-01")]
    [InlineData(PeriodName.YearToDate, 4, "2025-04", "2026-02")]
    public void A_name_of_months_goes_along_with_the_calendar(PeriodName name, int fiscalYearStart, string first, string last)
    {
        var months = Filters.None.In(name).Months(new BillingPeriod(2026, 2), fiscalYearStart);
        Assert.Equal((first, last), (months!.Value.First.ToString(), months.Value.Last.ToString()));
    }
}
