using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using SpendTracker.Web.Alerts.Senders;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>Where messages go and where not: a receiver inside the network stands for what nobody outside should reach.</summary>
public sealed class OutgoingAddressTests
{
    /// <summary>A public address behind which nobody is: the AS112 project's sink.</summary>
    private static readonly IPAddress Nobody = IPAddress.Parse("192.31.196.1");

    [Theory]
    [InlineData("127.0.0.1", "loopback (127.0.0.0/8)")]
    [InlineData("2130706433", "loopback (127.0.0.0/8)")]
    [InlineData("0x7f000001", "loopback (127.0.0.0/8)")]
    [InlineData("0177.0.0.1", "loopback (127.0.0.0/8)")]
    [InlineData("127.1", "loopback (127.0.0.0/8)")]
    [InlineData("0", "this network (0.0.0.0/8)")]
    [InlineData("localhost", "loopback")]
    [InlineData("LocalHost", "loopback")]
    [InlineData("[::1]", "loopback (::1/128)")]
    [InlineData("[::]", "unspecified (::/128)")]
    [InlineData("[::ffff:127.0.0.1]", "loopback (127.0.0.0/8)")]
    [InlineData("[::ffff:7f00:1]", "loopback (127.0.0.0/8)")]
    [InlineData("[::127.0.0.1]", "IPv4-compatible (::/96)")]
    [InlineData("[64:ff9b::7f00:1]", "loopback (127.0.0.0/8)")]
    [InlineData("[2002:7f00:1::]", "6to4 (2002::/16)")]
    [InlineData("169.254.169.254", "a cloud's metadata (169.254.169.254/32)")]
    [InlineData("[fd00:ec2::254]", "a cloud's metadata (fd00:ec2::254/128)")]
    public async Task However_an_address_inside_is_spelt_it_is_refused_and_the_range_named(string host, string range)
    {
        await using var inside = await HttpReceiver.StartAsync(200);
        using var http = Sending.Http(Sending.Connection());

        var outcome = await http.PostAsync(new($"http://{host}:{inside.Address.Port}/services/T0"));

        Assert.Contains(range, outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("Alerts:AllowedHosts", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(0, inside.Requests);
    }

    [Fact]
    public async Task A_name_is_resolved_once_so_that_it_cannot_lead_inside_after_it_was_checked()
    {
        var questions = 0;
        await AssertNotReachedAsync(() => Interlocked.Increment(ref questions) == 1 ? [Nobody] : [IPAddress.Loopback]);

        Assert.Equal(1, questions);
    }

    [Fact]
    public Task Of_several_addresses_only_public_ones_are_connected_to() => AssertNotReachedAsync(() => [IPAddress.Loopback, Nobody, IPAddress.Loopback.MapToIPv6()]);

    [Fact]
    public async Task A_host_inside_is_open_where_the_operator_allows_it_and_with_a_port_only_there()
    {
        await using var first = await HttpReceiver.StartAsync(200);
        await using var second = await HttpReceiver.StartAsync(200);
        using var onePort = Sending.HttpTo(first);
        using var everyPort = Sending.Http(Sending.Connection("127.0.0.1", "[::1]:25"));

        Assert.True((await onePort.PostAsync(first.Address)).IsSent);
        Assert.False((await onePort.PostAsync(second.Address)).IsSent);
        Assert.False((await onePort.PostAsync(new($"http://localhost:{first.Address.Port}/"))).IsSent); // Named is the address, not the name.
        Assert.True((await everyPort.PostAsync(second.Address)).IsSent);
        Assert.Equal((1, 1), (first.Requests, second.Requests));
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://grafana.example.com")]
    [InlineData("grafana/api")]
    [InlineData("user@grafana")]
    [InlineData("grafana:0")]
    [InlineData("grafana:99999")]
    public void An_entry_that_is_no_host_is_refused_by_name(string entry) =>
        Assert.Contains($"Alerts:AllowedHosts: '{entry}'", Assert.Throws<ArgumentException>(() => new AllowedHosts([entry])).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_redirect_is_not_followed_and_its_path_not_told()
    {
        await using var inside = await HttpReceiver.StartAsync(200);
        await using var receiver = await HttpReceiver.StartAsync(context =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = $"http://user:pass@127.0.0.1:{inside.Address.Port}/latest/meta-data";
            return Task.CompletedTask;
        });
        using var http = Sending.Http(Sending.Connection("127.0.0.1"));

        var outcome = await http.PostAsync(receiver.Address);

        Assert.Equal($"{receiver.Address.Authority} answered 307, a redirect to http://127.0.0.1:{inside.Address.Port}, which is not followed: enter the address where messages are taken.", outcome.Reason);
        Assert.Equal(0, inside.Requests);
    }

    [Fact]
    public async Task A_host_proves_its_name_by_a_certificate_that_is_trusted()
    {
        using var certificate = Sending.Certificate();
        await using var receiver = await HttpReceiver.StartAsync(
            _ => Task.CompletedTask, settings => settings.UseUrls().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, port => port.UseHttps(certificate))));
        var place = new UriBuilder(receiver.Address) { Host = "localhost" }.Uri;
        AllowedHosts allowed = new(["localhost", "127.0.0.1"]);
        using var trusting = Sending.Http(new(allowed, Dns.GetHostAddressesAsync, [certificate]));
        using var doubting = Sending.Http(new(allowed, Dns.GetHostAddressesAsync));

        Assert.True((await trusting.PostAsync(place)).IsSent);
        Assert.Contains("No encrypted connection with localhost", (await doubting.PostAsync(place)).Reason, StringComparison.Ordinal);
        Assert.Contains("RemoteCertificateNameMismatch", (await trusting.PostAsync(new UriBuilder(place) { Host = "127.0.0.1" }.Uri)).Reason, StringComparison.Ordinal);
        Assert.Equal(1, receiver.Requests);
    }

    /// <summary>Nobody answers at the public address, so the only connection that there can be is one inside.</summary>
    private static async Task AssertNotReachedAsync(Func<IPAddress[]> resolve)
    {
        await using var inside = await HttpReceiver.StartAsync(200);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        var connection = new OutgoingConnection(new AllowedHosts([]), (_, _) => Task.FromResult(resolve()));

        var fault = await Assert.ThrowsAnyAsync<Exception>(() => connection.OpenAsync("rebinding.example.com", inside.Address.Port, patience.Token));
        Assert.True(fault is SocketException or OperationCanceledException, fault.Message);
    }
}
