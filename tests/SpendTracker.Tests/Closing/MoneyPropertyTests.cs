using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Estimates;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Workloads;

namespace SpendTracker.Tests.Closing;

/// <summary>
/// Half a year is played in, at random: usage of several months and its corrections, rates, discounts, aliases, exchange rates, withdrawals, and
/// periods closed and opened again. Whatever comes, no money is lost or made, what was closed stays, and what was known on a
/// day can be asked for ever after.
/// </summary>
public sealed class MoneyPropertyTests
{
    private const int Steps = 90;

    private static readonly string[] Skus = ["openai/a", "openai/b", "openai/b-2026-01-01", "azure/c"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_money_is_lost_closed_periods_stay_and_the_past_is_known(int seed)
    {
        await using var play = await Play.StartAsync(seed);
        for (var step = 0; step < Steps; step++)
        {
            await play.StepAsync();
        }

        await play.CheckTheEndAsync();
    }

    private sealed class Play(TestDatabase database, FixedClock clock, Random random) : IAsyncDisposable
    {
        private static readonly DateOnly First = BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow)).Start.AddMonths(-8);

        private readonly MoneyModel _model = new();
        private readonly Dictionary<BillingPeriod, decimal> _closed = [];
        private readonly List<(DateOnly KnownOn, string Answer)> _answers = [];
        private readonly List<Guid> _publications = [];
        private readonly List<Action> _uses = [];
        private readonly HashSet<int> _corrected = [];
        private readonly PriceBook _book = new(database.DataSource, database.Store);
        private readonly BillingPeriods _periods = new(database.DataSource, database.Store, database.Settings, clock);
        private readonly MonthlyCostQuery _costs = new(database.DataSource);
        private readonly Recorder _recorder = new("test:property");
        private readonly CancellationToken _stop = TestContext.Current.CancellationToken;

        private DateOnly Today => DateOnly.FromDateTime(clock.Now.UtcDateTime);

        public static async Task<Play> StartAsync(int seed)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
            var clock = new FixedClock(Given.At(First.AddDays(40)));
            return new Play(await TestDatabase.CreateAsync("UTC", clock), clock, new Random(seed));
        }

        public async Task StepAsync()
        {
            switch (random.Next(20))
            {
                case < 6: await UseAsync(); break;
                case 6: await CorrectAsync(); break;
                case 7: await OrganiseAsync(); break;
                case < 14: await PublishAsync(); break;
                case 14: await WithdrawAsync(); break;
                case < 17: await CloseAsync(); break;
                case 17: await ReopenAsync(); break;
                default: await NextDayAsync(); break;
            }

            if (random.Next(3) == 0)
            {
                await CheckAsync();
            }
        }

        public async Task CheckTheEndAsync()
        {
            await CheckAsync();
            foreach (var (knownOn, answer) in _answers)
            {
                Assert.Equal(answer, await AnswerAsync(knownOn));
            }

            Assert.Equal(await AnswerAsync(null), await AnswerAsync(Today));
            await CheckExplanationsAsync();
            Assert.Empty(await database.Spend.CreateRebuild().VerifyAsync(database.Spend.Projections()[0], null, _stop));
        }

        private async Task UseAsync()
        {
            var day = Today.AddDays(-random.Next(Math.Min(100, Today.DayNumber - First.DayNumber)));
            var (sku, input) = (Skus[random.Next(Skus.Length)], random.Next(1, 5) * 100_000);
            _model.Use(sku, day, input);
            await database.RecordAsync(($"{_uses.Count}", new TokenUsageRecorded("w", Approach.Hybrid, sku[..sku.IndexOf('/')], sku[(sku.IndexOf('/') + 1)..], input, 0, Given.At(day))));
            _uses.Add(() => _model.Unuse(sku, day, input));
            if (_corrected.Contains(_uses.Count - 1))
            {
                _uses[^1]();
            }

            if (random.Next(3) == 0)
            {
                var amount = random.Next(1, 100);
                _model.Charge("EUR", day, amount);
                await database.RecordAsync(new ChargeRecorded("w", Approach.Hybrid, Component.Other, amount, "EUR", Given.At(day)));
            }
        }

        /// <summary>Of what was used at any time, or of what will be used next.</summary>
        private async Task CorrectAsync()
        {
            var number = random.Next(_uses.Count + 1);
            if (_corrected.Add(number) && number < _uses.Count)
            {
                _uses[number]();
            }

            await database.CorrectAsync($"{number}");
        }

        /// <summary>The workload gets another team, and is expected to cost something else.</summary>
        private async Task OrganiseAsync()
        {
            await new WorkloadRegistry(database.DataSource, database.Store).RegisterAsync(new("w", "W", $"team-{random.Next(5)}", Approach.Hybrid), _recorder, _stop);
            var from = BillingPeriod.Of(Today.AddMonths(-random.Next(2)));
            await new EstimateBook(database.DataSource, database.Store).SubmitAsync(
                new("w", Approach.Hybrid, from.ToString(), from.Next.ToString(), "USD", [new(Component.Usage, random.Next(1_000))]), _recorder, _stop);
        }

        private async Task PublishAsync()
        {
            var from = First.AddDays(random.Next(Today.DayNumber - First.DayNumber + 10));
            IEvent publication = random.Next(8) switch
            {
                0 => new DiscountPublished(random.Next(2) == 0 ? "openai/*" : "openai/a", random.Next(1, 100), from, "contract", random.Next(2) == 0 ? from.AddDays(30) : null),
                1 => new AliasPublished(random.Next(2) == 0 ? "openai/b-*" : "openai/b-2026-01-01", "openai/b"),
                2 or 3 => new ExchangeRatePublished("EUR", from, random.Next(80, 130) / 100m, "bank"),
                var kind => new RatePublished(
                    Skus[random.Next(Skus.Length)], from, kind == 4 ? "EUR" : "USD",
                    [new("input-tokens", random.Next(1, 900) / 100m, 1_000_000), new("input-tokens", random.Next(1, 900) / 100m, 1_000_000, 200_000)], "list", null,
                    kind == 5 ? RateKind.Negotiated : RateKind.List),
            };
            Assert.Empty(PriceBookRules.Check(publication, "USD"));
            await _book.PublishAsync(publication, _recorder, _stop);
            var id = await database.ScalarAsync<Guid>("select id from spend.mt_events order by seq_id desc limit 1");
            _publications.Add(id);
            _model.Publish(id, publication);
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

        private async Task CloseAsync()
        {
            var month = BillingPeriod.Of(First.AddMonths(random.Next(9)));
            await database.ProjectAsync();
            var shown = await TotalAsync(month);
            var (closing, reasons) = await _periods.CloseAsync(month, new CloseRequest("month end", true, true), _recorder, _stop);
            Assert.Equal(_closed.ContainsKey(month) || month.End > Today, reasons.Count > 0);
            if (closing is not null)
            {
                Assert.Equal(shown, closing.Total);
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

        private async Task NextDayAsync()
        {
            await database.ProjectAsync();
            _answers.Add((Today, await AnswerAsync(null)));
            clock.Now = clock.Now.AddDays(random.Next(1, 20));
        }

        private async Task CheckAsync()
        {
            await database.ProjectAsync();
            var months = await _costs.ByAsync(new CostFilter(new(2000, 1), new(2199, 12)), [], _stop);
            Assert.Equal(_model.Cost, months.Sum(month => month.Actual));
            foreach (var (month, total) in _closed)
            {
                Assert.Equal(total, await TotalAsync(month));
            }
        }

        /// <summary>Between any two days, the moves of any month add up to what its total moved.</summary>
        private async Task CheckExplanationsAsync()
        {
            var explain = new ExplainQuery(database.DataSource);
            for (var i = 0; i < 10; i++)
            {
                var days = _answers.Select(answer => answer.KnownOn).Append(Today).Order().ToArray();
                var (from, to) = (days[random.Next(days.Length)], days[random.Next(days.Length)]);
                (from, to) = from <= to ? (from, to) : (to, from);
                var explanation = await explain.OfAsync(BillingPeriod.Of(First.AddMonths(random.Next(8))), from, to, null, _stop);
                Assert.Equal(explanation.After - explanation.Before, explanation.Explained);
            }
        }

        private async Task<decimal> TotalAsync(BillingPeriod month) =>
            (await _costs.ByAsync(new CostFilter(month, month), [], _stop)).Sum(cost => cost.Actual);

        /// <summary>All that the queries answer, as a text that can be compared.</summary>
        private async Task<string> AnswerAsync(DateOnly? knownOn)
        {
            CostDimension[] by = [CostDimension.Find("origin")!, CostDimension.Find("component")!, CostDimension.Find("model")!, CostDimension.Find("team")!];
            var costs = await _costs.ByAsync(new CostFilter(BillingPeriod.Of(First), BillingPeriod.Of(First.AddMonths(12))) { KnownOn = knownOn }, by, _stop);
            var lines = await new CostLineQuery(database.DataSource).ListAsync(new("w", BillingPeriod.Of(First.AddMonths(2))) { KnownOn = knownOn }, _stop);
            return string.Join('\n', costs.Where(cost => cost.Actual != 0 || cost.Estimated != 0 || cost.Unpriced.Count > 0 || cost.Unconverted.Count > 0).Select(cost =>
                       $"{cost.Month} {string.Join('/', cost.Keys.Values)}: {cost.Actual} of {cost.Listed}, expected {cost.Estimated}, {string.Join(' ', cost.Unpriced)} {string.Join(' ', cost.Unconverted)}"))
                   + string.Join('\n', lines.Select(line => $"{line with { Unconverted = null! }} {string.Join(' ', line.Unconverted)}"));
        }

        public ValueTask DisposeAsync() => database.DisposeAsync();
    }
}
