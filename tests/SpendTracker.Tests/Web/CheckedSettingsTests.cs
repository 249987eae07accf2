using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using SpendTracker.Settings;
using SpendTracker.Web.Alerts;
using SpendTracker.Web.Commands;

namespace SpendTracker.Tests.Web;

public sealed class CheckedSettingsTests
{
    /// <summary>With no place for an event a page would never end; with none in the queue, nothing could ever be recorded.</summary>
    [Theory]
    [InlineData("PageEvents", "0", "1 and 200000")]
    [InlineData("PageEvents", "-1", "1 and 200000")]
    [InlineData("PageEvents", "200001", "1 and 200000")]
    [InlineData("PageEvents", "many", "many")]
    [InlineData("Writers", "0", "1 and 32")]
    [InlineData("BatchEvents", "0", "1 and 50000")]
    [InlineData("QueuedEvents", "9999", "10000 and 1000000")]
    [InlineData("RequestBytes", "0", "1 and")]
    [InlineData("PageInterval", "-00:00:01", "00:00:00 and 00:01:00")]
    [InlineData("GapGrace", "01:00:01", "00:00:00 and 01:00:00")]
    [InlineData("PollInterval", "00:00:00", "00:00:00.01")]
    public async Task A_setting_of_the_event_store_that_is_beyond_its_limits_is_refused_by_name(string name, string value, string said)
    {
        // Nothing listens there: it is refused before a database is looked for.
        var configuration = Configuration(("ConnectionStrings:spendtracker", "Host=127.0.0.1;Port=1;Timeout=1"), ($"SpendTracker:Events:{name}", value));

        var fault = await Assert.ThrowsAsync<SettingsConflictException>(() => OpenedDatabase.OpenAsync(
            configuration, NullLoggerFactory.Instance, OpenedDatabase.Serve, reset: false, null, TestContext.Current.CancellationToken));

        Assert.Contains("SpendTracker:Events", fault.Message, StringComparison.Ordinal);
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SendTimeout", "00:00:00")]
    [InlineData("SendTimeout", "00:01:01")]
    [InlineData("SendTimeout", "soon")]
    [InlineData("MostAtOnce", "0")]
    [InlineData("MostAtOnce", "101")]
    public void A_setting_of_alerts_that_is_beyond_its_limits_is_refused_by_name(string name, string value)
    {
        var fault = Assert.Throws<SettingsConflictException>(() => AlertOptions.Of(Configuration(($"Alerts:{name}", value))));

        Assert.Contains("Alerts", fault.Message, StringComparison.Ordinal);
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_within_their_limits_are_taken_and_others_keep_their_defaults()
    {
        var options = AlertOptions.Of(Configuration(("Alerts:MostAtOnce", "100")));

        Assert.Equal((100, TimeSpan.FromSeconds(15)), (options.MostAtOnce, options.SendTimeout));
    }

    private static IConfiguration Configuration(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build();
}
