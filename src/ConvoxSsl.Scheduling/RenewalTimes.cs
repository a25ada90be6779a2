using System.Globalization;
using System.Security.Cryptography;

namespace ConvoxSsl.Scheduling;

/// <summary>When renewals run: twice a day, twelve hours apart, never in the minute of a full hour, where CAs are busiest.</summary>
public sealed record RenewalTimes
{
    private const int HoursApart = 12;

    private RenewalTimes(TimeOnly first) => First = first;

    /// <summary>The run before noon.</summary>
    public TimeOnly First { get; }

    /// <summary>The run after noon.</summary>
    public TimeOnly Second => First.AddHours(HoursApart);

    /// <summary>Times of which nobody knows beforehand, so that machines that are set up alike don't come together.</summary>
    public static RenewalTimes Choose() => new(new TimeOnly(
        RandomNumberGenerator.GetInt32(HoursApart), RandomNumberGenerator.GetInt32(1, 60), RandomNumberGenerator.GetInt32(1, 60)));

    /// <summary>The times of which one is known; null where that is none that renewals may run at.</summary>
    public static RenewalTimes? FromTime(int hour, int minute, int second) => hour is >= 0 and < 24 && minute is >= 1 and < 60 && second is >= 0 and < 60
        ? new RenewalTimes(new TimeOnly(hour % HoursApart, minute, second))
        : null;

    /// <summary>As <see cref="FromTime(int, int, int)"/>, from digits.</summary>
    internal static RenewalTimes? FromTime(string hour, string minute, string second) =>
        ParseNumber(hour) is { } h && ParseNumber(minute) is { } m && ParseNumber(second) is { } s ? FromTime(h, m, s) : null;

    /// <summary>How a schedule of cron says it; it knows no seconds.</summary>
    internal string Cron => string.Create(CultureInfo.InvariantCulture, $"{First.Minute} {First.Hour},{Second.Hour} * * *");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First:HH:mm:ss} and {Second:HH:mm:ss}");

    private static int? ParseNumber(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
