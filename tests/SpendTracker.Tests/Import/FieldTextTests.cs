using System.Globalization;
using SpendTracker.Web.Import;

namespace SpendTracker.Tests.Import;

/// <summary>One rule for the numbers and times of all files.</summary>
public sealed class FieldTextTests
{
    [Theory]
    [InlineData(',', "1.500", "1.500")]
    [InlineData(',', "-12", "-12")]
    [InlineData(',', " 8.5e-05 ", "0.000085")]
    [InlineData(',', ".5", "0.5")]
    [InlineData(',', "1,5", null)]
    [InlineData(',', "1,500", null)]
    [InlineData('\t', "1.500", "1.500")]
    [InlineData(';', "1.500", null)]
    [InlineData(';', "-1,500", null)]
    [InlineData(';', "1.50", "1.50")]
    [InlineData(';', "1,50", "1.50")]
    [InlineData(';', "0.500", "0.500")]
    [InlineData(';', "1500.000", "1500.000")]
    [InlineData(';', "1500", "1500")]
    [InlineData(';', "1.234,56", null)]
    [InlineData(';', "1,234,567", null)]
    [InlineData(',', "1_000", null)]
    [InlineData(',', "1 000", null)]
    [InlineData(',', "", null)]
    [InlineData(',', ".", null)]
    [InlineData(',', "NaN", null)]
    [InlineData(',', "0x10", null)]
    [InlineData(',', "1.00000000000000000000000000001", null)]
    public void A_number_is_read_unless_it_may_be_another(char separator, string text, string? number)
    {
        Assert.Equal(number is not null, In(separator).TryNumber(text, out var read));
        Assert.Equal(number ?? "0", read.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(';', "1.500", true)]
    [InlineData(';', "999,999", true)]
    [InlineData(';', "1.5000", false)]
    [InlineData(';', "x", false)]
    [InlineData(',', "1.500", false)]
    public void Why_it_is_refused_is_said(char separator, string text, bool ambiguous) => Assert.Equal(ambiguous, In(separator).Ambiguity(text) is not null);

    [Theory]
    [InlineData("1840", 1840L)]
    [InlineData("1840.0", 1840L)]
    [InlineData("1.84e3", 1840L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9223372036854775808", null)]
    [InlineData("1840.5", null)]
    public void A_whole_number_may_be_written_as_a_decimal(string text, long? number)
    {
        Assert.Equal(number is not null, In(',').TryWhole(text, out var read));
        Assert.Equal(number ?? 0, read);
    }

    [Theory]
    [InlineData("2026-01-31T09:30:00Z", "2026-01-31T09:30:00")]
    [InlineData("2026-01-31t09:30:00z", "2026-01-31T09:30:00")]
    [InlineData("2026-01-31 09:30", "2026-01-31T09:30:00")]
    [InlineData("2026-01-31 09:30:00.1234567", "2026-01-31T09:30:00.1234567")]
    [InlineData("2026-01-31 09:30:00,123456789", "2026-01-31T09:30:00.1234567")]
    [InlineData("2026-01-31 09:30:00 UTC", "2026-01-31T09:30:00")]
    [InlineData("2026-01-31T09:30:00+02:00", "2026-01-31T07:30:00")]
    [InlineData("2026-01-31T09:30:00+0200", "2026-01-31T07:30:00")]
    [InlineData("2026-01-31 09:30:00.5 -0130", "2026-01-31T11:00:00.5")]
    [InlineData("2026-01-31 09:30:00+00", "2026-01-31T09:30:00")]
    [InlineData("1769851800", "2026-01-31T09:30:00")]
    [InlineData("1769851800.25", "2026-01-31T09:30:00.25")]
    [InlineData("1769851800250", "2026-01-31T09:30:00.25")]
    [InlineData("2026-01-31", "2026-01-30T23:00:00")] // In Berlin, the day begins.
    [InlineData("2026-07-01", "2026-06-30T22:00:00")]
    [InlineData("20260131", null)]
    [InlineData("17698518", null)]
    [InlineData("1769851800250000", null)]
    [InlineData("2026-02-30", null)]
    [InlineData("2026-01-31 25:00", null)]
    [InlineData("2026-01-31 09:30+15:00", null)]
    [InlineData("2026-01-31 09:30+02:60", null)]
    [InlineData("31.01.2026 09:30", null)]
    [InlineData("0001-01-01 00:00+14:00", null)]
    [InlineData("9999-12-31 23:59-14:00", null)]
    [InlineData("", null)]
    public void A_time_is_read_in_every_usual_form(string text, string? time)
    {
        Assert.Equal(time is not null, In(',').TryTime(text, out var read));
        Assert.Equal(time is null ? default : DateTimeOffset.Parse(time + "Z", CultureInfo.InvariantCulture), read);
    }

    [Theory]
    [InlineData("2026-01-31", "2026-01-31")]
    [InlineData("31 January 2026", "2026-01-31")]
    [InlineData("2026-01-31T23:30:00-05:00", "2026-01-31")]
    [InlineData("2026-01-31 00:00:00", "2026-01-31")]
    [InlineData("1769900400", "2026-02-01")] // 23:00 UTC, in Berlin midnight.
    [InlineData("31.01.2026", null)]
    [InlineData("01/31/2026", null)]
    public void A_day_is_read_as_it_is_written(string text, string? day)
    {
        Assert.Equal(day is not null, In(',').TryDay(text, out var read));
        Assert.Equal(day ?? "0001-01-01", read.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("2026-01", "2026-01")]
    [InlineData("2026-01-01", "2026-01")]
    [InlineData("Jan-26", "Jan-26")]
    public void A_month_may_be_one_of_its_days(string text, string month) => Assert.Equal(month, In(',').Month(text));

    private static FieldText In(char separator) => new(separator, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
}
