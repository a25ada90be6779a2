using System.Globalization;

namespace ConvoxSsl.Scheduling;

/// <summary>
/// A cron expression as Kubernetes reads it: five fields with lists, ranges, steps and names, or a macro such as <c>@daily</c>.
/// </summary>
/// <seealso href="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax"/>
internal sealed class CronSchedule
{
    private const int MaxYears = 5;

    private static readonly Dictionary<string, string> Macros = new(StringComparer.Ordinal)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    };

    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    // A bit for each value.
    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _days;
    private readonly ulong _months;
    private readonly ulong _weekdays;
    private readonly bool _hasEveryDay;

    private CronSchedule(IReadOnlyList<ulong> fields, bool hasEveryDay)
    {
        (_minutes, _hours, _days, _months, _weekdays) = (fields[0], fields[1], fields[2], fields[3], fields[4]);
        _hasEveryDay = hasEveryDay;
    }

    /// <summary>Parses an expression; returns null if it is not valid.</summary>
    public static CronSchedule? TryParse(string text)
    {
        var trimmed = text.Trim();
        var fields = Macros.GetValueOrDefault(trimmed, trimmed).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            return null;
        }

        ulong?[] values =
        [
            ParseField(fields[0], 0, 59, []),
            ParseField(fields[1], 0, 23, []),
            ParseField(fields[2], 1, 31, []),
            ParseField(fields[3], 1, 12, Months),
            ParseField(fields[4], 0, 6, Weekdays),
        ];
        return values.Contains(null)
            ? null
            : new CronSchedule([.. values.Select(value => value!.Value)], IsEvery(fields[2]) || IsEvery(fields[4]));
    }

    /// <summary>Returns the first time after a moment, in a time zone; null if there is none within five years.</summary>
    /// <param name="after">The moment.</param>
    /// <param name="zone">The time zone of the expression.</param>
    public DateTimeOffset? GetNext(DateTimeOffset after, TimeZoneInfo zone)
    {
        var begin = TimeZoneInfo.ConvertTime(after, zone).Date;
        return Enumerable.Range(0, MaxYears * 366)
            .Select(day => begin.AddDays(day))
            .Where(HasDay)
            .SelectMany(GetTimes)
            .Where(time => !zone.IsInvalidTime(time))
            .Select(time => new DateTimeOffset(time, zone.GetUtcOffset(time)))
            .Where(time => time > after)
            .Select(time => (DateTimeOffset?)time)
            .FirstOrDefault();
    }

    // Two restricted fields for the day are alternatives.
    private bool HasDay(DateTime date)
    {
        var (day, weekday) = (Has(_days, date.Day), Has(_weekdays, (int)date.DayOfWeek));
        return Has(_months, date.Month) && (_hasEveryDay ? day && weekday : day || weekday);
    }

    private IEnumerable<DateTime> GetTimes(DateTime date) =>
        from hour in Enumerable.Range(0, 24)
        where Has(_hours, hour)
        from minute in Enumerable.Range(0, 60)
        where Has(_minutes, minute)
        select date.AddHours(hour).AddMinutes(minute);

    private static bool Has(ulong values, int value) => (values & (1UL << value)) != 0;

    private static bool IsEvery(string field) => field is "*" or "?" or "*/1" or "?/1";

    private static ulong? ParseField(string field, int min, int max, string[] names)
    {
        var values = 0UL;
        foreach (var part in field.Split(','))
        {
            if (ParsePart(part, min, max, names) is not { } added)
            {
                return null;
            }

            values |= added;
        }

        return values;
    }

    // n, *, a-b, and each with a step. A number with a step is the beginning of a range.
    private static ulong? ParsePart(string part, int min, int max, string[] names)
    {
        var (range, stepText) = part.Split('/') switch
        {
            [var only] => (only, null),
            [var first, var second] => (first, second),
            _ => (string.Empty, null),
        };
        var step = stepText is null ? 1 : ParseNumber(stepText, 1, int.MaxValue, []);
        var (from, to) = range.Split('-') switch
        {
            ["*" or "?"] => (min, max),
            [var one] => (ParseNumber(one, min, max, names), stepText is null ? ParseNumber(one, min, max, names) : max),
            [var first, var last] => (ParseNumber(first, min, max, names), ParseNumber(last, min, max, names)),
            _ => ((int?)null, (int?)null),
        };
        if (step is null || from is null || to is null || from > to)
        {
            return null;
        }

        var values = 0UL;
        for (long value = from.Value; value <= to; value += step.Value)
        {
            values |= 1UL << (int)value;
        }

        return values;
    }

    private static int? ParseNumber(string text, int min, int max, string[] names)
    {
        var index = Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index + min
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number
            : null;
    }
}
