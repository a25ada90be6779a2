using System.Text.RegularExpressions;
using ConvoxSsl.TestKit;
using CsCheck;
using static ConvoxSsl.Timeline.Tests.Entries;

namespace ConvoxSsl.Timeline.Tests;

/// <summary>Properties of every drawing.</summary>
public sealed class TimelinePropertyTests
{
    private const long Runs = 2000;
    private static readonly TimelineColours Coloured = new()
    {
        Good = "\u001b[32m",
        Warning = "\u001b[33m",
        Error = "\u001b[31m",
        Header = "\u001b[1m",
        Now = "\u001b[96m",
        Reset = "\u001b[0m",
    };

    private static readonly Gen<string> AnyName = Gen.OneOf(
        Gen.String["abcdefghijklmnopqrstuvwxyz.-0123456789"],
        Gen.String["日本한é\u0301\u0327\u202e\u001b\u200dא👍🏽👩\ud800\t\n"],
        Gen.String);

    private static readonly Gen<TimeSpan> AnySpan = Gen.OneOf(
        Gen.Double[0, 48].Select(TimeSpan.FromHours),
        Gen.Double[0, 400].Select(TimeSpan.FromDays),
        Gen.Double[0, 500_000].Select(TimeSpan.FromDays));

    private static readonly Gen<TimeSpan?> AnyWithin = Gen.OneOf(
        Gen.Const((TimeSpan?)null), AnySpan.Select(span => (TimeSpan?)(span + TimeSpan.FromSeconds(1))));

    private static readonly Gen<TimelineEntry> AnyEntry =
        from name in AnyName
        from state in Gen.Enum<TimelineState>()
        from life in AnySpan
        from passed in Gen.Double[0, 1.3]
        from window in Gen.Double[-0.2, 1.2]
        from dates in Gen.Int[0, 9]
        select AddDates(Create("a", state) with { Name = name }, life, passed, window, dates);

    private static readonly Gen<(TimelineEntry[] Entries, int Width, TimeSpan? Within, bool Ascii)> AnyTimeline =
        Gen.Select(AnyEntry.Array[1, 12], Gen.Int[40, 200], AnyWithin, Gen.Bool);

    [Fact]
    public void No_line_exceeds_the_width() => AnyTimeline.Sample(
        any => Assert.All(DrawLines(any, TimelineColours.None), line => Assert.InRange(CellText.GetWidth(line), 0, any.Width)), iter: Runs);

    [Fact]
    public void Current_time_is_in_the_same_column_of_each_row() => AnyTimeline.Sample(
        any =>
        {
            if (CreateTimeline(any).Entries.Count == 0)
            {
                return;
            }

            var glyphs = GetGlyphs(any.Ascii);
            var lines = DrawLines(any, TimelineColours.None);
            var rows = lines.Skip(2).Take(CreateTimeline(any).Entries.Count).ToArray();
            var column = lines[1].IndexOf(glyphs.NowAbove, StringComparison.Ordinal);
            Assert.All(rows, row => Assert.Equal(column, CellText.GetWidth(row[..row.LastIndexOf(glyphs.Now)])));
        },
        iter: Runs);

    [Fact]
    public void Bar_passes_the_current_time_only_before_expiry() => AnyTimeline.Sample(
        any =>
        {
            var timeline = CreateTimeline(any);
            var bar = new TimelineBar(timeline.Axis, 50, GetGlyphs(any.Ascii));
            Assert.InRange(bar.NowCell, 1, 48);
            foreach (var entry in timeline.Entries.Where(entry => entry.Expires is not null))
            {
                var line = bar.Draw(entry);
                Assert.Equal(50, line.Length);
                var beyond = !string.IsNullOrWhiteSpace(line[(bar.NowCell + 1)..]);
                Assert.Equal(entry.Expires > Now, beyond);
            }
        },
        iter: Runs);

    [Fact]
    public void Marks_are_ordered_on_the_axis_and_few() => AnyTimeline.Sample(
        any =>
        {
            var axis = CreateTimeline(any).Axis;
            AxisMark[] marks = [.. AxisMark.CreateAll(axis, 50)];
            Assert.InRange(marks.Length, 0, 11);
            Assert.All(marks, mark => Assert.InRange(mark.Time, axis.From, axis.To));
            Assert.Equal(marks.OrderBy(mark => mark.Time), marks);
        },
        iter: Runs);

    [Fact]
    public void Colour_changes_no_character() => AnyTimeline.Sample(
        any =>
        {
            var coloured = DrawLines(any, Coloured).Select(line => Regex.Replace(line, "\u001b\\[[0-9]+m", string.Empty).TrimEnd());
            Assert.Equal(DrawLines(any, TimelineColours.None).Select(line => line.TrimEnd()), coloured);
        },
        iter: Runs);

    [Fact]
    public void Names_add_no_control_characters() => AnyTimeline.Sample(
        any => Assert.All(DrawLines(any, TimelineColours.None), line => Assert.DoesNotContain(line, char.IsControl)), iter: Runs);

    [Fact]
    public void Page_is_well_formed() => AnyTimeline.Sample(
        any => HtmlPage.Parse(TimelinePage.Draw(CreateTimeline(any), "Expiry")), iter: Runs / 10);

    private static TimelineEntry AddDates(TimelineEntry entry, TimeSpan life, double passed, double window, int dates)
    {
        var expires = Now + (life * (1 - passed));
        return entry with
        {
            NotBefore = dates == 1 ? null : Now - (life * passed),
            Expires = dates == 0 ? null : expires,
            RenewAfter = dates == 2 ? null : expires - (life * window),
        };
    }

    private static ExpiryTimeline CreateTimeline((TimelineEntry[] Entries, int Width, TimeSpan? Within, bool Ascii) any) =>
        ExpiryTimeline.Create(any.Entries, Now, any.Within, 50);

    private static IReadOnlyList<string> DrawLines(
        (TimelineEntry[] Entries, int Width, TimeSpan? Within, bool Ascii) any, TimelineColours colours) =>
        TextTimeline.Draw(CreateTimeline(any), any.Width, GetGlyphs(any.Ascii), colours);

    private static TimelineGlyphs GetGlyphs(bool ascii) => ascii ? TimelineGlyphs.Ascii : TimelineGlyphs.Unicode;
}
