using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace SpendTracker;

/// <summary>Currencies by their ISO 4217 codes. The list is here, since what .NET knows depends on the machine and on its culture settings.</summary>
public static class Currency
{
    /// <summary>
    /// ISO 4217:2015, list one, current currency and funds codes, as of amendment 180, which took the lev out at the end of 2025;
    /// kept by SIX Financial Information for ISO. Without XTS and XXX, which stand for a test and for no currency.
    /// </summary>
    private const string Active =
        """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP
        CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
        KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
        PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
        USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XUA YER ZAR ZMW ZWG
        """;

    /// <summary>List three, withdrawn less than five years ago: usage may be recorded as late as that, and was charged in them.</summary>
    private const string Withdrawn = "ANG BGN HRK SLL ZWL";

    /// <summary>
    /// List three, withdrawn before: no usage that may still be recorded was charged in them, but rates of theirs stand in histories
    /// such as the European Central Bank's.
    /// </summary>
    private const string Former = "ATS BEF CYP DEM EEK ESP FIM FRF GRD IEP ITL LTL LUF LVL MTL NLG PTE ROL SIT SKK TRL BYR CSD MRO RUR STD VEB VEF ZMK";

    private static readonly FrozenSet<string> FormerCodes = Former.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Codes = $"{Active} {Withdrawn}".Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    public static bool IsCode(string? text) => text is not null && Codes.Contains(text);

    /// <summary>Whether it is the code of a currency that is no more.</summary>
    public static bool IsFormer(string text) => FormerCodes.Contains(text);

    /// <summary>The code that a text means: <c>USD</c> for <c>usd</c>. Other texts stay as they are, and are refused as no code.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? CodeOf(string? text) => IsCode(text) || text?.ToUpperInvariant() is not { } upper || !IsCode(upper) ? text : upper;
}
