using SpendTracker.Anomalies;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Anomalies;

/// <summary>
/// How often the rule is wrong, and how fast it is right, over made-up workloads. The figures are in tests/README.md; the
/// generator's seeds are fixed, so a figure moves only when the rule or the generator does.
/// </summary>
public sealed class AnomalySimulationTests
{
    private const int Workloads = 100;
    private const int WarmUp = 140;
    private const int Year = 365;

    private static readonly DateOnly First = new(2024, 1, 1);

    [Theory]
    [InlineData(Kind.Lognormal, 0, 0.5)]
    [InlineData(Kind.Mix, 0.1, 1)]
    [InlineData(Kind.HeavyTails, 0.5, 2.5)] // More than is wanted: it is said in tests/README.md.
    public void False_alarms_of_50_workloads_a_month_are_few(Kind kind, double least, double most)
    {
        var alarms = Enumerable.Range(0, Workloads).Sum(seed => FoundIn(new Workload(kind, seed).Days(WarmUp + Year)).Count(found => found.Day >= First.AddDays(WarmUp)));

        var perMonth = alarms / (Workloads / 50.0) / 12;
        TestContext.Current.SendDiagnosticMessage($"{kind}: {perMonth:0.00} false alarms a month of 50 workloads");
        Assert.InRange(perMonth, least, most);
    }

    [Fact]
    public void A_doubling_of_a_quiet_workload_is_found_within_3_days_in_85_of_100()
    {
        var found = Enumerable.Range(0, 1_000).Select(seed => new Workload(Kind.Lognormal, seed)).Where(workload => workload.IsQuiet).Take(Workloads)
            .Count(workload => FoundWithin(workload, times: 2, days: 3));

        TestContext.Current.SendDiagnosticMessage($"{found} of {Workloads} doublings found within 3 days");
        Assert.InRange(found, 85, 100);
    }

    [Fact]
    public void Half_as_much_again_in_a_quiet_workload_is_found_within_14_days_in_85_of_100()
    {
        var found = Enumerable.Range(0, 1_000).Select(seed => new Workload(Kind.Lognormal, seed)).Where(workload => workload.IsQuiet).Take(Workloads)
            .Count(workload => FoundWithin(workload, times: 1.5m, days: 14));

        TestContext.Current.SendDiagnosticMessage($"{found} of {Workloads} rises by half found within 14 days");
        Assert.InRange(found, 85, 100);
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

        /// <summary>Student's t with 4 degrees of freedom, scaled to a standard deviation of 1.</summary>
        private double HeavyTailed() => Normal() / Math.Sqrt((2 * Square() + 2 * Square()) / 4) / Math.Sqrt(2);

        /// <summary>Half a chi-square variable with two degrees of freedom.</summary>
        private double Square() => -Math.Log(1 - _random.NextDouble());

        private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
    }
}
