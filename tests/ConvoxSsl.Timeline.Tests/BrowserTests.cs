using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConvoxSsl.TestKit;
using static ConvoxSsl.Timeline.Tests.Entries;

namespace ConvoxSsl.Timeline.Tests;

/// <summary>The HTML page of a timeline in a real browser.</summary>
public sealed class BrowserTests
{
    // The page forbids scripts, so a copy without its policy is measured.
    private const string Measure = """
        <script>
        const rows = [...document.querySelectorAll('tbody tr')], box = e => e.getBoundingClientRect();
        const now = r => box(r.querySelector('line.now')), chart = r => box(r.querySelector('td.chart'));
        const parts = r => [...r.querySelectorAll('svg.bar rect')].map(box);
        document.title = JSON.stringify({
          rows: rows.length,
          columns: new Set(rows.map(r => Math.round(now(r).left))).size,
          gaps: rows.slice(1).filter((r, i) => now(r).top - now(rows[i]).bottom > 0.5).length,
          outside: rows.filter(r => parts(r).some(p => p.left < chart(r).left - 1 || p.right > chart(r).right + 1)).length,
          overflow: document.documentElement.scrollWidth > innerWidth,
          background: getComputedStyle(document.body).backgroundColor,
          error: getComputedStyle(document.querySelector('tr.error b')).color,
        });
        </script>
        """;

    [BrowserFact]
    public async Task Current_time_is_one_line_and_all_bars_are_on_the_axis()
    {
        foreach (var size in new[] { "1280,800", "600,800" })
        {
            var page = await MeasureAsync(size);

            Assert.Equal(
                (8, 1, 0, 0),
                (GetNumber(page, "rows"), GetNumber(page, "columns"), GetNumber(page, "gaps"), GetNumber(page, "outside")));
            Assert.False(page.GetProperty("overflow").GetBoolean());
        }
    }

    [BrowserFact]
    public async Task Colours_follow_the_colour_scheme()
    {
        var light = await MeasureAsync("1280,800");
        var dark = await MeasureAsync("1280,800", "--blink-settings=preferredColorScheme=0");

        Assert.Equal(("rgb(255, 255, 255)", "rgb(180, 35, 24)"), GetColours(light));
        Assert.Equal(("rgb(20, 24, 29)", "rgb(255, 122, 107)"), GetColours(dark));
    }

    [BrowserFact]
    public async Task Page_policy_blocks_scripts()
    {
        var page = CreatePage().Replace("</body>", "<script>document.title = 'ran'</script></body>", StringComparison.Ordinal);
        var dom = await LoadAsync(page, "1280,800");

        Assert.Contains("<title>Certificate expiry</title>", dom, StringComparison.Ordinal);
    }

    private static string CreatePage() => TimelinePage.Draw(
        CreateTimeline(
        [
            .. OfAllStates,
            CreateDated("ca.example.org", 3650, 3000, 365),
            CreateDated("a-very-long-name.with-many-labels.that-does-not-fit.internal.example.org", 90, 40, 45),
        ]),
        "Certificate expiry");

    private static async Task<JsonElement> MeasureAsync(string size, params string[] arguments)
    {
        var page = Regex.Replace(CreatePage(), "<meta http-equiv=[^>]*/>", string.Empty)
            .Replace("</body>", Measure + "</body>", StringComparison.Ordinal);
        var title = Regex.Match(await LoadAsync(page, size, arguments), "<title>(.*?)</title>").Groups[1].Value;
        return JsonDocument.Parse(title).RootElement;
    }

    private static async Task<string> LoadAsync(string page, string size, params string[] arguments)
    {
        using var folder = new TemporaryDirectory();
        var file = Path.Combine(folder.Path, "page.html");
        await File.WriteAllTextAsync(file, page);
        using var timeout = new CancellationTokenSource(TestTime.Hang);
        using var browser = Process.Start(new ProcessStartInfo(
            BrowserFactAttribute.Browser!,
            [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + Path.Combine(folder.Path, "profile"),
                "--window-size=" + size,
                .. arguments,
                "--dump-dom",
                new Uri(file).AbsoluteUri,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = browser.StandardError.ReadToEndAsync(timeout.Token);
        var dom = await browser.StandardOutput.ReadToEndAsync(timeout.Token);
        await errors;
        await browser.WaitForExitAsync(timeout.Token);
        return dom;
    }

    private static (string? Background, string? Error) GetColours(JsonElement page) =>
        (page.GetProperty("background").GetString(), page.GetProperty("error").GetString());

    private static int GetNumber(JsonElement page, string name) => page.GetProperty(name).GetInt32();
}
