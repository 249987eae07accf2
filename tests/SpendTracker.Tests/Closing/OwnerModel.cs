using SpendTracker.Contracts;

namespace SpendTracker.Tests.Closing;

/// <summary>
/// Whom costs and estimates are of, by the rule in words: of whoever had the workload when its month of use was closed, and of
/// whoever has it now where the month is open. In the plainest code, for comparing with the SQL.
/// </summary>
internal sealed class OwnerModel(MoneyModel money)
{
    public const string Nobody = "(unregistered)/(none)";

    private readonly Dictionary<string, string> _owners = [];
    private readonly Dictionary<BillingPeriod, Closing> _closed = [];
    private readonly List<EstimateSubmitted> _estimates = [];

    /// <summary>What was booked when a month was closed, and what held then: owners by workload, and how SKUs were named.</summary>
    private sealed record Closing(IReadOnlyDictionary<string, string> Owners, Func<string, string> NameOf, IReadOnlyList<Booking> Booked);

    /// <param name="Origin">The month of use.</param>
    private sealed record Booking(BillingPeriod Month, BillingPeriod Origin, string Workload, string Owner, decimal Amount);

    /// <param name="owner">Team and cost centre.</param>
    public void Register(string workload, string owner) => _owners[workload] = owner;

    public void Submit(EstimateSubmitted estimate) => _estimates.Add(estimate);

    public void Close(BillingPeriod month)
    {
        Booking[] booked = [.. Bookings.Where(booking => booking.Month == month)];
        var names = money.Names;
        _closed.Add(month, new(_owners.ToDictionary(), sku => names.GetValueOrDefault(sku, sku), booked));
    }

    public void Reopen(BillingPeriod month) => _closed.Remove(month);

    public IEnumerable<string> Costs => Text(Bookings.Select(booking => ($"{booking.Month} {booking.Owner}", booking.Amount)));

    public IEnumerable<string> Estimates => Text(Expected.Select(line => ($"{line.Month} {OwnersIn(line.Month).GetValueOrDefault(line.Workload, Nobody)}", line.Amount)));

    public IEnumerable<string> EstimatesByModel => Text(Expected.Select(line => ($"{line.Month} {NameIn(line.Month, line.Sku)}", line.Amount)));

    /// <summary>Sums by name, in the order of names; without those that come to nothing.</summary>
    public static IEnumerable<string> Text(IEnumerable<(string Name, decimal Amount)> parts) => parts.GroupBy(part => part.Name, part => part.Amount)
        .Select(name => (Name: name.Key, Amount: MoneyAnswers.Rounded(name.Sum()))).Where(name => name.Amount != 0)
        .OrderBy(name => name.Name, StringComparer.Ordinal).Select(name => FormattableString.Invariant($"{name.Name}: {name.Amount:0.############}"));

    private IReadOnlyDictionary<string, string> OwnersIn(BillingPeriod month) => _closed.TryGetValue(month, out var closing) ? closing.Owners : _owners;

    private string NameIn(BillingPeriod month, string? sku) =>
        sku is null ? "(none)" : _closed.TryGetValue(month, out var closing) ? closing.NameOf(sku) : money.Names.GetValueOrDefault(sku, sku);

    /// <summary>What was frozen, and what differs from it: in the month of use, or in the first open one after it.</summary>
    private IEnumerable<Booking> Bookings
    {
        get
        {
            Booking[] frozen = [.. _closed.Values.SelectMany(closing => closing.Booked)];
            var parts = money.CostByUse.Concat(frozen.Select(booking => (booking.Workload, Month: booking.Origin, Cost: -booking.Amount)));
            return frozen.Concat(parts.GroupBy(part => (part.Workload, part.Month), part => part.Cost).Select(use => new Booking(
                FirstOpen(use.Key.Month), use.Key.Month, use.Key.Workload, OwnersIn(use.Key.Month).GetValueOrDefault(use.Key.Workload, Nobody), use.Sum())));
        }
    }

    /// <summary>By the estimate that was submitted last for each workload and month.</summary>
    private IEnumerable<(BillingPeriod Month, string Workload, string? Sku, decimal Amount)> Expected => _estimates
        .SelectMany(estimate => MonthsOf(estimate).Select(month => (Month: month, Estimate: estimate)))
        .GroupBy(line => (line.Month, line.Estimate.Workload), line => line.Estimate)
        .SelectMany(month => month.Last().Lines.Select(line => (month.Key.Month, month.Key.Workload, line.Sku, line.Amount!.Value)));

    private static IEnumerable<BillingPeriod> MonthsOf(EstimateSubmitted estimate)
    {
        Assert.True(BillingPeriod.TryParse(estimate.From, out var month) & BillingPeriod.TryParse(estimate.To, out var last));
        for (; month <= last; month = month.Next)
        {
            yield return month;
        }
    }

    private BillingPeriod FirstOpen(BillingPeriod month)
    {
        while (_closed.ContainsKey(month))
        {
            month = month.Next;
        }

        return month;
    }
}
