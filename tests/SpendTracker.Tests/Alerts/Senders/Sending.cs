using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Alerts.Senders;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>Alerts to tell, and the way out to receivers on this machine.</summary>
internal static class Sending
{
    public static readonly DateTimeOffset Noticed = new(2026, 11, 22, 10, 0, 30, TimeSpan.Zero);

    /// <summary>A way out that the operator opened for these hosts.</summary>
    public static OutgoingConnection Connection(params string[] allowed) => new(new AllowedHosts(allowed), Dns.GetHostAddressesAsync);

    /// <param name="timeout">Long, where a test is not about it: the machine may be busy.</param>
    public static OutgoingHttp Http(OutgoingConnection connection, double timeout = 60) =>
        new(connection, TimeProvider.System) { Timeout = TimeSpan.FromSeconds(timeout) };

    public static OutgoingHttp HttpTo(HttpReceiver receiver, double timeout = 60) => Http(Connection(receiver.Address.Authority), timeout);

    public static Task<SendOutcome> SendAsync(this IChannelSender sender, ChannelAddress address, AlertNotice notice) =>
        sender.SendAsync(address, notice, TestContext.Current.CancellationToken);

    /// <summary>A notice in Slack's form, which every receiver takes.</summary>
    public static Task<SendOutcome> PostAsync(this OutgoingHttp http, Uri url) => new SlackSender(http).SendAsync(new SlackAddress(url), Notice());

    /// <summary>What a receiver gets of a notice that it takes.</summary>
    public static async Task<(string Body, IReadOnlyDictionary<string, string> Headers)> PostedAsync(
        Func<OutgoingHttp, IChannelSender> sender, Func<Uri, ChannelAddress> address, AlertNotice notice)
    {
        var body = "";
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        await using var receiver = await HttpReceiver.StartAsync(async context =>
        {
            foreach (var (name, value) in context.Request.Headers)
            {
                headers[name] = value.ToString();
            }

            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            body = await reader.ReadToEndAsync(context.RequestAborted);
        });
        using var http = HttpTo(receiver);
        Assert.Equal(SendOutcome.Sent, await sender(http).SendAsync(address(receiver.Address), notice));
        return (body, headers);
    }

    public static AlertNotice Notice(NoticeKind kind = NoticeKind.Crossed, params NoticedAlert[] alerts) =>
        new(Guid.Parse("5f8c1e04-0d1b-4a57-9a1f-0a8a3c1d2e3f"), kind, Noticed, alerts.Length == 0 ? [Alert()] : alerts);

    public static NoticedAlert Alert(
        string name = "Marketing", ThresholdOn on = ThresholdOn.Actual, decimal? percent = 80, decimal at = 800m, decimal observed = 812.5m, int id = 1,
        ResolvedBecause? resolved = null, string currency = "USD")
    {
        var alert = new Guid(id, 0, 0, new byte[8]);
        var crossed = new BudgetThresholdCrossed(
            "marketing", 3, name, new(2026, 11, 1), new(2026, 12, 1), new BudgetThreshold(on, Percent: percent), 1, currency, Limit: 1000m, At: at,
            Observed: observed, Spent: 812.5m, Forecast: 1240.000001m, Position: 4711,
            [new Contributor("support-chat", 700.25m, [new ContributingEvent(new Guid(9, 0, 0, new byte[8]), 12.5m, "4bf92f3577b34da6a3ce929d0e0e4736")])]);
        return new(
            alert, crossed, Noticed.AddSeconds(-2),
            resolved is { } because ? new BudgetThresholdResolved("marketing", alert, because, because == ResolvedBecause.Below ? at - 0.004m : null, 4800) : null,
            resolved is null ? null : Noticed.AddHours(3), new($"https://spend.example.com/alerts/{alert}"),
            resolved is null ? new($"https://spend.example.com/acknowledge?a={alert}&t=abc") : null);
    }

    /// <summary>A certificate for localhost that nobody trusts of their own.</summary>
    public static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var signed = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
