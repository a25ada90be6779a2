using System.Globalization;

namespace ConvoxSsl.Timeline;

/// <summary>A mark on a time axis.</summary>
/// <param name="Time">The time, in UTC.</param>
/// <param name="Label">The label.</param>
internal sealed record AxisMark(DateTimeOffset Time, string Label)
{
    private const int LongLabelWidth = 8;
    private const int ShortLabelWidth = 6;

    // From fine to coarse. Steps of a fixed length count from the year 1, which began at midnight on a Monday.
    private static readonly Step[] Steps =
    [
        .. new double[] { 1, 5, 15, 30, 60, 180, 360, 720 }.Select(minutes => Step.Fixed(TimeSpan.FromMinutes(minutes))),
        .. new double[] { 1, 2, 7, 14 }.Select(days => Step.Fixed(TimeSpan.FromDays(days))),
        .. new[] { 1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000 }.Select(Step.OfMonths),
    ];

    /// <summary>Creates the marks of an axis, as fine as their labels allow.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="cells">The width of the axis in characters.</param>
    public static IEnumerable<AxisMark> CreateAll(TimeAxis axis, int cells)
    {
        var span = axis.To - axis.From;
        var step = Steps.FirstOrDefault(s => s.Length / span * cells >= s.Room, Steps[^1]);
        for (var time = step.First(axis.From); time is { } mark && mark <= axis.To; time = step.After(mark))
        {
            yield return new AxisMark(mark, step.Label(mark));
        }
    }

    /// <summary>The time from one mark to the next: a fixed length, or a number of months.</summary>
    private sealed record Step(TimeSpan Length, int Months)
    {
        public int Room => Months > 0 ? ShortLabelWidth : LongLabelWidth;

        public static Step Fixed(TimeSpan length) => new(length, 0);

        public static Step OfMonths(int months) => new(TimeSpan.FromDays(30 * months), months);

        public DateTimeOffset? First(DateTimeOffset from)
        {
            if (Months == 0)
            {
                var floor = new DateTimeOffset(from.UtcTicks - (from.UtcTicks % Length.Ticks), TimeSpan.Zero);
                return floor < from ? After(floor) : floor;
            }

            // Counted from the year 0, so that the years of decades end in zero.
            var month = ((from.UtcDateTime.Year * 12) + from.UtcDateTime.Month - 1) / Months * Months;
            var start = month < 12 ? (DateTimeOffset?)null : FromMonth(month);
            return start >= from ? start : FromMonth(month + Months);
        }

        public DateTimeOffset? After(DateTimeOffset mark) => Months > 0
            ? FromMonth((mark.Year * 12) + mark.Month - 1 + Months)
            : DateTimeOffset.MaxValue - mark > Length ? mark + Length : null;

        public string Label(DateTimeOffset mark) => mark.ToString(
            Months >= 12 || (Months > 0 && mark.Month == 1) ? "yyyy"
                : Months > 0 ? "MMM"
                : mark.TimeOfDay == TimeSpan.Zero ? "MMM d"
                : "HH:mm",
            CultureInfo.InvariantCulture);

        private static DateTimeOffset? FromMonth(int month) => month / 12 > DateTimeOffset.MaxValue.Year
            ? null
            : new DateTimeOffset(month / 12, (month % 12) + 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
