using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Events;
using Xunit;

namespace SpendTracker.Tests.Events;

/// <summary>Event ids made of callers' ids.</summary>
public sealed class EventIdTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("req-8f14", 5)]
    [InlineData("5a0e1c2b-8d4f-4a6b-9c3d-2e1f0a9b8c7d", 5)] // Random: it has no time.
    [InlineData("019cab3e-7c00-7a6b-9c3d-2e1f0a9b8c7d", 8)]
    [InlineData("{019cab3e-7c00-7a6b-9c3d-2e1f0a9b8c7d}", 5)]
    public void The_same_id_gives_the_same_event_id(string id, int version)
    {
        var made = EventId.From("t", "gateway", id);

        Assert.Equal(made, EventId.From("t", "gateway", id));
        Assert.Equal(version, made.Version);
        Assert.Equal(0b10, made.Variant >> 2);
    }

    [Fact]
    public void An_id_that_begins_with_its_time_gives_one_that_does()
    {
        var ids = Enumerable.Range(0, 1_000).Select(i => Guid.CreateVersion7(Noon.AddMilliseconds(i)).ToString()).ToArray();

        var made = ids.Select(id => EventId.From("t", "gateway", id).ToString()).ToArray();

        Assert.Equal(ids.Select(id => id[..13]), made.Select(id => id[..13]));
        Assert.Equal(made.Order(StringComparer.Ordinal), made);
    }

    [Fact]
    public void Records_that_differ_have_ids_that_differ()
    {
        var texts = Gen.Elements("", "1", "a", "ab", "b").Two();
        var ids = Gen.Choose(0, 3).Select(i => new Guid(i, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, (byte)(i % 2)).ToString());
        var records = from of in texts from id in ids select (Tenant: of.Item1, Source: of.Item2, Id: id);

        Prop.ForAll(records.Two().ToArbitrary(), both =>
            (EventId.From(both.Item1.Tenant, both.Item1.Source, both.Item1.Id) == EventId.From(both.Item2.Tenant, both.Item2.Source, both.Item2.Id))
            == (both.Item1 == both.Item2)).QuickCheckThrowOnFailure();
    }
}
