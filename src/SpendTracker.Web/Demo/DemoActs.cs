using SpendTracker.Budgets;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Rates;

namespace SpendTracker.Web.Demo;

/// <summary>What the demo's acts are done with.</summary>
internal sealed record DemoBooks(EventStore Store, PriceBook Prices, BillingPeriods Periods, BudgetBook Budgets);

/// <summary>What somebody does in the demo's year besides using models, once, however often it is recorded.</summary>
/// <param name="On">In the morning of this day.</param>
internal abstract record DemoAct(DateOnly On)
{
    /// <summary>Does it, unless it was done before.</summary>
    public abstract Task DoAsync(DemoBooks books, CancellationToken cancellationToken);
}

/// <summary>Publishes something in the price book.</summary>
internal sealed record Publishes(DateOnly On, IEvent Publication) : DemoAct(On)
{
    private static readonly Recorder Procurement = new("person:Procurement");

    public override async Task DoAsync(DemoBooks books, CancellationToken cancellationToken)
    {
        var type = EventTypes.Of(Publication);
        var wanted = type.Write(Publication);
        var history = await books.Store.ReadStreamAsync(PriceBook.StreamOf(Publication), cancellationToken);
        if (!history.Any(stored => stored.Type == type.Name && wanted.AsSpan().SequenceEqual(type.Write(stored.Data))))
        {
            await books.Prices.PublishAsync(Publication, Procurement, cancellationToken);
        }
    }
}

/// <summary>Closes a month, or opens it again.</summary>
/// <param name="Place">Which of the month's closings and reopenings it is, from 0.</param>
internal sealed record Closes(DateOnly On, BillingPeriod Month, string Reason, int Place = 0, bool Reopens = false) : DemoAct(On)
{
    private static readonly Recorder Finance = new("person:Finance");

    /// <exception cref="DemoRecordingException">It could not be done.</exception>
    public override async Task DoAsync(DemoBooks books, CancellationToken cancellationToken)
    {
        var history = await books.Store.ReadStreamAsync($"period/{Month}", cancellationToken);
        if (history.Count(stored => stored.Data is BillingPeriodClosed or BillingPeriodReopened) > Place)
        {
            return;
        }

        var reasons = Reopens
            ? await books.Periods.ReopenAsync(Month, Reason, Finance, cancellationToken)
            : (await books.Periods.CloseAsync(Month, new CloseRequest(Reason), Finance, cancellationToken)).Reasons;
        if (reasons is [var first, ..])
        {
            throw new DemoRecordingException($"The demo's month {Month} could not be {(Reopens ? "reopened" : "closed")}: {first.Reason}");
        }
    }
}

/// <summary>The demo's acts: prices as they become known, months as they are closed, what goes wrong with both, and budgets.</summary>
internal static class DemoActs
{
    /// <summary>Of the year's twelve, so many months are closed when it is over: two that have ended are left to do.</summary>
    private const int ClosedMonths = 9;

    private const int ReopenedMonth = 1;

    /// <summary>Reference rates, made up: a euro's at the beginning of each month.</summary>
    private static readonly decimal[] Euro = [1.0812m, 1.0765m, 1.0934m, 1.1020m, 1.0887m, 1.1142m, 1.1255m, 1.1198m, 1.1310m, 1.1276m, 1.1423m, 1.1377m];

    /// <summary>In the order in which they are done.</summary>
    public static IReadOnlyList<DemoAct> For(BillingPeriod first) =>
        [.. DemoRates.Later(first).Concat(ExchangeRates(first)).Concat(Closings(first)).Concat(DemoBudgets.For(first)).OrderBy(act => act.On)];

    private static IEnumerable<DemoAct> ExchangeRates(BillingPeriod first) => Euro.Select((rate, month) =>
    {
        var day = first.Start.AddMonths(month);
        return new Publishes(day, new ExchangeRatePublished("EUR", day, rate, "Demo assumption"));
    });

    private static IEnumerable<DemoAct> Closings(BillingPeriod first)
    {
        for (var month = 0; month < ClosedMonths; month++)
        {
            var period = BillingPeriod.Of(first.Start.AddMonths(month));
            yield return new Closes(period.End.AddDays(5), period, "Month end: invoices are in, checked with the teams");
        }

        var reopened = BillingPeriod.Of(first.Start.AddMonths(ReopenedMonth));
        yield return new Closes(reopened.End.AddDays(11), reopened, "The annotators’ hours of the last week were missing", 1, Reopens: true);
        yield return new Closes(reopened.End.AddDays(13), reopened, "With the annotators’ hours", 2);
    }
}
