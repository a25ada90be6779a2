using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

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

    /// <summary>
    /// Chooses the times for a rack on this machine. They are always the same, so that a preview shows them, and differ between machines,
    /// users and racks, so that these do not reach the CA at the same time.
    /// </summary>
    /// <param name="rack">The location of the rack.</param>
    public static RenewalTimes Choose(string rack) =>
        FromSeed(string.Join('\n', Environment.MachineName, ReadMachineId(), Environment.UserName, rack));

    /// <summary>Chooses the times that belong to a text.</summary>
    internal static RenewalTimes FromSeed(string seed)
    {
        ReadOnlySpan<byte> hash = SHA256.HashData(Encoding.UTF8.GetBytes(seed));
        return new RenewalTimes(new TimeOnly(Take(hash, HoursApart), 1 + Take(hash[4..], 59), 1 + Take(hash[8..], 59)));

        static int Take(ReadOnlySpan<byte> bytes, uint count) => (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes) % count);
    }

    /// <summary>Creates both times from one of them; returns null if renewals must not run at that time.</summary>
    public static RenewalTimes? FromTime(int hour, int minute, int second) =>
        hour is >= 0 and < 24 && minute is >= 1 and < 60 && second is >= 0 and < 60
        ? new RenewalTimes(new TimeOnly(hour % HoursApart, minute, second))
        : null;

    /// <summary>Creates both times from the digits of one of them, as <see cref="FromTime(int, int, int)"/> does.</summary>
    internal static RenewalTimes? FromTime(string hour, string minute, string second) =>
        ParseNumber(hour) is { } h && ParseNumber(minute) is { } m && ParseNumber(second) is { } s ? FromTime(h, m, s) : null;

    /// <summary>
    /// Creates both times from a match with the groups <c>hour</c> and <c>minute</c>, and the delay with which the command begins;
    /// returns null if there is no match, or renewals must not run at that time.
    /// </summary>
    internal static RenewalTimes? FromMatch(Match match, string command) => match.Success
        ? FromTime(match.Groups["hour"].Value, match.Groups["minute"].Value, RenewalCommand.FindDelay(command))
        : null;

    /// <summary>The times as a cron schedule, which has no seconds.</summary>
    internal string Cron => string.Create(CultureInfo.InvariantCulture, $"{First.Minute} {First.Hour},{Second.Hour} * * *");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First:HH:mm:ss} and {Second:HH:mm:ss}");

    /// <summary>Returns the first of the times after a moment, in a time zone.</summary>
    internal DateTimeOffset GetNext(DateTimeOffset now, TimeZoneInfo zone)
    {
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        return Enumerable.Range(0, 3)
            .SelectMany(day => new[] { First, Second }.Select(time => today.AddDays(day) + time.ToTimeSpan()))
            .Where(time => !zone.IsInvalidTime(time))
            .Select(time => new DateTimeOffset(time, zone.GetUtcOffset(time)))
            .First(time => time > now);
    }

    // machine-id(5) differs between machines with the same name.
    private static string ReadMachineId()
    {
        try
        {
            return File.ReadAllText("/etc/machine-id");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    private static int? ParseNumber(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
