using System.Net;
using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Web.Alerts.Senders;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>Which addresses this host connects to: each range at both ends, and what lies beside it.</summary>
public sealed class AddressRangesTests
{
    [Theory]
    [InlineData("0.0.0.0", "0.255.255.255", "0.0.0.0/8")]
    [InlineData("10.0.0.0", "10.255.255.255", "10.0.0.0/8")]
    [InlineData("100.64.0.0", "100.127.255.255", "100.64.0.0/10")]
    [InlineData("127.0.0.0", "127.255.255.255", "127.0.0.0/8")]
    [InlineData("168.63.129.16", "168.63.129.16", "168.63.129.16/32")]
    [InlineData("169.254.0.0", "169.254.255.255", "169.254.0.0/16")]
    [InlineData("169.254.169.254", "169.254.169.254", "169.254.169.254/32")]
    [InlineData("172.16.0.0", "172.31.255.255", "172.16.0.0/12")]
    [InlineData("192.0.0.0", "192.0.0.255", "192.0.0.0/24")]
    [InlineData("192.0.2.0", "192.0.2.255", "192.0.2.0/24")]
    [InlineData("192.88.99.0", "192.88.99.255", "192.88.99.0/24")]
    [InlineData("192.168.0.0", "192.168.255.255", "192.168.0.0/16")]
    [InlineData("198.18.0.0", "198.19.255.255", "198.18.0.0/15")]
    [InlineData("198.51.100.0", "198.51.100.255", "198.51.100.0/24")]
    [InlineData("203.0.113.0", "203.0.113.255", "203.0.113.0/24")]
    [InlineData("224.0.0.0", "239.255.255.255", "224.0.0.0/4")]
    [InlineData("240.0.0.0", "255.255.255.254", "240.0.0.0/4")]
    [InlineData("255.255.255.255", "255.255.255.255", "255.255.255.255/32")]
    [InlineData("::", "::", "::/128")]
    [InlineData("::1", "::1", "::1/128")]
    [InlineData("::2", "::255.255.255.255", "::/96")]
    [InlineData("::ffff:10.0.0.0", "::ffff:10.255.255.255", "10.0.0.0/8")]
    [InlineData("64:ff9b::169.254.169.254", "64:ff9b::169.254.169.254", "169.254.169.254/32")]
    [InlineData("64:ff9b::192.168.0.0", "64:ff9b::192.168.255.255", "192.168.0.0/16")]
    [InlineData("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "64:ff9b:1::/48")]
    [InlineData("100::", "100::ffff:ffff:ffff:ffff", "100::/64")]
    [InlineData("2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "2001::/32")]
    [InlineData("2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001::/23")]
    [InlineData("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::/32")]
    [InlineData("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2002::/16")]
    [InlineData("2002:7f00:1::", "2002:a00:1::", "2002::/16")]
    [InlineData("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff::/20")]
    [InlineData("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "5f00::/16")]
    [InlineData("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fc00::/7")]
    [InlineData("fd00:ec2::254", "fd00:ec2::254", "fd00:ec2::254/128")]
    [InlineData("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::/10")]
    [InlineData("fe80::1%1", "fe80::1%2", "fe80::/10")]
    [InlineData("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::/10")]
    [InlineData("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ff00::/8")]
    [InlineData("4000::", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::/3")]
    public void A_range_is_closed_from_its_first_address_to_its_last_and_named(string first, string last, string range)
    {
        Assert.Contains(range, AddressRanges.ThatClose(IPAddress.Parse(first)), StringComparison.Ordinal);
        Assert.Contains(range, AddressRanges.ThatClose(IPAddress.Parse(last)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.0.0.0")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2001:200::")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2003::")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void What_lies_beside_a_range_is_open(string address) => Assert.Null(AddressRanges.ThatClose(IPAddress.Parse(address)));

    [Fact]
    public void An_IPv4_address_is_judged_alike_in_every_form_that_leads_to_it() => Prop.ForAll(Gen.ArrayOf(Gen.Choose(0, 255), 4).ToArbitrary(), parts =>
    {
        byte[] bytes = [.. parts.Select(part => (byte)part)];
        var closed = AddressRanges.ThatClose(new IPAddress(bytes));
        byte[] nat64 = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, .. bytes];
        return AddressRanges.ThatClose(new IPAddress(bytes).MapToIPv6()) == closed && AddressRanges.ThatClose(new IPAddress(nat64)) == closed;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
}
