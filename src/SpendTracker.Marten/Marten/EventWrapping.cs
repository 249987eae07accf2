using System.Text.Json;
using Marten;
using SpendTracker.Events;
using MartenEvent = JasperFx.Events.IEvent;

namespace SpendTracker.Marten;

/// <summary>Our events as Marten appends them.</summary>
internal static class EventWrapping
{
    /// <summary>An event with the id, headers and trace that it is to be stored with.</summary>
    public static MartenEvent Wrap(this IDocumentSession session, EventToAppend toAppend)
    {
        var wrapped = session.Events.BuildEvent(toAppend.Data);
        wrapped.Id = toAppend.Id;
        wrapped.CorrelationId = toAppend.CorrelationId;
        wrapped.CausationId = toAppend.CausationId;
        using var headers = JsonDocument.Parse(toAppend.Headers);
        foreach (var header in headers.RootElement.EnumerateObject())
        {
            wrapped.SetHeader(header.Name, header.Value.Clone());
        }

        return wrapped;
    }

    /// <summary>Adds events to what the session saves: behind a stream's version, or not at all.</summary>
    public static void Append(this IDocumentSession session, string stream, long expectedVersion, IReadOnlyList<EventToAppend> events)
    {
        object[] wrapped = [.. events.Select(e => session.Wrap(e))];
        if (expectedVersion == 0)
        {
            session.Events.StartStream(stream, wrapped);
        }
        else
        {
            session.Events.Append(stream, expectedVersion + wrapped.Length, wrapped);
        }
    }
}
