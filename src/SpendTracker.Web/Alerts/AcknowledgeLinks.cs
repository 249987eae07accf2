using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Alerts;

/// <summary>What a link allows: to acknowledge one alert.</summary>
/// <param name="Channel">The channel that the link was sent over.</param>
internal sealed record AcknowledgeRight(Guid Alert, string Channel, DateTimeOffset ExpiresAt);

/// <summary>
/// Links that acknowledge an alert, for whoever has them. A link is a capability: encrypted and signed, for one alert and one
/// channel, and expired after a week. It lies behind the <c>#</c>, which no log, trace or link preview gets to see.
/// </summary>
internal sealed class AcknowledgeLinks(IDataProtectionProvider protection, AlertOptions options, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private const int FixedLength = 16 + 8;

    private readonly IDataProtector _protector = protection.CreateProtector("SpendTracker.AcknowledgeLink");

    /// <summary>Null where the host does not know its public address.</summary>
    public Uri? Link(Guid alert, string channel) => options.PublicUrl is { } url ? new Uri($"{url}/acknowledge#{TokenOf(alert, channel)}") : null;

    public string TokenOf(Guid alert, string channel)
    {
        var bytes = new byte[FixedLength + Encoding.UTF8.GetByteCount(channel)];
        alert.TryWriteBytes(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16), (clock.GetUtcNow() + Lifetime).UtcTicks);
        Encoding.UTF8.GetBytes(channel, bytes.AsSpan(FixedLength));
        return WebEncoders.Base64UrlEncode(_protector.Protect(bytes));
    }

    /// <summary>What a token allows, or allowed; null where it is none of ours, or was changed.</summary>
    public AcknowledgeRight? Read(string token)
    {
        try
        {
            var bytes = _protector.Unprotect(WebEncoders.Base64UrlDecode(token));
            return new AcknowledgeRight(
                new Guid(bytes.AsSpan(0, 16)), Encoding.UTF8.GetString(bytes.AsSpan(FixedLength)),
                new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(16)), TimeSpan.Zero));
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
