using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Estimates;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Workloads;

namespace SpendTracker.Tests.Closing;

/// <summary>What happens in a year, step by step, in the database, in the <see cref="MoneyModel"/> and in the <see cref="OwnerModel"/>.</summary>
/// <param name="organising">Of its own, so that whom costs are of changes nothing in what else happens.</param>
internal sealed class MoneyPlay(TestDatabase database, FixedClock clock, MoneyModel model, Random random, Random organising) : IAsyncDisposable
{
    private const string Hosted = "azure/hosted";

    internal static readonly string[] Skus = ["openai/a", "openai/b", "openai/b-2026-01-01", "azure/c", Hosted];
    private static readonly string[] Workloads = ["w", "v"];
    private static readonly string[] Teams = ["(unregistered)", .. Enumerable.Range(0, 5).Select(team => $"team-{team}")];

    /// <summary>Whose alias or discount it may be. One pattern is longer than the exact name that it fits.</summary>
    private static readonly string[] Models = ["openai/*", "openai/b*", "openai/b-*", "openai/b-2026-01-01*", "openai/b-2026-01-01", "openai/a"];
    private static readonly DateOnly First = BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow)).Start.AddMonths(-14);

    private readonly OwnerModel _owners = new(model);
    private readonly OwnerAnswers _ownerAnswers = new(database, BillingPeriod.Of(First));
    private readonly Dictionary<BillingPeriod, (decimal Total, string Parts)> _closed = [];
    private readonly List<Guid> _publications = [];
    private readonly List<IEvent> _published = [];
    private readonly List<DateOnly> _days = [First];
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
        var database = await TestDatabase.CreateAsync(zone, clock);
        var play = new MoneyPlay(database, clock, new MoneyModel(() => database.Get<ReportingClock>().Today), new Random(seed), new Random(seed + 1_000));
        await play._ownerAnswers.SetBudgetsAsync(Teams);
        return play;
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
            case < 16: await PublishAsync(_published.Count > 0 && random.Next(3) == 0 ? Again(_published[random.Next(_published.Count)]) : Publication()); break;
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
        await _ownerAnswers.CheckPastAsync(Teams);
        await _answers.CheckAsync(Today, random);
        await VerifyAsync();
    }

    private async Task VerifyAsync() => Assert.Empty(await database.Spend.CreateRebuild().VerifyAsync(database.Spend.Projections()[0], null, _stop));

    private async Task UseAsync(TokenUsageRecorded usage)
    {
        var number = Count(Counted(usage));
        await database.RecordAsync(($"{number}", usage));
    }

    /// <summary>An invoice, or a credit.</summary>
    private async Task ChargeAsync()
    {
        var currency = random.Next(3) == 0 ? "USD" : "EUR";
        var charge = new ChargeRecorded(AWorkload(), Approach.Hybrid, Component.Other, random.Next(-30_000_000, 100_000_000) / 1_000_000m, currency, AnInstant());
        model.Add([new(charge.Workload, $"charge/{currency}", "amount", DayOf(charge.ChargedAt), charge.Amount)]);
        await database.RecordAsync(charge);
    }

    /// <summary>Whole hours of up to a month, over the end of one in most cases: each is of the day, and so of the month, that it began in.</summary>
    private async Task HostAsync()
    {
        var (start, hours, units) = (AnInstant(), random.Next(1, 31 * 24), random.Next(1, 4));
        var hosting = new HostingHoursRecorded(AWorkload(), Approach.Hybrid, Hosted, hours, start, start.AddHours(hours), units);
        var number = Count([.. Enumerable.Range(0, hours).GroupBy(hour => DayOf(start.AddHours(hour))).Select(day => new MoneyModel.Use(hosting.Workload, Hosted, "hosting-hours", day.Key, day.Count() * units))]);
        await database.RecordAsync(($"{number}", hosting));
    }

    /// <summary>Of what was used at any time, or of what will be used next; sometimes something else was right, which may be corrected in turn.</summary>
    private async Task CorrectAsync(Func<TokenUsageRecorded> other)
    {
        var number = random.Next(_uses.Count + 1);
        var isNew = _corrected.Add(number);
        if (isNew && number < _uses.Count)
        {
            model.Remove(_uses[number]);
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
            model.Remove(_uses[number]);
            await database.CorrectAsync($"{number}");
        }
    }

    /// <summary>The workload gets another team, and is expected to cost something else.</summary>
    private async Task OrganiseAsync()
    {
        var (workload, team, costCentre) = (AWorkload(), $"team-{random.Next(5)}", $"pays-{organising.Next(3)}");
        await database.Get<WorkloadRegistry>().RegisterAsync(new(workload, workload, team, Approach.Hybrid, costCentre), _recorder, _stop);
        _owners.Register(workload, $"{team}/{costCentre}");
        var from = BillingPeriod.Of(Today.AddMonths(-random.Next(2)));
        var estimate = new EstimateSubmitted(
            AWorkload(), Approach.Hybrid, from.ToString(), from.Next.ToString(), "USD",
            [new(Component.Usage, random.Next(1_000)), new(Component.Usage, organising.Next(1_000), Sku: Skus[organising.Next(Skus.Length)])]);
        await database.Get<EstimateBook>().SubmitAsync(estimate, _recorder, _stop);
        _owners.Submit(estimate);
    }

    private IEvent Publication()
    {
        var from = random.Next(2) == 0 ? ADayThatMatters() : First.AddDays(random.Next(Today.DayNumber - First.DayNumber + 10));
        DateOnly? to = random.Next(3) == 0 ? from.AddDays(random.Next(60)) : null;
        var model = Models[random.Next(Models.Length)];
        return random.Next(9) switch
        {
            0 or 1 => new DiscountPublished(random.Next(4) == 0 ? "*" : model, random.Next(1, 1_000_000) / 10_000m, from, "contract", to),
            2 => new AliasPublished(model, Skus.Where(sku => sku != model).ElementAt(random.Next(3))),
            3 or 4 => new ExchangeRatePublished("EUR", from, random.NextInt64(8_000_000_000, 13_000_000_000) / 10_000_000_000m, "bank"),
            var kind => Rate(Skus[random.Next(Skus.Length)], from) with { Kind = kind == 5 ? RateKind.Negotiated : RateKind.List, EffectiveTo = to },
        };
    }

    /// <summary>The same from the same day on, at another price.</summary>
    private IEvent Again(IEvent published) => published switch
    {
        RatePublished rate => Rate(rate.Sku, rate.EffectiveFrom) with { Kind = rate.Kind, EffectiveTo = rate.EffectiveTo },
        DiscountPublished discount => discount with { Percent = random.Next(1, 1_000_000) / 10_000m },
        ExchangeRatePublished rate => rate with { Rate = rate.Rate + 0.1m },
        AliasPublished alias => alias with { Sku = Skus.Where(sku => sku != alias.Model).ElementAt(random.Next(3)) },
        _ => throw new ArgumentException($"{published} is nothing that is published.", nameof(published)),
    };

    /// <summary>The first and the last day of what was published, and those beside them.</summary>
    private DateOnly ADayThatMatters() => _days[random.Next(_days.Count)].AddDays(random.Next(-1, 2));

    private async Task PublishAsync(IEvent publication)
    {
        _published.Add(publication);
        _days.AddRange(publication switch
        {
            RatePublished rate => [rate.EffectiveFrom, rate.EffectiveTo ?? rate.EffectiveFrom],
            DiscountPublished discount => [discount.EffectiveFrom, discount.EffectiveTo ?? discount.EffectiveFrom],
            ExchangeRatePublished rate => [rate.EffectiveFrom],
            _ => Array.Empty<DateOnly>(),
        });
        Assert.Empty(PriceBookRules.Check(publication, "USD"));
        await _book.PublishAsync(publication, _recorder, _stop);
        var id = await database.ScalarAsync<Guid>("select id from spend.mt_events order by seq_id desc limit 1");
        _publications.Add(id);
        model.Publish(id, publication);
    }

    /// <summary>With a price for long contexts, or without: also beside another one of the same day. In the batch tier, too, or only there.</summary>
    private RatePublished Rate(string sku, DateOnly from)
    {
        if (sku == Hosted)
        {
            return new(sku, from, random.Next(3) == 0 ? "EUR" : "USD", [new("hosting-hours", random.Next(1, 900) / 100m)], "list");
        }

        MeterPrice Price(string meter, int above = 0) => new(meter, random.Next(1, 900) / 100m, 1_000_000, above);
        MeterPrice[] Steps(string meter) => ((MeterPrice[])[Price(meter), Price(meter, 200_000)])[..random.Next(1, 3)];
        MeterPrice[] prices = random.Next(4) switch
        {
            0 => [.. Steps("input-tokens"), .. Steps("batch-input-tokens")],
            1 => Steps("batch-input-tokens"),
            _ => Steps("input-tokens"),
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
            model.Withdraw(id);
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
            _owners.Close(month);
        }
    }

    private async Task ReopenAsync()
    {
        if (_closed.Count > 0)
        {
            var month = _closed.Keys.Order().ElementAt(random.Next(_closed.Count));
            Assert.Empty(await _periods.ReopenAsync(month, "forgot something", _recorder, _stop));
            _closed.Remove(month);
            _owners.Reopen(month);
        }
    }

    /// <summary>At least two days, so that it is another day in the zone, too, when clocks are changed.</summary>
    private async Task NextDayAsync()
    {
        await database.ProjectAsync();
        await _answers.RecordAsync(Today);
        var lastDay = BillingPeriod.Of(Today.AddDays(2)).End.AddDays(-1);
        clock.Now = clock.Now.AddDays(random.Next(3) == 0 ? lastDay.AddDays(random.Next(2)).DayNumber - Today.DayNumber : random.Next(2, 60));
        if (Today.AddDays(1).Day == 1)
        {
            await CloseAsync(Today); // Refused: its last day is not over.
        }
    }

    private async Task CheckAsync()
    {
        await database.ProjectAsync();
        var (cost, listed) = await _answers.TotalAsync();
        Assert.Equal((MoneyAnswers.Rounded(model.Total.Cost), MoneyAnswers.Rounded(model.Total.Listed)), (cost, listed));
        Assert.Equal(model.CostByModel.Select(model => (model.Sku, Cost: MoneyAnswers.Rounded(model.Cost))).Where(model => model.Cost != 0), await _answers.CostByModelAsync());
        Assert.Equal(model.Lacking, await _answers.LackingAsync());
        await CheckOwnersAsync();
        foreach (var (month, shown) in _closed)
        {
            Assert.Equal(shown, (await _answers.TotalAsync(month), await _answers.PartsAsync(month)));
        }
    }

    /// <summary>Team and cost centre of costs, estimates and budgets, and the models of estimates.</summary>
    private async Task CheckOwnersAsync()
    {
        var (costs, estimates) = await _ownerAnswers.ByOwnerAsync();
        Assert.Equal(_owners.Costs, costs);
        Assert.Equal(_owners.Estimates, estimates);
        Assert.Equal(_owners.EstimatesByModel, await _ownerAnswers.EstimatesByModelAsync());
        await _ownerAnswers.CheckWatchedAsync(Teams);
    }

    /// <summary>Counts usage that is being recorded, unless it has been corrected before.</summary>
    /// <returns>Its number, by which it can be corrected.</returns>
    private int Count(MoneyModel.Use[] uses)
    {
        _uses.Add(uses);
        if (!_corrected.Contains(_uses.Count - 1))
        {
            model.Add(uses);
        }

        return _uses.Count - 1;
    }

    private TokenUsageRecorded Tokens()
    {
        var sku = Skus[random.Next(Skus.Length - 1)];
        var input = random.Next(5) * 100_000;
        return new(AWorkload(), Approach.Hybrid, sku[..sku.IndexOf('/')], sku[(sku.IndexOf('/') + 1)..], input, 0, AnInstant())
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
        MoneyModel.Use Use(string meter, long quantity) => new(usage.Workload, $"{usage.Provider}/{usage.Model}", meter, DayOf(usage.UsedAt), quantity, usage.InputTokens);
        return usage.InputTokens == 0 ? [Use("requests-without-tokens", 1)]
            : usage.AudioInputTokens == 0 ? [Use($"{tier}input-tokens", usage.InputTokens)]
            : [Use($"{tier}input-tokens", usage.InputTokens), Use($"{tier}audio-input-tokens", usage.AudioInputTokens)];
    }

    private string AWorkload() => Workloads[organising.Next(Workloads.Length)];

    /// <summary>At any hour of the last hundred days; half of them on days on which prices begin or end.</summary>
    private DateTimeOffset AnInstant()
    {
        var hours = random.Next(24 * Math.Min(100, Today.DayNumber - First.DayNumber));
        var day = ADayThatMatters();
        return random.Next(2) == 0 && day > First && day < Today ? clock.Now.AddDays(day.DayNumber - Today.DayNumber).AddHours(random.Next(-11, 11)) : clock.Now.AddHours(-hours);
    }

    private DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, database.Settings.ReportingTimeZone).DateTime);

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
