using System.Globalization;
using System.Security.Cryptography;

namespace ConvoxSsl.Scheduling;

/// <summary>
/// The times of renewals: twice a day, twelve hours apart, and never in the first minute of an hour, when CAs are busiest.
/// </summary>
public sealed record RenewalTimes
{
    private const int HoursApart = 12;

    private RenewalTimes(TimeOnly first) => First = first;

    /// <summary>The time before noon.</summary>
    public TimeOnly First { get; }

    /// <summary>The time after noon.</summary>
    public TimeOnly Second => First.AddHours(HoursApart);

    /// <summary>Chooses random times, so that machines with the same setup do not reach the CA at the same time.</summary>
    public static RenewalTimes Choose() => new(new TimeOnly(
        RandomNumberGenerator.GetInt32(HoursApart), RandomNumberGenerator.GetInt32(1, 60), RandomNumberGenerator.GetInt32(1, 60)));

    /// <summary>Creates both times from one of them; returns null if renewals must not run at that time.</summary>
    public static RenewalTimes? FromTime(int hour, int minute, int second) =>
        hour is >= 0 and < 24 && minute is >= 1 and < 60 && second is >= 0 and < 60
        ? new RenewalTimes(new TimeOnly(hour % HoursApart, minute, second))
        : null;

    /// <summary>Creates both times from the digits of one of them, as <see cref="FromTime(int, int, int)"/> does.</summary>
    internal static RenewalTimes? FromTime(string hour, string minute, string second) =>
        ParseNumber(hour) is { } h && ParseNumber(minute) is { } m && ParseNumber(second) is { } s ? FromTime(h, m, s) : null;

    /// <summary>The times as a cron schedule, which has no seconds.</summary>
    internal string Cron => string.Create(CultureInfo.InvariantCulture, $"{First.Minute} {First.Hour},{Second.Hour} * * *");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First:HH:mm:ss} and {Second:HH:mm:ss}");

    private static int? ParseNumber(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
