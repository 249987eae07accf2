using System.Security.Cryptography;
using System.Text;

namespace SpendTracker.Access;

/// <summary>
/// A key as a caller presents it: <c>spend_{id}_{secret}{checksum}</c>, in lower-case hexadecimal of 12, 64 and 8 digits. The prefix
/// lets scanners find a leaked key; by the checksum they tell a key from what only looks like one, without asking anybody.
/// Keys of earlier versions have no checksum.
/// </summary>
/// <param name="Id">Finds the key; no secret.</param>
/// <param name="Secret">Without the checksum.</param>
public sealed record ApiKeyText(string Id, string Secret)
{
    /// <summary>What finds a key in a text, for scanners of secrets.</summary>
    public const string Pattern = "spend_[0-9a-f]{12}_[0-9a-f]{64}(?:[0-9a-f]{8})?";

    private const string Prefix = "spend";
    private const int IdDigits = 12;
    private const int SecretDigits = 64;
    private const int ChecksumDigits = 8;

    /// <summary>A key that nobody has.</summary>
    public static ApiKeyText New() => Again(RandomNumberGenerator.GetHexString(IdDigits, lowercase: true));

    /// <summary>A new secret for a key.</summary>
    public static ApiKeyText Again(string id) => new(id, RandomNumberGenerator.GetHexString(SecretDigits, lowercase: true));

    /// <returns>Null if it is no key: not of this form, or its checksum is wrong.</returns>
    public static ApiKeyText? Read(string presented) =>
        presented.Split('_') is [Prefix, { Length: IdDigits } id, { Length: SecretDigits or SecretDigits + ChecksumDigits } rest]
        && id.All(char.IsAsciiHexDigitLower) && rest.All(char.IsAsciiHexDigitLower)
        && new ApiKeyText(id, rest[..SecretDigits]) is var key && rest[SecretDigits..] is var checksum && (checksum.Length == 0 || checksum == key.Checksum)
            ? key
            : null;

    /// <summary>As it is shown, once.</summary>
    public override string ToString() => $"{Body}{Checksum}";

    private string Body => $"{Prefix}_{Id}_{Secret}";

    /// <summary>The first digits of the SHA-256 of what is before it.</summary>
    private string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Body)))[..ChecksumDigits];
}
