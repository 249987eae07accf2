using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SpendTracker.Web.Alerts;
using SpendTracker.Web.Commands;
using SpendTracker.Web.Hosting;

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
        var fault = await RefusedAsync(($"SpendTracker:Events:{name}", value));

        Assert.Contains("SpendTracker:Events", fault, StringComparison.Ordinal);
        Assert.Contains(name, fault, StringComparison.Ordinal);
        Assert.Contains(said, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SendTimeout", "00:00:00", "00:00:00.1000000 and 00:01:00")]
    [InlineData("SendTimeout", "00:01:01", "00:00:00.1000000 and 00:01:00")]
    [InlineData("SendTimeout", "soon", "soon")]
    [InlineData("MostAtOnce", "0", "1 and 100")]
    [InlineData("MostAtOnce", "101", "1 and 100")]
    [InlineData("AllowedHosts", "here, a/b", "'a/b'")]
    public async Task A_setting_of_alerts_that_is_beyond_its_limits_is_refused_by_name_under_its_older_name_too(string name, string value, string said)
    {
        foreach (var section in (string[])["SpendTracker:Alerts", "Alerts"])
        {
            var fault = await RefusedAsync(($"{section}:{name}", value));

            Assert.Contains("SpendTracker:Alerts", fault, StringComparison.Ordinal);
            Assert.Contains(name, fault, StringComparison.Ordinal);
            Assert.Contains(said, fault, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("OpenIdConnect:Authority is missing", "ClientId=x")]
    [InlineData("OpenIdConnect:Authority is missing", "Roles=a=admin")]
    [InlineData("OpenIdConnect:ClientId is missing", "Authority=https://login.example.com", "ClientSecret=s")]
    [InlineData("OpenIdConnect:ClientSecret is missing", "Authority=https://login.example.com", "ClientId=x")]
    [InlineData("OpenIdConnect:Authority is 'http://login.example.com'", "Authority=http://login.example.com", "ClientId=x", "ClientSecret=s")]
    [InlineData("OpenIdConnect:Authority is 'login'", "Authority=login", "ClientId=x", "ClientSecret=s")]
    [InlineData("OpenIdConnect:Scopes is 'profile'", "Authority=https://login.example.com", "ClientId=x", "ClientSecret=s", "Scopes=profile")]
    [InlineData("OpenIdConnect:Roles has the role 'boss'", "Authority=https://login.example.com", "ClientId=x", "ClientSecret=s", "Roles=a=boss")]
    [InlineData("OpenIdConnect:Roles has 'admins'", "Authority=https://login.example.com", "ClientId=x", "ClientSecret=s", "Roles=admins")]
    [InlineData("OpenIdConnect:Roles gives the group 'a' two roles", "Authority=https://login.example.com", "ClientId=x", "ClientSecret=s", "Roles=a=admin;a=viewer")]
    [InlineData("OpenIdConnect:GroupClaim is empty", "Authority=https://login.example.com", "ClientId=x", "ClientSecret=s", "Roles=a=admin", "GroupClaim= ")]
    [InlineData("OpenIdConnect:AssistantAudience is the ClientId", "Authority=https://login.example.com", "ClientId=x", "ClientSecret=s", "AssistantAudience=x")]
    [InlineData("makes nobody a member", "Authority=https://login.example.com", "ClientId=x", "ClientSecret=s", "Roles=a=admin", "Teams=b=Search")]
    [InlineData("OpenIdConnect:Autority is not a setting. Did you mean SpendTracker:OpenIdConnect:Authority?", "Autority=https://login.example.com")]
    public async Task A_missing_or_contradictory_setting_of_the_identity_provider_is_refused_by_name(string said, params string[] settings) => Assert.Contains(
        said, await RefusedAsync([.. settings.Select(setting => ($"SpendTracker:OpenIdConnect:{setting[..setting.IndexOf('=', StringComparison.Ordinal)]}", setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]))]),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("Idle", "00:04:59")]
    [InlineData("Lifetime", "31.00:00:00")]
    public async Task A_limit_of_sessions_that_is_beyond_its_own_is_refused_by_name(string name, string value) =>
        Assert.Contains(name, await RefusedAsync(($"SpendTracker:Sessions:{name}", value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("SpendTracker:Events:PageEvnts", "SpendTracker:Events:PageEvents")]
    [InlineData("SpendTracker:events:pageinterva", "SpendTracker:Events:PageInterval")]
    [InlineData("SpendTracker:Event:Writers", "SpendTracker:Events:Writers")]
    [InlineData("SpendTracker:Writers", "SpendTracker:Events:Writers")]
    [InlineData("SpendTracker:ReportingTimezones", "SpendTracker:ReportingTimeZone")]
    [InlineData("SpendTracker:Proxies:0", "SpendTracker:Proxies")]
    [InlineData("SpendTracker:Alerts:SendTimout", "SpendTracker:Alerts:SendTimeout")]
    [InlineData("SpendTracker:Alerts:PublicUrl", "SpendTracker:PublicUrl")]
    [InlineData("SpendTracker:Telemetry:Prometeus", "SpendTracker:Telemetry:Prometheus")]
    public async Task A_misspelt_setting_is_refused_with_the_nearest_name(string name, string nearest) =>
        Assert.Equal($"{name} is not a setting. Did you mean {nearest}?", await RefusedAsync((name, "1")));

    [Fact]
    public async Task A_host_does_not_start_with_a_misspelt_setting()
    {
        await using var database = await TestDatabase.CreateAsync();

        var (exitCode, output) = await HostProcess.RunAsync(
            database.Spend.Options.ConnectionString, ["serve", "--urls", "http://127.0.0.1:0"], new() { ["SpendTracker__Events__Writer"] = "2" });

        Assert.Equal(1, exitCode);
        Assert.Equal("SpendTracker:Events:Writer is not a setting. Did you mean SpendTracker:Events:Writers?", output.Trim());
    }

    [Fact]
    public void Settings_within_their_limits_are_taken_and_others_keep_their_defaults()
    {
        var settings = SpendTrackerSettings.Of(Configuration(
            ("SpendTracker:Alerts:MostAtOnce", "100"), ("SpendTracker:Events:Writers", "4"), ("SpendTracker:Telemetry:Prometheus", "true"), ("SpendTracker:Proxies", "10.0.0.0/8")));

        Assert.Equal((100, TimeSpan.FromSeconds(15)), (settings.Alerts.MostAtOnce, settings.Alerts.SendTimeout));
        Assert.Equal((4, 50_000, true, "10.0.0.0/8"), (settings.Events.Writers, settings.Events.PageEvents, settings.Telemetry.Prometheus, settings.Proxies));
    }

    [Fact]
    public void Older_names_hold_until_the_name_of_now_is_set()
    {
        (string, string)[] old = [("PublicUrl", "https://old.example.com/"), ("Alerts:MostAtOnce", "7"), ("Alerts:SendTimeout", "00:00:09"), ("Alerts:AllowedHosts", "a, b:1")];
        var before = OptionsOf(old);
        var after = OptionsOf([.. old, ("SpendTracker:PublicUrl", "https://new.example.com"), ("SpendTracker:Alerts:AllowedHosts:0", "c")]);

        Assert.Equal(("https://old.example.com", 7, TimeSpan.FromSeconds(9)), (before.PublicUrl, before.MostAtOnce, before.SendTimeout));
        Assert.Equal(["a", "b:1"], before.AllowedHosts);
        Assert.Equal(("https://new.example.com", 7), (after.PublicUrl, after.MostAtOnce));
        Assert.Equal(["c"], after.AllowedHosts);
    }

    private static AlertOptions OptionsOf(params (string Name, string Value)[] settings)
    {
        using var services = new ServiceCollection().AddSettings(Configuration(settings)).BuildServiceProvider();
        return services.GetRequiredService<AlertOptions>();
    }

    /// <summary>What a command says. Nothing listens there: it is refused before a database is looked for.</summary>
    private static async Task<string> RefusedAsync(params (string Name, string Value)[] settings) => (await Assert.ThrowsAsync<OptionsValidationException>(() => OpenedDatabase.OpenAsync(
        Configuration([("ConnectionStrings:spendtracker", "Host=127.0.0.1;Port=1;Timeout=1"), .. settings]), NullLoggerFactory.Instance, OpenedDatabase.Serve, reset: false, null,
        TestContext.Current.CancellationToken))).Message;

    private static IConfiguration Configuration(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build();
}
