using System.Xml.Linq;
using ConvoxSsl.TestKit;
using static ConvoxSsl.Timeline.Tests.Entries;

namespace ConvoxSsl.Timeline.Tests;

/// <summary>The HTML page of a timeline.</summary>
public sealed class TimelinePageTests
{
    private static readonly string Page = Draw(OfAllStates);

    [Fact]
    public void Page_has_title_heading_and_language()
    {
        var page = HtmlPage.Parse(Page);

        Assert.StartsWith("<!DOCTYPE html>\n", Page, StringComparison.Ordinal);
        Assert.Equal("en", (string?)page.Attribute("lang"));
        Assert.Equal("Certificate expiry", page.Descendants("title").First().Value);
        Assert.Equal("Certificate expiry", page.Descendants("h1").Single().Value);
        Assert.Equal(
            "As of 2026-11-24 12:00 UTC: 1 Ready, 1 Due, 1 Pending, 1 Failed, 1 Expired, 1 Revoked.",
            page.Descendants("p").First().Value);
    }

    [Fact]
    public void Table_describes_the_bars_in_words()
    {
        var page = HtmlPage.Parse(Page);
        var rows = page.Descendants("tbody").Single().Elements("tr")
            .Select(row => row.Elements().Select(cell => cell.Value).ToArray())
            .ToArray();
        var headers = page.Descendants("thead").Single().Descendants("th").Where(th => (string?)th.Attribute("class") != "chart");

        Assert.Equal(["Name", "Status", "Expires", "Renew after", "Valid from"], headers.Select(th => th.Value));
        Assert.Equal(6, rows.Length);
        Assert.Equal(["bad.example.org", "Failed", "no certificate yet", "–", "–", "–"], rows[0]);
        Assert.Equal(["www.example.org +1", "Ready", "", "2027-02-07 12:00", "2027-01-08 12:00", "2026-11-09 12:00"], rows[5]);
        Assert.Equal(
            [
                "bad.example.org: Failed, no certificate yet",
                "new.example.org: Pending, no certificate yet",
                "old.example.org: Expired, expired 6 days ago",
                "api.example.org: Due, expires 21 days from now, renewal window began 9 days ago",
                "lost.example.org: Revoked, expires 60 days from now",
                "www.example.org: Ready, expires 75 days from now, renewal window begins 45 days from now",
            ],
            page.Descendants("svg")
                .Where(svg => (string?)svg.Attribute("role") == "img")
                .Select(svg => (string)svg.Attribute("aria-label")!));
    }

    [Fact]
    public void Each_state_has_its_shapes()
    {
        var shapes = HtmlPage.Parse(Page).Descendants("tbody").Single().Elements("tr").Select(row => string.Join(' ', row
            .Descendants("svg").First().Descendants()
            .Select(element => (string?)element.Attribute("class"))
            .Where(shape => shape is not (null or "grid"))));

        Assert.Equal(
            ["now", "now", "valid window renew end now", "valid window renew now", "revoked end now", "valid window renew now"], shapes);
    }

    [Fact]
    public void Name_with_markup_is_encoded()
    {
        const string Evil = "<script>alert('1')</script>\"&amp;\u0000\u001b\u202e\ud800";
        var page = HtmlPage.Parse(Draw([Create("a.example.org", TimelineState.Ready) with { Name = Evil }]));

        Assert.Empty(page.Descendants("script"));
        Assert.Equal("<script>alert('1')</script>\"&amp;\ufffd\ufffd\ufffd\ufffd", page.Descendants("bdi").Single().Value);
    }

    [Fact]
    public void Page_loads_no_resource_and_runs_no_script()
    {
        var page = HtmlPage.Parse(Page);

        var policy = page.Descendants("meta").First(meta => meta.Attribute("http-equiv") is not null);
        Assert.Contains("default-src 'none'", (string?)policy.Attribute("content"), StringComparison.Ordinal);
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "script" or "link" or "img" or "iframe" or "object" or "use");
        Assert.DoesNotContain(
            page.Descendants().Attributes(),
            a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || a.Name.LocalName is "src" or "href");
        Assert.DoesNotContain("http:", Page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", Page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("prefers-color-scheme: dark", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_without_certificates_says_so()
    {
        var page = HtmlPage.Parse(Draw([]));

        Assert.Empty(page.Descendants("table"));
        Assert.Equal("There are no certificates to show. 2026-11-24 12:00 UTC", page.Descendants("p").Single().Value);
    }

    [Fact]
    public void Page_counts_omitted_certificates()
    {
        var page = HtmlPage.Parse(TimelinePage.Draw(CreateTimeline(OfAllStates, TimeSpan.FromDays(30), 2), "Certificate expiry"));

        Assert.Equal(
            ["… 2 more expire later; -First 4 shows all.", "… 2 more do not expire within 30 days."],
            page.Descendants("p").Select(p => p.Value).TakeLast(2));
    }

    private static string Draw(IEnumerable<TimelineEntry> entries) => TimelinePage.Draw(CreateTimeline(entries), "Certificate expiry");
}
