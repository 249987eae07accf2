namespace SpendTracker.Forecasts;

/// <summary>A component of a workload, or what of it belongs to a scope.</summary>
/// <param name="Whole">All of the component: its rule is chosen by it.</param>
/// <param name="Part">What belongs to the scope; the same object if all does.</param>
internal sealed record ScopeComponent(ComponentKind Kind, KnownDays Whole, KnownDays Part);

/// <summary>
/// A scope's recurring costs, and what was expected of them at the end of every day, from what was known on it. Moves through the
/// days one by one, so nothing that was not known yet can get in. Pure: days are counted from 0, and a weekday is a day modulo 7.
/// </summary>
/// <param name="grows">Whether the growth of the sum counts (<see cref="Growth"/>): of the total it does.</param>
internal sealed class PastForecasts(IReadOnlyList<ScopeComponent> components, int days, bool grows)
{
    /// <summary>Days of use below which no interval is shown: it would hold 5 to 7 times in 10, not 8.</summary>
    public const int ShortestUse = 42;

    private const int UseOfOwnErrors = 90;

    /// <summary>Until there are errors of one's own: what was enough on synthetic workloads.</summary>
    private const double UsualFactor = 2;

    private const double SmallestFactor = 0.8;
    private const double LargestFactor = 4;
    private const double Covered = 0.8;
    private const int FewestErrors = 10;
    private const int OneMonth = 31;
    private const int HalfAMonth = 15;
    private const double UsualShareOfGrowth = 0.5;
    private const int ForecastsOfDoubt = 6;

    /// <summary>Past forecasts that the factor is taken of, in days.</summary>
    private const int LookBack = 365;

    /// <summary>A scope that costs the same every day has no error until it has one.</summary>
    private const double SmallestDeviation = 0.02;

    private static readonly double[][] Counts = Weights(_ => 1);
    private static readonly double[][] GrowthWeeks = Weights(Growth.WeeksAt);

    /// <summary>The farthest day that is forecast: a year, and what is left of a month.</summary>
    private const int Farthest = 400;

    private readonly Use[] _use = [.. components.Select(component => new Use(component.Kind))];
    private readonly double[] _known = new double[days];
    private readonly double[] _sums = new double[days + 1];
    private readonly double[] _byWeekday = new double[days * Habit.Week];
    private readonly double[] _line = new double[days]; // Growth as the line has it, and what of it counts.
    private readonly double[] _growth = new double[days];
    private readonly double[] _deviation = new double[days];
    private readonly int[] _days = new int[days];
    private Use _scope = new(ComponentKind.Other);

    /// <summary>The last day that is known; −1 before the first.</summary>
    public int Day { get; private set; } = -1;

    /// <summary>Days in use, up to now; 0 if it has stopped.</summary>
    public int DaysInUse => _scope.DaysAt(Day);

    /// <summary>Whether it stopped and came again.</summary>
    public bool CameAgain => _scope.CameAgain;

    /// <summary>Growth by week, as a share of the mean week; 0 where it does not count.</summary>
    public double GrowthByWeek => _growth[Day];

    /// <summary>The sum of days, both ends counted, as it is known now.</summary>
    public double Sum(int from, int to) => _sums[to + 1] - _sums[from];

    /// <summary>Moves on to the end of the next day.</summary>
    public void MoveOn()
    {
        var (day, earliest) = (++Day, Day);
        var expected = _byWeekday.AsSpan(day * Habit.Week, Habit.Week);
        for (var at = 0; at < components.Count; at++)
        {
            var component = components[at];
            var changed = component.Whole.MoveTo(day);
            if (component.Part != component.Whole)
            {
                changed = Math.Min(changed, component.Part.MoveTo(day));
            }

            if (changed < day)
            {
                _use[at] = new(component.Kind);
                for (var past = 0; past < day; past++)
                {
                    _use[at].Add(past, component.Whole.Costs[past] != 0);
                }
            }

            earliest = Math.Min(earliest, changed);
            _use[at].Add(day, component.Whole.Costs[day] != 0);
            Habit.Of(component.Whole.Costs, _use[at], day, component.Kind).AddTo(component.Part.Costs, expected);
        }

        AddUp(earliest);
        _days[day] = DaysInUse;
        if (_days[day] >= Habit.Window)
        {
            _deviation[day] = Deviation(day);
        }

        if (grows && _days[day] >= Growth.Days)
        {
            _line[day] = Growth.ByWeek(_sums, day);
            _growth[day] = _line[day] * ShareOfGrowth(day);
        }
    }

    /// <summary>What the days after a past day, or now, were expected to cost.</summary>
    public double Expected(int day, int ahead) => Expected(day, ahead, _growth[day]);

    /// <summary>
    /// What share of the line's growth would have served best: the least squares of the scope's own past errors, half a month ahead, by
    /// what growth would have added. Half, as long as little is known; that counts as much as six forecasts that do not overlap.
    /// </summary>
    private double ShareOfGrowth(int day)
    {
        var (products, squares, count) = (0.0, 0.0, 0);
        for (var past = Math.Max(day - LookBack, 0); past <= day - HalfAMonth; past++)
        {
            if (_line[past] != 0)
            {
                var without = Expected(past, HalfAMonth, 0);
                var added = Expected(past, HalfAMonth, _line[past]) - without;
                products += (Sum(past + 1, past + HalfAMonth) - without) * added;
                squares += added * added;
                count++;
            }
        }

        var doubt = count == 0 ? 0 : squares / count * HalfAMonth * ForecastsOfDoubt;
        return squares == 0 ? UsualShareOfGrowth : Math.Clamp((products + (doubt * UsualShareOfGrowth)) / (squares + doubt), 0, 1);
    }

    private double Expected(int day, int ahead, double growth)
    {
        double sum = 0;
        for (var step = 1; step <= Habit.Week; step++)
        {
            var weight = Counts[step - 1][ahead] + (growth == 0 ? 0 : growth * GrowthWeeks[step - 1][ahead]);
            sum += weight * _byWeekday[(day * Habit.Week) + ((day + step) % Habit.Week)];
        }

        return sum;
    }

    /// <summary>
    /// Half the width of the interval around the sum of days to come that 8 of 10 of the scope's own past forecasts of as many days as
    /// far ahead would have been within: factor × deviation of a day × √(n + n² ÷ 28). √n is the noise of the days, n² ÷ 28 that of the
    /// mean they are expected by. Null if the scope is too new (<see cref="WhyNone"/>).
    /// </summary>
    /// <param name="from">The first of the days; 1 is the next one.</param>
    /// <param name="to">The last.</param>
    public double? HalfWidth(int from, int to) => WhyNone(to) is not null ? null : FactorAt(from, to) * _deviation[Day] * Spread(to - from + 1);

    /// <summary>Why there is no interval; null if there is one.</summary>
    /// <param name="ahead">The last day, counted from now.</param>
    public string? WhyNone(int ahead)
    {
        var use = _days[Day];
        return use == 0 ? "Nothing is in use that is expected to go on."
            : use < ShortestUse ? $"In use for {use} days{(CameAgain ? " since it stopped" : "")}; an interval needs {ShortestUse}."
            : ahead > OneMonth && use < Habit.Window + (3 * ahead) ? $"In use for {use} days; an interval {ahead} days ahead needs {Habit.Window + (3 * ahead)}, to be checked by the past."
            : null;
    }

    private double FactorAt(int from, int to)
    {
        if (_days[Day] < UseOfOwnErrors)
        {
            return UsualFactor;
        }

        Span<double> errors = stackalloc double[LookBack + 1];
        var (count, spread) = (0, Spread(to - from + 1));
        for (var day = Math.Max(Day - LookBack, 0); day <= Day - to; day++)
        {
            if (_days[day] >= Habit.Window && _deviation[day] > 0)
            {
                var expected = Expected(day, to) - (from == 1 ? 0 : Expected(day, from - 1));
                errors[count++] = Math.Abs(Sum(day + from, day + to) - expected) / (_deviation[day] * spread);
            }
        }

        if (count < FewestErrors)
        {
            return UsualFactor;
        }

        errors = errors[..count];
        errors.Sort();
        var factor = errors[Math.Min((int)Math.Ceiling(Covered * (count + 1)) - 1, count - 1)];
        return Math.Clamp(factor, SmallestFactor, to <= OneMonth ? LargestFactor : double.MaxValue); // Far ahead, more than noise adds up.
    }

    private static double Spread(int ahead) => Math.Sqrt(ahead + ((double)ahead * ahead / Habit.Window));

    /// <summary>Of a day about the mean of its weekday, over the last 28 days: 21 degrees of freedom.</summary>
    private double Deviation(int day)
    {
        double squares = 0, sum = 0;
        for (var weekday = day - Habit.Week + 1; weekday <= day; weekday++)
        {
            double mean = 0;
            for (var at = weekday; at > day - Habit.Window; at -= Habit.Week)
            {
                mean += _known[at] / 4;
            }

            for (var at = weekday; at > day - Habit.Window; at -= Habit.Week)
            {
                squares += (_known[at] - mean) * (_known[at] - mean);
            }

            sum += mean;
        }

        return Math.Max(Math.Sqrt(squares / (Habit.Window - Habit.Week)), SmallestDeviation * Math.Abs(sum / Habit.Week));
    }

    /// <summary>The scope's sum again, from a day on.</summary>
    private void AddUp(int from)
    {
        if (from < Day)
        {
            _scope = new(ComponentKind.Other);
            for (var day = 0; day < from; day++)
            {
                _scope.Add(day, _known[day] != 0);
            }
        }

        for (var day = from; day <= Day; day++)
        {
            double sum = 0;
            foreach (var component in components)
            {
                sum += component.Part.Costs[day];
            }

            _known[day] = sum;
            _sums[day + 1] = _sums[day] + sum;
            _scope.Add(day, sum != 0);
        }
    }

    /// <summary>Sums over the days to come of each weekday: by the step from today to its first, 1 to 7, and by days ahead.</summary>
    private static double[][] Weights(Func<int, double> of)
    {
        var weights = new double[Habit.Week][];
        for (var step = 1; step <= Habit.Week; step++)
        {
            var sums = weights[step - 1] = new double[Farthest + 1];
            for (var ahead = 1; ahead <= Farthest; ahead++)
            {
                sums[ahead] = sums[ahead - 1] + (ahead % Habit.Week == step % Habit.Week ? of(ahead) : 0);
            }
        }

        return weights;
    }
}
