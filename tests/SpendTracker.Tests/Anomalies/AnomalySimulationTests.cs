using System.Globalization;
using SpendTracker.Anomalies;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Anomalies;

/// <summary>
/// How often the rule is wrong, and how fast it is right, over made-up workloads. The figures are in tests/README.md; the
/// generator's seeds are fixed, so a figure moves only when the rule or the generator does.
/// </summary>
public sealed class AnomalySimulationTests(ITestOutputHelper output)
{
    private static readonly int Workloads = int.Parse(Environment.GetEnvironmentVariable("SPENDTRACKER_ANOMALY_WORKLOADS") ?? "100", CultureInfo.InvariantCulture);
    private const int FirstSeed = 0;
    private const int WarmUp = 140;
    private const int Year = 365;

    private static readonly DateOnly First = new(2024, 1, 1);

    [Theory]
    [InlineData(Kind.Lognormal, 0, 0.5)]
    [InlineData(Kind.Mix, 0.05, 1)]
    [InlineData(Kind.HeavyTails, 0.3, 1.3)] // About one: on 100 workloads it is known to a fifth.
    public void False_alarms_of_50_workloads_a_month_are_few(Kind kind, double least, double most)
    {
        var alarms = Seeds.Sum(seed => FoundIn(new Workload(kind, seed).Days(WarmUp + Year)).Count(found => found.Day >= First.AddDays(WarmUp)));

        Assert.InRange(AMonth(alarms, $"{kind}"), least, most);
    }

    [Theory]
    [InlineData(Kind.Mix, 0.3)]
    [InlineData(Kind.HeavyTails, 0.3)]
    public void The_meters_of_50_workloads_add_few_false_alarms(Kind kind, double most)
    {
        var alarms = Seeds.Sum(seed => ToldOf(new Workload(kind, seed).Parts(WarmUp + Year)).Count(told => told.Part is not null && told.Day >= First.AddDays(WarmUp)));

        Assert.InRange(AMonth(alarms, $"{kind}, by meters"), 0, most);
    }

    [Theory]
    [InlineData(Kind.Lognormal, 0.5)]
    [InlineData(Kind.Mix, 1)]
    public void False_alarms_of_50_workloads_a_month_in_their_first_84_days_are_few(Kind kind, double most)
    {
        // Half of them grow from a fifth within 10 to 40 days.
        var alarms = Seeds.Sum(seed => ToldOf(new Workload(kind, seed).NewParts(84)).Count);

        var perMonth = alarms / (Workloads / 50.0) / (56 / 30.4);
        output.WriteLine($"{kind}, days 28 to 83 of use: {perMonth:0.00} false alarms a month of 50 workloads, meters included");
        Assert.InRange(perMonth, 0, most);
    }

    [Fact]
    public void A_day_of_a_tenth_of_a_quiet_workload_is_found_and_a_day_of_four_times_in_its_fifth_to_twelfth_week()
    {
        int Found(decimal times, int old, AnomalyKind kind) => Quiet.Count(workload =>
        {
            var amounts = workload.Days(old + 1);
            amounts[^1] *= times;
            return FoundIn(amounts).Any(found => found.Day == First.AddDays(old) && found.Kind == kind);
        });
        var (tenth, third, young, at35, at70) = (
            Found(0.1m, WarmUp, AnomalyKind.Fall), Found(0.3m, WarmUp, AnomalyKind.Fall), Found(0.1m, 60, AnomalyKind.Fall), Found(4, 35, AnomalyKind.Spike), Found(4, 70, AnomalyKind.Spike));
        output.WriteLine($"Of {Workloads} steady workloads: {tenth} days of a tenth found, {third} of three tenths, {young} of a tenth on day 60; a day of four times on day 35 {at35}, on day 70 {at70}");
        Assert.InRange(tenth, Workloads * 85 / 100, Workloads);
        Assert.InRange(at70, Workloads * 60 / 100, Workloads);
    }

    [Fact]
    public void A_meter_of_a_quiet_workload_that_costs_four_times_as_much_is_found_where_the_workload_is_not()
    {
        var (found, byWorkload, told) = MetersFound(times: 4, days: 3);
        output.WriteLine($"{found} of {Workloads} meters of 4 times found within 3 days, {byWorkload} by the workload; {told:0.00} told in a week");
        Assert.InRange(found, byWorkload + (Workloads * 30 / 100), Workloads);
        Assert.InRange(told, 1, 1.1);
        (found, byWorkload, told) = MetersFound(times: 2, days: 3);
        output.WriteLine($"{found} of {Workloads} doublings of a meter found within 3 days, {byWorkload} by the workload; {told:0.00} told in a week");
        Assert.InRange(found, byWorkload + (Workloads * 20 / 100), Workloads);
    }

    [Fact]
    public void A_doubling_of_a_quiet_workload_is_found_within_3_days_in_85_of_100()
    {
        var found = Enumerable.Range(FirstSeed, 20 * Workloads).Select(seed => new Workload(Kind.Lognormal, seed)).Where(workload => workload.IsQuiet).Take(Workloads)
            .Count(workload => FoundWithin(workload, times: 2, days: 3));

        output.WriteLine($"{found} of {Workloads} doublings found within 3 days");
        Assert.InRange(found, Workloads * 85 / 100, Workloads);
    }

    [Fact]
    public void Half_as_much_again_in_a_quiet_workload_is_found_within_14_days_in_85_of_100()
    {
        var found = Enumerable.Range(FirstSeed, 20 * Workloads).Select(seed => new Workload(Kind.Lognormal, seed)).Where(workload => workload.IsQuiet).Take(Workloads)
            .Count(workload => FoundWithin(workload, times: 1.5m, days: 14));

        output.WriteLine($"{found} of {Workloads} rises by half found within 14 days");
        Assert.InRange(found, Workloads * 85 / 100, Workloads);
    }

    private static IEnumerable<Workload> Quiet =>
        Enumerable.Range(FirstSeed, 20 * Workloads).Select(seed => new Workload(Kind.Lognormal, seed)).Where(workload => workload.IsQuiet).Take(Workloads);

    private static IEnumerable<int> Seeds => Enumerable.Range(FirstSeed, Workloads);

    private double AMonth(int alarms, string of)
    {
        var perMonth = alarms / (Workloads / 50.0) / 12;
        output.WriteLine($"{of}: {perMonth:0.00} false alarms a month of 50 workloads");
        return perMonth;
    }

    /// <summary>One meter, of a tenth to half of a quiet workload, costs more from a day on.</summary>
    /// <returns>How many are found within days; how many by the workload's own day; and how many times each that is found is told in a week.</returns>
    private static (int Found, int ByWorkload, double Told) MetersFound(decimal times, int days)
    {
        var (found, byWorkload, tellings, everTold, left) = (0, 0, 0, 0, Workloads);
        foreach (var workload in Enumerable.Range(FirstSeed, 20 * Workloads).Select(seed => new Workload(Kind.Lognormal, seed)).Where(workload => workload.IsQuiet))
        {
            var parts = workload.Parts(WarmUp + 7);
            var total = parts.Sum(part => part.Sum());
            if (Array.Find(parts, part => part.Sum() / total is >= 0.1m and <= 0.5m) is not { } part)
            {
                continue;
            }

            for (var day = WarmUp; day < part.Length; day++)
            {
                part[day] *= times;
            }

            var soon = ToldOf([.. parts.Select(costs => costs[..(WarmUp + days)])]).Where(told => told.Day >= First.AddDays(WarmUp)).ToArray();
            var later = ToldOf(parts).Count(told => told.Day >= First.AddDays(WarmUp));
            (found, byWorkload, tellings, everTold) = (found + (soon.Length > 0 ? 1 : 0), byWorkload + (soon.Any(told => told.Part is null) ? 1 : 0), tellings + later, everTold + (later > 0 ? 1 : 0));
            if (--left == 0)
            {
                break;
            }
        }

        return (found, byWorkload, everTold == 0 ? 0 : (double)tellings / everTold);
    }

    /// <summary>Of a workload and its parts, as a watch tells it day by day.</summary>
    private static IReadOnlyList<AnomalyFinding> ToldOf(decimal[][] parts)
    {
        AnomalyDay[] whole = [.. Enumerable.Range(0, parts[0].Length).Select(day => parts.Sum(part => part[day])).Append(0).Select(amount => new AnomalyDay(amount, true))];
        var own = parts.Select((costs, at) => (new SkuMeter("sku", $"{at}"), (decimal[])[.. costs, 0])).ToArray();
        return AnomalyJudgement.ToTell([.. AnomalyRule.Find(First, whole), .. PartRule.Find(First, whole, own)], []);
    }

    private static bool FoundWithin(Workload workload, decimal times, int days)
    {
        var amounts = workload.Days(WarmUp + days);
        for (var day = WarmUp; day < amounts.Length; day++)
        {
            amounts[day] *= times;
        }

        return FoundIn(amounts).Any(found => found.Kind != AnomalyKind.Silence && found.Day >= First.AddDays(WarmUp));
    }

    /// <summary>As it is known on the day after the last one.</summary>
    private static IReadOnlyList<AnomalyFinding> FoundIn(decimal[] amounts) => AnomalyRule.Find(First, [.. amounts.Append(0).Select(amount => new AnomalyDay(amount, amount > 0))]);

    public enum Kind
    {
        Lognormal,

        /// <summary>Noise of Student's t with 4 degrees of freedom on the logarithmic scale.</summary>
        HeavyTails,

        /// <summary>One in ten runs once a week, one in ten is the same every day, two have heavy tails, the rest are lognormal.</summary>
        Mix,
    }

    /// <summary>A workload's usage: by weekday, growing, with noise of its own strength.</summary>
    private sealed class Workload(Kind kind, int seed)
    {
        private readonly Random _random = new(seed);

        public bool IsQuiet => Noise <= 0.15;

        private double Noise { get; } = 0.05 + (0.35 * new Random(~seed).NextDouble());

        public decimal[] Days(int count)
        {
            var (level, growth) = (Math.Exp(Normal() * 1.5) * 20, Math.Exp((0.03 * Normal()) / 30));
            var weekend = 0.2 + (0.8 * _random.NextDouble());
            return [.. Enumerable.Range(0, count).Select(day => Math.Round((decimal)(Level(day) * level * Math.Pow(growth, day)), 6))];

            double Level(int day) => (kind == Kind.Mix ? seed % 10 : -1) switch
            {
                0 => day % 7 == 2 ? Math.Exp(Noise * Normal()) : 0,
                1 => 1,
                2 or 3 => Weekday(day) * Math.Exp(Noise * HeavyTailed()),
                _ => Weekday(day) * Math.Exp(Noise * (kind == Kind.HeavyTails ? HeavyTailed() : Normal())),
            };

            double Weekday(int day) => day % 7 >= 5 ? weekend : 1;
        }

        /// <summary>The same, divided into 2 to 6 meters by shares that waver, each by noise of its own.</summary>
        public decimal[][] Parts(int count)
        {
            var whole = Days(count);
            double[] shares = [.. Enumerable.Range(0, 2 + _random.Next(5)).Select(_ => Square())];
            return [.. shares.Select((share, at) =>
            {
                var (noise, drift, isHeavy) = (0.03 + (0.22 * _random.NextDouble()), 0.0, kind == Kind.HeavyTails || (kind == Kind.Mix && (seed + at) % 5 == 0));
                return whole.Select(cost =>
                {
                    drift = (0.98 * drift) + (0.01 * Normal());
                    return Math.Round(cost * (decimal)(share / shares.Sum() * Math.Exp(drift + (noise * (isHeavy ? HeavyTailed() : Normal())))), 6);
                }).ToArray();
            })];
        }

        /// <summary>The same from its first day on; every second one grows from a fifth.</summary>
        public decimal[][] NewParts(int count)
        {
            var (parts, ramp) = (Parts(count), seed % 2 == 0 ? 10 + _random.Next(30) : 0);
            return ramp == 0 ? parts : [.. parts.Select(costs => costs.Select((cost, day) => Math.Round(cost * (decimal)Math.Min(1, 0.2 + (0.8 * day / ramp)), 6)).ToArray())];
        }

        /// <summary>Student's t with 4 degrees of freedom, scaled to a standard deviation of 1.</summary>
        private double HeavyTailed() => Normal() / Math.Sqrt((2 * Square() + 2 * Square()) / 4) / Math.Sqrt(2);

        /// <summary>Half a chi-square variable with two degrees of freedom.</summary>
        private double Square() => -Math.Log(1 - _random.NextDouble());

        private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
    }
}
