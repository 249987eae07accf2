using SpendTracker.Web.Health;
using SpendTracker.Web.Pages;

namespace SpendTracker.Tests.Web;

public sealed class HostHistoryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 10, TimeSpan.Zero);

    private readonly FixedClock _clock = new(Noon);

    [Fact]
    public void A_step_has_the_rate_the_worst_lag_and_the_time_of_99_of_100_and_a_quiet_one_has_zeros()
    {
        var history = new HostHistory(_clock);
        for (var n = 0; n < 99; n++)
        {
            history.Appended(2);
            history.AppendTook(0.004);
        }

        history.AppendTook(3);
        history.WasBehind(TimeSpan.FromSeconds(2));
        history.WasBehind(TimeSpan.FromSeconds(1));
        Assert.Empty(history.Read()); // The step goes on.

        _clock.Now = Noon.AddSeconds(60);
        Assert.Equal([(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero), 6.6, 2.0), (new DateTimeOffset(2026, 11, 30, 12, 0, 30, TimeSpan.Zero), 0.0, 0.0)], history.Read().Select(step => (step.At, step.EventsPerSecond, step.LagSeconds)));
        Assert.InRange(history.Read()[0].AppendP99!.Value, 0.004, 0.0044);
        Assert.Null(history.Read()[1].AppendP99);
    }

    [Fact]
    public void After_an_hour_the_oldest_step_is_gone_and_what_takes_its_place_begins_at_nothing()
    {
        var history = new HostHistory(_clock);
        history.Appended(300);
        _clock.Now = Noon.AddHours(1);
        history.Appended(30);
        _clock.Now = _clock.Now.AddSeconds(30);

        Assert.Equal(119, history.Read().Count);
        Assert.Equal(1, history.Read()[^1].EventsPerSecond);
        Assert.All(history.Read().SkipLast(1), step => Assert.Equal(0, step.EventsPerSecond));
    }

    [Theory]
    [InlineData("https://jaeger.example.com/trace/{traceId}", true)]
    [InlineData("http://localhost:18888/traces/detail/{traceId}?x=1", true)]
    [InlineData("https://jaeger.example.com/trace/", false)]
    [InlineData("https://jaeger.example.com/{traceId}/{traceId}", false)]
    [InlineData("javascript:alert({traceId})", false)]
    [InlineData("https://{traceId}.example.com/", false)]
    [InlineData("https://user:secret@example.com/{traceId}", false)]
    [InlineData("/trace/{traceId}", false)]
    public void A_trace_links_to_a_web_address_that_its_id_goes_into_once(string template, bool valid) => Assert.Equal(valid, TraceLink.IsTemplate(template));

    [Fact]
    public void Only_the_id_of_a_trace_becomes_a_link()
    {
        var link = new TraceLink("https://jaeger.example.com/trace/{traceId}");

        Assert.Equal("https://jaeger.example.com/trace/4bf92f3577b34da6a3ce929d0e0e4736", link.To("4bf92f3577b34da6a3ce929d0e0e4736"));
        Assert.Equal("https://jaeger.example.com", link.Home);
        Assert.Null(link.To("../../evil"));
        Assert.Null(link.To(null));
        Assert.Null(new TraceLink(null).To("4bf92f3577b34da6a3ce929d0e0e4736"));
    }

    [Theory]
    [InlineData(0, 0, "All is well. No event arrived here in the last 5 minutes.")]
    [InlineData(90, 1, "Look at this: the numbers are 90 s behind, 1 event is set aside. No event arrived here in the last 5 minutes.")]
    public void The_sentence_says_what_is_wrong(double lag, int setAside, string sentence) => Assert.Equal(
        sentence, HealthWords.Sentence(new(Noon, 0, lag, null, 10, [new("Costs", 10, 0, setAside)], [], [], 1, null, Noon, [], null, [])));
}
