using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Estimates;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Workloads;

namespace SpendTracker.Tests.Closing;

/// <summary>What happens in a year, step by step, in the database and in the <see cref="MoneyModel"/>.</summary>
internal sealed class MoneyPlay(TestDatabase database, FixedClock clock, Random random) : IAsyncDisposable
{
    private const string Hosted = "azure/hosted";

    private static readonly string[] Skus = ["openai/a", "openai/b", "openai/b-2026-01-01", "azure/c", Hosted];
    private static readonly DateOnly First = BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow)).Start.AddMonths(-14);

    private readonly MoneyModel _model = new();
    private readonly Dictionary<BillingPeriod, (decimal Total, string Parts)> _closed = [];
    private readonly List<Guid> _publications = [];
    private readonly List<MoneyModel.Use[]> _uses = [];
    private readonly HashSet<int> _corrected = [];
    private readonly PriceBook _book = database.Get<PriceBook>();
    private readonly BillingPeriods _periods = database.Get<BillingPeriods>();
    private readonly MoneyAnswers _answers = new(database, First);
    private readonly Recorder _recorder = new("test:property");
    private readonly CancellationToken _stop = TestContext.Current.CancellationToken;

    public bool YearIsOver => Today >= First.AddYears(1);

    private DateOnly Today => DayOf(clock.Now);

    /// <param name="day">Of the year, on which it begins; what happened before may be recorded then.</param>
    public static async Task<MoneyPlay> StartAsync(int seed, string zone, int hour, int day = 40)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var clock = new FixedClock(Given.At(First.AddDays(day), hour));
        return new MoneyPlay(await TestDatabase.CreateAsync(zone, clock), clock, new Random(seed));
    }

    public async Task StepAsync()
    {
        switch (random.Next(22))
        {
            case < 5: await UseAsync(Tokens()); break;
            case 5: await ChargeAsync(); break;
            case < 8: await HostAsync(); break;
            case < 10: await CorrectAsync(Tokens); break;
            case 10: await OrganiseAsync(); break;
            case < 16: await PublishAsync(Publication()); break;
            case 16: await WithdrawAsync(); break;
            case < 19: await CloseAsync(First.AddMonths(random.Next(14))); break;
            case 19: await ReopenAsync(); break;
            default: await NextDayAsync(); break;
        }

        if (random.Next(3) == 0)
        {
            await CheckAsync();
        }
    }

    /// <summary>
    /// Usage of one model in one month, recorded and taken back again and again, while the month that books it is closed, and now
    /// and then one is opened.
    /// </summary>
    public async Task StepOnOneLineAsync()
    {
        switch (random.Next(17))
        {
            case < 4: await UseAsync(OfOneLine()); break;
            case 4: await CorrectAsync(OfOneLine); break;
            case < 8: await CorrectAllAsync(); break;
            case < 12: await CloseAsync(Enumerable.Range(0, 14).Select(month => First.AddMonths(month)).First(month => !_closed.ContainsKey(BillingPeriod.Of(month)))); break;
            case 12: await ReopenAsync(); break;
            case 13: await OrganiseAsync(); break;
            case 14: await PublishAsync(Rate(Skus[random.Next(3)], First.AddDays(random.Next(5)))); break;
            case 15: await PublishAsync(new AliasPublished("openai/b-2026-01-01", Skus[random.Next(2)])); break;
            default: await NextDayAsync(); break;
        }

        await database.ProjectAsync();
        await VerifyAsync();
        await CheckAsync();
    }

    public async Task CheckTheEndAsync()
    {
        await CheckAsync();
        await _answers.CheckAsync(Today, random);
        await VerifyAsync();
    }

    private async Task VerifyAsync() => Assert.Empty(await database.Spend.CreateRebuild().VerifyAsync(database.Spend.Projections()[0], null, _stop));

    private async Task UseAsync(TokenUsageRecorded usage)
    {
        var number = Count(Counted(usage));
        await database.RecordAsync(($"{number}", usage));
    }

    private async Task ChargeAsync()
    {
        var charge = new ChargeRecorded("w", Approach.Hybrid, Component.Other, random.Next(1, 100_000_000) / 1_000_000m, "EUR", AnInstant());
        _model.Add([new("charge/EUR", "amount", DayOf(charge.ChargedAt), charge.Amount)]);
        await database.RecordAsync(charge);
    }

    /// <summary>Whole hours of up to a month, over the end of one in most cases: each is of the day, and so of the month, that it began in.</summary>
    private async Task HostAsync()
    {
        var (start, hours, units) = (AnInstant(), random.Next(1, 31 * 24), random.Next(1, 4));
        var hosting = new HostingHoursRecorded("w", Approach.Hybrid, Hosted, hours, start, start.AddHours(hours), units);
        var number = Count([.. Enumerable.Range(0, hours).GroupBy(hour => DayOf(start.AddHours(hour))).Select(day => new MoneyModel.Use(Hosted, "hosting-hours", day.Key, day.Count() * units))]);
        await database.RecordAsync(($"{number}", hosting));
    }

    /// <summary>Of what was used at any time, or of what will be used next; sometimes something else was right, which may be corrected in turn.</summary>
    private async Task CorrectAsync(Func<TokenUsageRecorded> other)
    {
        var number = random.Next(_uses.Count + 1);
        var isNew = _corrected.Add(number);
        if (isNew && number < _uses.Count)
        {
            _model.Remove(_uses[number]);
            if (random.Next(2) == 0)
            {
                var right = other();
                var replacement = Count(Counted(right));
                Assert.Equal(AppendStatus.Appended, (await database.CorrectAsync($"{number}", right, $"{replacement}")).Status);
                return;
            }
        }

        await database.CorrectAsync($"{number}");
    }

    private async Task CorrectAllAsync()
    {
        foreach (var number in Enumerable.Range(0, _uses.Count).Where(_corrected.Add))
        {
            _model.Remove(_uses[number]);
            await database.CorrectAsync($"{number}");
        }
    }

    /// <summary>The workload gets another team, and is expected to cost something else.</summary>
    private async Task OrganiseAsync()
    {
        await database.Get<WorkloadRegistry>().RegisterAsync(new("w", "W", $"team-{random.Next(5)}", Approach.Hybrid), _recorder, _stop);
        var from = BillingPeriod.Of(Today.AddMonths(-random.Next(2)));
        await database.Get<EstimateBook>().SubmitAsync(
            new("w", Approach.Hybrid, from.ToString(), from.Next.ToString(), "USD", [new(Component.Usage, random.Next(1_000))]), _recorder, _stop);
    }

    private IEvent Publication()
    {
        var from = First.AddDays(random.Next(Today.DayNumber - First.DayNumber + 10));
        DateOnly? to = random.Next(3) == 0 ? from.AddDays(random.Next(60)) : null;
        return random.Next(8) switch
        {
            0 => new DiscountPublished(random.Next(2) == 0 ? "openai/*" : "openai/a", random.Next(1, 1_000_000) / 10_000m, from, "contract", to),
            1 => new AliasPublished(random.Next(2) == 0 ? "openai/b-*" : "openai/b-2026-01-01", "openai/b"),
            2 or 3 => new ExchangeRatePublished("EUR", from, random.NextInt64(8_000_000_000, 13_000_000_000) / 10_000_000_000m, "bank"),
            var kind => Rate(Skus[random.Next(Skus.Length)], from) with { Kind = kind == 5 ? RateKind.Negotiated : RateKind.List, EffectiveTo = to },
        };
    }

    private async Task PublishAsync(IEvent publication)
    {
        Assert.Empty(PriceBookRules.Check(publication, "USD"));
        await _book.PublishAsync(publication, _recorder, _stop);
        var id = await database.ScalarAsync<Guid>("select id from spend.mt_events order by seq_id desc limit 1");
        _publications.Add(id);
        _model.Publish(id, publication);
    }

    private RatePublished Rate(string sku, DateOnly from)
    {
        if (sku == Hosted)
        {
            return new(sku, from, "USD", [new("hosting-hours", random.Next(1, 900) / 100m)], "list");
        }

        MeterPrice Price(string meter, int above = 0) => new(meter, random.Next(1, 900) / 100m, 1_000_000, above);
        MeterPrice[] standard = [Price("input-tokens"), Price("input-tokens", 200_000)], batch = [Price("batch-input-tokens"), Price("batch-input-tokens", 200_000)];
        MeterPrice[] prices = random.Next(4) switch
        {
            0 => [.. standard, .. batch],
            1 => [.. standard, batch[0]],
            2 => [batch[0]],
            _ => standard,
        };
        NotCarriedPrice[] named = [.. new NotCarriedPrice[] { new("audio-input-tokens"), new("batch-input-tokens", 200_000) }
            .Where(named => random.Next(3) == 0 && prices.Any(price => price.Meter == named.Meter.Replace("audio-", "", StringComparison.Ordinal)))];
        return new(sku, from, random.Next(3) == 0 ? "EUR" : "USD", prices, "list", NotCarried: named);
    }

    private async Task WithdrawAsync()
    {
        if (_publications.Count > 0)
        {
            var id = _publications[random.Next(_publications.Count)];
            _publications.Remove(id);
            _model.Withdraw(id);
            Assert.Null(await _book.WithdrawAsync(new PublicationWithdrawn(id, "wrong"), _recorder, _stop));
        }
    }

    private async Task CloseAsync(DateOnly day)
    {
        var month = BillingPeriod.Of(day);
        await database.ProjectAsync();
        var shown = (Total: await _answers.TotalAsync(month), Parts: await _answers.PartsAsync(month));
        var (closing, reasons) = await _periods.CloseAsync(month, new CloseRequest("month end", true, true), _recorder, _stop);
        Assert.Equal(_closed.ContainsKey(month) || month.End > Today, reasons.Count > 0);
        if (closing is not null)
        {
            Assert.Equal(shown.Total, MoneyAnswers.Rounded(closing.Total));
            _closed.Add(month, shown);
        }
    }

    private async Task ReopenAsync()
    {
        if (_closed.Count > 0)
        {
            var month = _closed.Keys.Order().ElementAt(random.Next(_closed.Count));
            Assert.Empty(await _periods.ReopenAsync(month, "forgot something", _recorder, _stop));
            _closed.Remove(month);
        }
    }

    /// <summary>At least two days, so that it is another day in the zone, too, when clocks are changed.</summary>
    private async Task NextDayAsync()
    {
        await database.ProjectAsync();
        await _answers.RecordAsync(Today);
        clock.Now = clock.Now.AddDays(random.Next(2, 60));
    }

    private async Task CheckAsync()
    {
        await database.ProjectAsync();
        var (cost, listed) = await _answers.TotalAsync();
        Assert.Equal((MoneyAnswers.Rounded(_model.Total.Cost), MoneyAnswers.Rounded(_model.Total.Listed)), (cost, listed));
        Assert.Equal(_model.CostByModel.Select(model => (model.Sku, Cost: MoneyAnswers.Rounded(model.Cost))).Where(model => model.Cost != 0), await _answers.CostByModelAsync());
        Assert.Equal(_model.Lacking, await _answers.LackingAsync());
        foreach (var (month, shown) in _closed)
        {
            Assert.Equal(shown, (await _answers.TotalAsync(month), await _answers.PartsAsync(month)));
        }
    }

    /// <summary>Counts usage that is being recorded, unless it has been corrected before.</summary>
    /// <returns>Its number, by which it can be corrected.</returns>
    private int Count(MoneyModel.Use[] uses)
    {
        _uses.Add(uses);
        if (!_corrected.Contains(_uses.Count - 1))
        {
            _model.Add(uses);
        }

        return _uses.Count - 1;
    }

    private TokenUsageRecorded Tokens()
    {
        var sku = Skus[random.Next(Skus.Length - 1)];
        var input = random.Next(5) * 100_000;
        return new("w", Approach.Hybrid, sku[..sku.IndexOf('/')], sku[(sku.IndexOf('/') + 1)..], input, 0, AnInstant())
        {
            ServiceTier = random.Next(3) == 0 ? ServiceTier.Batch : ServiceTier.Standard, AudioInputTokens = random.Next(2) == 0 ? input / 4 : 0,
        };
    }

    private TokenUsageRecorded OfOneLine() =>
        new("w", Approach.Hybrid, "openai", "b-2026-01-01", 100_000, 0, Given.At(First.AddDays(random.Next(4, 9))), AudioInputTokens: random.Next(2) * 1_000);

    /// <summary>Tokens at the step of their request, and the sound among them; requests only where they are all that there is.</summary>
    private MoneyModel.Use[] Counted(TokenUsageRecorded usage)
    {
        var tier = usage.ServiceTier == ServiceTier.Batch ? "batch-" : "";
        MoneyModel.Use Use(string meter, long quantity) => new($"{usage.Provider}/{usage.Model}", meter, DayOf(usage.UsedAt), quantity, usage.InputTokens);
        return usage.InputTokens == 0 ? [Use("requests-without-tokens", 1)]
            : usage.AudioInputTokens == 0 ? [Use($"{tier}input-tokens", usage.InputTokens)]
            : [Use($"{tier}input-tokens", usage.InputTokens), Use($"{tier}audio-input-tokens", usage.AudioInputTokens)];
    }

    /// <summary>At any hour of the last hundred days.</summary>
    private DateTimeOffset AnInstant() => clock.Now.AddHours(-random.Next(24 * Math.Min(100, Today.DayNumber - First.DayNumber)));

    private DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, database.Settings.ReportingTimeZone).DateTime);

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
