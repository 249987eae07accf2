using SpendTracker.Contracts;
using SpendTracker.Web.Exports;

namespace SpendTracker.Web.Explorer;

/// <summary>Events as a sheet: a line for each quantity of each event. An event without any has one, too.</summary>
internal static class EventSheet
{
    public static Sheet Of(EventsResponse events) => Sheet.Of(
        "events", events.Items.SelectMany(row => row.Quantities.DefaultIfEmpty().Select(quantity => (Event: row, Quantity: quantity))),
        new("event", line => line.Event.EventId),
        new("type", line => line.Event.Type),
        new("source", line => line.Event.Source),
        new("id", line => line.Event.Id),
        new("recorded_at", line => line.Event.RecordedAt),
        new("recorded_by", line => line.Event.RecordedBy),
        new("day", line => line.Quantity?.Day),
        new("component", line => line.Quantity?.Component),
        new("sku", line => line.Quantity?.Sku),
        new("meter", line => line.Quantity?.Meter),
        new("quantity", line => line.Quantity?.Quantity),
        new("counts", line => line.Quantity?.Counts),
        new("unit_price", line => line.Quantity?.UnitPrice),
        new("price_currency", line => line.Quantity?.PriceCurrency),
        new("exchange_rate", line => line.Quantity?.ExchangeRate),
        new("amount", line => line.Quantity?.Amount),
        new("currency", _ => events.Currency),
        new("unpriced", line => line.Quantity?.Unpriced),
        new("incomplete", line => line.Quantity?.Incomplete),
        new("corrected_by", line => line.Event.CorrectedBy?.EventId));
}
