using System.Net;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Tests.Access;

public sealed class RemoteTests
{
    [Theory]
    [InlineData("203.0.113.9", RecordedAddresses.Full, "203.0.113.9")]
    [InlineData("::ffff:203.0.113.9", RecordedAddresses.Full, "203.0.113.9")]
    [InlineData("2001:db8:1:2::9", RecordedAddresses.Full, "2001:db8:1:2::9")]
    [InlineData("203.0.113.9", RecordedAddresses.Network, "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.9", RecordedAddresses.Network, "203.0.113.0/24")]
    [InlineData("2001:db8:1:2::9", RecordedAddresses.Network, "2001:db8:1::/48")]
    [InlineData("203.0.113.9", RecordedAddresses.None, null)]
    public void As_much_of_an_address_is_recorded_as_is_set(string address, RecordedAddresses recorded, string? expected) =>
        Assert.Equal(expected, Remote.Of(IPAddress.Parse(address), recorded));
}
