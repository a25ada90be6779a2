using System.Text.RegularExpressions;
using System.Xml.Linq;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Views;

/// <summary>Tests the tables in windows of different widths.</summary>
public sealed partial class TableTests : IDisposable
{
    private const string Id = "cert-83e1f0c8e52a9b783e1f0c8e52a9b7aabbccdd11";

    private const string Certificate =
        "[ConvoxSsl.ConvoxCertificate]@{ Id = '"
            + Id
            + "'; Domain = 'shop.example.org'; Domains = [string[]]'shop.example.org'; Status = 'Expired'; Expires = "
            + "[DateTimeOffset]::UtcNow.AddHours(-30); Issuer = 'https://localhost:14000/dir'; Rack = 'local' }";

    private const string LongDomain = "'shop.department.example.org'";
    private const string LongDomains = "[string[]]('shop.department.example.org', 'b.example.org', 'c.example.org')";

    private const string LongRenewal =
        $"[ConvoxSsl.ConvoxRenewal]@{{ Id = '{Id}'; Domain = {LongDomain}; Domains = {LongDomains}; Result = 'NotDue'; Reason = 'x' }}";

    private readonly HostedPowerShell _powerShell = new();

    public static TheoryData<string, string> Tables => new()
    {
        { "! ID DOMAIN ISSUER EXPIRES STATUS", Certificate },
        { "ID DOMAIN RESULT EXPIRES REASON", "[ConvoxSsl.ConvoxRenewal]@{ Id = '"
            + Id
            + "'; Domain = 'a.example.org'; Result = 'Failed'; Reason = 'x'; Expires = [DateTimeOffset]::UtcNow.AddDays(89.5) }" },
        {
            "CHECK PASSED DETAIL",
            "[ConvoxSsl.ConvoxCheck]@{ Check = 'a.example.org: CAA'; Passed = $true; Detail = 'Nothing forbids it.' }"
        },
        {
            "ID PROVIDER ZONES DETAIL STATUS",
            "[ConvoxSsl.ConvoxDnsSolver]@{ Id = 1; Provider = 'Cloudflare'; "
                + "DnsZones = [string[]](1..20 | ForEach-Object { \"$_.example.org\" }); Secret = 'x' * 60; "
                + "Status = 'Detached' }"
        },
        { "SERVICE DOMAIN CERTIFICATE EXPIRES STATUS", "[ConvoxSsl.ConvoxServiceCertificate]@{ Service = 's' * 40; Domain = "
            + "[string[]]('d' * 60); CertificateId = '"
                + Id
                + "'; Status = 'NotCovered'; Expires = [DateTimeOffset]::UtcNow.AddDays(89.5) }" },
        {
            "NAME KIND LOCATION NAMESPACE DEFAULT ISSUER",
            "[ConvoxSsl.ConvoxRack]@{ Name = 'n' * 40; Kind = 'Kubernetes'; Location = 'https://' + 'h' * 80; "
                + "Namespace = 'production-system'; DefaultIssuer = 'letsencrypt-staging' }"
        },
        {
            "ISSUER CONTACT CREATED URL",
            "[ConvoxSsl.ConvoxAcmeAccount]@{ Issuer = 'https://' + 'i' * 80; "
                + "Contact = [string[]]('mailto:' + 'c' * 60); Created = [DateTimeOffset]::UtcNow; "
                + "Url = 'https://ca.example/' + 'u' * 80 }"
        },
        {
            "ID CERTIFICATE PATH HOST DELIVERED STATUS",
            "[ConvoxSsl.ConvoxCertificateTarget]@{ Id = 12; Kind = 'Files'; Domain = 'shop.department.example.org'; "
                + "Path = '/etc/' + 'p' * 60; HostName = 'h' * 30; Status = 'Outdated'; "
                + "DeliveredAt = [DateTimeOffset]::UtcNow.AddMinutes(-59.5); Rack = 'local' }"
        },
        {
            "ENDPOINT STATUS EXPIRES DETAIL",
            "[ConvoxSsl.ConvoxEndpoint]@{ Endpoint = 'www.department.example.org:8443'; Status = 'Warning'; Issuer = 'R11'; "
                + "Protocol = 'TLS 1.3'; NotAfter = [DateTimeOffset]::UtcNow.AddDays(89.5) }"
        },
        { "ID APP OR TARGET RESULT REASON", "[ConvoxSsl.ConvoxPublication]@{ Id = '"
            + Id
            + "'; App = 'a'; Result = 'Failed'; Reason = 'r' }" },
        {
            "ORIGIN EVENT RACK",
            "[ConvoxSsl.ConvoxWebhook]@{ Origin = 'https://' + 'o' * 80; "
                + "Event = [ConvoxSsl.ConvoxWebhookEvent[]]('Renewed', 'Failed', 'Expiring'); Rack = 'r' * 80 }"
        },
        {
            "SCHEDULER RACK NEXT RUN LAST RESULT",
            "[ConvoxSsl.ConvoxRenewalSchedule]@{ Scheduler = 'ScheduledTask'; Rack = 'r' * 80; "
                + "Times = [TimeSpan[]]('03:17', '15:17'); NextRun = [DateTimeOffset]'2026-12-01 03:17 +01:00'; "
                + "LastResult = 'Failed (exit code 1)'; Location = 'l' * 80 }"
        },
    };

    /// <summary>Gets objects whose columns are too narrow in 80 columns, and the parts of their cells that stay visible.</summary>
    public static TheoryData<string, string> LongCells => new()
    {
        {
            Certificate.Replace("'shop.example.org'", LongDomain, StringComparison.Ordinal)
                .Replace("[string[]]" + LongDomain, LongDomains, StringComparison.Ordinal),
            "shop.department… +2 localhost:14000"
        },
        { LongRenewal, "shop.departmen… +2 NotDue" },
        {
            $"[ConvoxSsl.ConvoxServiceCertificate]@{{ Service = 'web'; Domain = {LongDomains}; Status = 'Missing' }}",
            "shop.department.e… +2 "
        },
        {
            "[ConvoxSsl.ConvoxDnsSolver]@{ Id = 1; Provider = 'Cloudflare'; DnsZones = [string[]]('one.example.org', 'two.example.org'); "
                + "Secret = 'cloudflare-dns-credential-1'; Status = 'Untested' }",
            "one.example.org +1          cloudflare-dns-credential-1 Untested"
        },
        {
            "[ConvoxSsl.ConvoxDnsSolver]@{ Id = 1; Provider = 'Cloudflare'; DnsZones = [string[]]'example.org'; "
                + "Secret = 'a-token-of-the-operations-team (in vault Work)'; Status = 'Untested' }",
            "a-token-of-th…n vault Work) Untested"
        },
        {
            "[ConvoxSsl.ConvoxAcmeAccount]@{ Issuer = 'letsencrypt'; Created = [DateTimeOffset]::UtcNow; "
                + "Contact = [string[]]('mailto:ops@example.org', 'mailto:web@example.org'); "
                + "Url = 'https://acme-v02.api.letsencrypt.org/acme/acct/123456789' }",
            "ops@example.org +1  now                …/acct/123456789"
        },
        {
            "[ConvoxSsl.ConvoxRack]@{ Name = '/var/lib/convoxssl/production'; Kind = 'Local'; "
                + "Location = '/var/lib/convoxssl/production'; DefaultIssuer = 'letsencrypt' }",
            "…/production     Local      …/production                        letsencrypt"
        },
        {
            "[ConvoxSsl.ConvoxCheck]@{ Check = 'a-name-that-is-long.department.example.org: CAA'; Passed = $true; Detail = 'x' }",
            "a-name-that-is-long.           True"
        },
    };

    public void Dispose() => _powerShell.Dispose();

    [Fact]
    public void The_views_call_only_methods_that_exist()
    {
        var calls = MethodCall().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ConvoxSsl.Format.ps1xml")));
        Assert.NotEmpty(calls);
        Assert.All(calls, call => Assert.Contains(
            typeof(ConvoxCertificate).Assembly.GetType(call.Groups["type"].Value)!.GetMethods(),
            method => method.Name == call.Groups["method"].Value));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Every_column_fits_into_80_columns(string header, string make)
    {
        var lines = await ShowAsync(80, make);

        Assert.Equal(header, Regex.Replace(lines[0].Trim(), " +", " "));
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 0, 79));
        Assert.Equal(3, lines.Count);
    }

    [Theory]
    [MemberData(nameof(LongCells))]
    public async Task The_part_that_matters_stays_visible(string make, string expected) =>
        Assert.Contains(expected, (await ShowAsync(80, make))[2], StringComparison.Ordinal);

    [Fact]
    public async Task Nothing_is_shortened_if_there_is_room() => Assert.Contains(
        "shop.department.example.org +2 ",
        (await ShowAsync(120, LongRenewal))[2],
        StringComparison.Ordinal);

    // Width($Host, used, columns) repeats the headers of its table.
    [Fact]
    public void Cells_know_the_widths_of_the_other_columns()
    {
        var tables = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "ConvoxSsl.Format.ps1xml")).Descendants("TableControl").ToList();
        var calls = tables.SelectMany(table => WidthCall().Matches(table.Value).Select(call => (Table: table, Call: call))).ToList();

        Assert.NotEmpty(calls);
        Assert.All(calls, item =>
        {
            var widths = item.Table.Descendants("TableColumnHeader").Select(header => (int?)header.Element("Width") ?? 0).ToList();
            Assert.Equal(
                $"{widths.Sum() + widths.Count - 1}, {widths.Count(width => width == 0)}",
                $"{item.Call.Groups[1].Value}, {item.Call.Groups[2].Value}");
        });
    }

    [Fact]
    public async Task Checks_of_DNS_solvers_are_grouped_by_solver_and_zone()
    {
        var lines = await ShowAsync(80, """
            'example.org', 'example.net' | ForEach-Object {
                $check = [psobject]::new([ConvoxSsl.ConvoxCheck]@{
                    Check = 'Record seen on every name server'; DnsSolver = 2; Zone = $_; Passed = $true; Detail = 'd' * 51 })
                $check.PSTypeNames.Insert(0, 'ConvoxSsl.ConvoxCheck#DnsSolver')
                $check
            }
            """);

        Assert.Equal(
            ["   DNS solver: 2, zone example.org", "   DNS solver: 2, zone example.net"],
            lines.Where(line => line.Contains("zone", StringComparison.Ordinal)).Select(line => line.TrimEnd()));
        Assert.Contains(lines, line => line.TrimEnd() == "Record seen on  True   " + new string('d', 51));
        Assert.Equal(2, lines.Count(line => line.TrimEnd() == "every name"));
        Assert.Equal(2, lines.Count(line => line.TrimEnd() == "server"));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public async Task An_ID_has_a_fixed_width_without_a_mark_and_the_domain_takes_the_rest(int width)
    {
        var names = string.Join(',', Enumerable.Range(1, 3).Select(number => $"'{number}.example.org'"));
        var certificate = Certificate.Replace("[string[]]'shop.example.org'", $"[string[]]({names})", StringComparison.Ordinal);
        var lines = await ShowAsync(width, certificate);

        Assert.Matches("^! cert-83e1f0c8e shop\\.example\\.org \\+2 +localhost:14000 +1 day ago +Expired *$", lines[2]);
        Assert.InRange(lines[0].IndexOf("STATUS", StringComparison.Ordinal), width - 9, width - 7);
    }

    [Theory]
    [InlineData("[ConvoxSsl.ConvoxRenewal]@{ Id = 'cert-1'; Domain = 'a.example.org'; Result = 'Failed'; Reason = (1..60 -join ' ') }")]
    [InlineData("[ConvoxSsl.ConvoxPublication]@{ Id = 'cert-1'; App = 'web'; Result = 'Failed'; Reason = (1..60 -join ' ') }")]
    public async Task A_reason_wraps(string make)
    {
        var lines = await ShowAsync(80, make);

        Assert.Contains(" 60", lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Contains('\u2026', StringComparison.Ordinal));
    }

    // The hosted session has no language in which PowerShell wraps between words.
    [Theory]
    [InlineData("Renewal", "Domain = 'a'; Result = 'Failed'; Reason")]
    [InlineData("Publication", "App = 'web'; Result = 'Failed'; Reason")]
    [InlineData("Check", "Check = 'one'; Passed = $false; Detail")]
    public async Task A_cell_wraps_between_words_and_splits_only_longer_ones(string type, string properties)
    {
        const string Words = "validation unauthorized connection a-name-that-is-long.department.a.b.c.d.e.f.g.h.i.example.org: refused";
        var id = type == "Check" ? string.Empty : "Id = 'cert-1'; ";
        var lines = await ShowAsync(80, $"[ConvoxSsl.Convox{type}]@{{ {id}{properties} = '{Words} {Words}' }}");

        var shown = string.Join('\n', lines.Skip(2).Select(line => line.TrimEnd()));
        foreach (var word in new[] { "validation", "unauthorized", "connection", "refused" })
        {
            Assert.Equal(2, Regex.Count(shown, $"(?<![a-z]){Regex.Escape(word)}(?![a-z])"));
        }
    }

    [Theory]
    [InlineData("Out-String -Width 200", false)]
    [InlineData("Out-String -Stream -wid:200", false)]
    [InlineData("Out-File -Width $wide", false)]
    [InlineData("Out-String", true)]
    [InlineData("Out-String -Width 80", true)]
    [InlineData("Out-Other -Width 200", true)]
    public async Task A_cell_has_the_width_that_the_command_was_given(string command, bool isShortened)
    {
        // The commands themselves are in a module that the hosted session lacks.
        const string Body = "process { [ConvoxSsl.Formatting.CellText]::Names($_, @($_, 1), "
            + "[ConvoxSsl.Formatting.CellText]::Width($Host, 60, 1)) }";
        var run = await _powerShell.RunAsync(
            $$"""
            $Host.UI.RawUI.BufferSize = [System.Management.Automation.Host.Size]::new(80, 100)
            function Out-String($Width, [switch] $Stream) { {{Body}} }
            function Out-File($Width) { {{Body}} }
            function Out-Other($Width) { {{Body}} }
            $wide = 200
            'shop.department.example.org' | {{command}}
            """,
            CancellationToken.None);

        var cell = Assert.Single(run.Succeeded().Of<string>());
        Assert.Equal(isShortened, cell != "shop.department.example.org +1");
    }

    [Fact]
    public async Task Checks_of_domains_are_grouped_by_name()
    {
        var lines = await ShowAsync(80, "Test-ConvoxDomain a-name-that-is-long.department.example.org, b.example.org -Issuer self-signed");

        Assert.Equal(
            ["   Domain: a-name-that-is-long.department.example.org", "   Domain: b.example.org"],
            lines.Where(line => line.Contains("Domain:", StringComparison.Ordinal)).Select(line => line.TrimEnd()));
        Assert.Contains(lines, line => line.StartsWith("Certificates    True   No certificate", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Id('cert-1')", "cert-1")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Id($null)", "")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Names('a.example.org', [string[]]'a.example.org')", "a.example.org")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Names('a', [System.Collections.ArrayList]('a', 'b'))", "a +1")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Names($null, $null)", "")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Names('abcdefghijkl', [string[]](1..3), 10)", "abcdef… +2")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::List([string[]]('one', 'two'), 8)", "one, two")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::List([string[]]('one', 'two'), 7)", "one +1")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::List($null, 8)", "")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::PathEnd('123456789', 8)", "…3456789")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::PathEnd('/123/456/', 8)", "…/456/")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::PathEnd('/12/34567', 8)", "…/34567")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Location('/12/34567', 8)", "…/34567")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Location('https://a', 8)", "http…//a")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Location($null, 8)", "")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Ends('123456789', 8)", "1234…789")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Ends($null, 8)", "")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Wrap('one two  three', 20)", "one two  three")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Wrap('one two three', 8)", "one two\nthree")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Wrap('to https://ca.example/dir', 10)", "to\nhttps://\nca.\nexample/\ndir")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Wrap('1234567890ab', 8)", "12345678\n90ab")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Wrap($null, 8)", "")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::CheckedName('2001:db8::1: CAA')", "2001:db8::1")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::CheckStep('2001:db8::1: CAA')", "CAA")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::CheckStep('CAA')", "CAA")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Zone(1, $null)", "1")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Issuer('letsencrypt')", "letsencrypt")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Issuer('letsencrypt-staging')", "letsen…-staging")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Issuer('google-staging')", "google-staging")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Issuer('https://ca.example.org/acme/directory')", "ca.example.org")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Time([DateTimeOffset]'2026-12-01 03:17:42 +01:00')", "2026-12-01 03:17 +01:00")]
    [InlineData("[ConvoxSsl.Formatting.CellText]::Time($null)", "")]
    public async Task Cells_of_tables_are_short(string call, string expected) =>
        Assert.Equal(expected, (await _powerShell.RunAsync(call, CancellationToken.None)).Succeeded().Of<string>()[0]);

    [Fact]
    public async Task A_truncated_ID_matches_with_a_wildcard_and_no_match_is_not_an_error()
    {
        var created =
            (await _powerShell.RunAsync(
                "New-ConvoxCertificate a.example.org -Issuer self-signed", CancellationToken.None)).Of<ConvoxCertificate>()[0];
        _powerShell.Set("part", created.Id[..12] + "*");

        Assert.Equal(
            created.Id,
            Assert.Single((await _powerShell.RunAsync("Get-ConvoxCertificate $part", CancellationToken.None))
                .Succeeded()
                .Of<ConvoxCertificate>()).Id);
        Assert.Empty((await _powerShell.RunAsync("Get-ConvoxCertificate cert-none*", CancellationToken.None))
            .Succeeded()
            .Of<ConvoxCertificate>());
    }

    [Theory]
    [InlineData("[ConvoxSsl.Formatting.StateText]::Of('Ready', $style)", "<g>Ready</>")]
    [InlineData("[ConvoxSsl.Formatting.StateText]::Of([ConvoxSsl.ConvoxCertificateStatus]::Pending, $style)", "<w>Pending</>")]
    [InlineData("[ConvoxSsl.Formatting.StateText]::Of([ConvoxSsl.ConvoxRenewalResult]::Failed, $style)", "<e>Failed</>")]
    [InlineData("[ConvoxSsl.Formatting.StateText]::Of($false, $style)", "<e>False</>")]
    [InlineData("[ConvoxSsl.Formatting.StateText]::Of('NotDue', $style)", "NotDue")]
    [InlineData("[ConvoxSsl.Formatting.StateText]::Mark('Revoked', $style)", "<e>!</>")]
    [InlineData("[ConvoxSsl.Formatting.StateText]::Mark('Ready', $style)", "")]
    [InlineData("[ConvoxSsl.Formatting.StateText]::Of($null, $style)", "")]
    [InlineData("[ConvoxSsl.Formatting.StateText]::Of('Ready', $null)", "Ready")]
    [InlineData("[ConvoxSsl.Formatting.StateText]::Expiry([DateTimeOffset]::UtcNow.AddDays(-2.5), $null, $style)", "<e>2 days ago</>")]
    [InlineData(
        "[ConvoxSsl.Formatting.StateText]::Expiry([DateTimeOffset]::UtcNow.AddDays(2.5), [DateTimeOffset]::UtcNow.AddDays(-1), $style)",
        "<w>2 days from now</>")]
    [InlineData(
        "[ConvoxSsl.Formatting.StateText]::Expiry([DateTimeOffset]::UtcNow.AddDays(2.5).ToString([cultureinfo]::InvariantCulture), '', "
            + "$style)", "2 days from now")]
    [InlineData("[ConvoxSsl.Formatting.StateText]::Expiry([DateTimeOffset]::UtcNow.AddMinutes(59.5), $null, $null)", "59 min from now")]
    [InlineData("[ConvoxSsl.Formatting.StateText]::Expiry($null, $null, $style)", "")]
    public async Task Statuses_and_expiries_use_the_colors_of_the_session_style(string call, string expected)
    {
        const string Style =
            "$style = [pscustomobject]@{ Reset = '</>'; Foreground = [pscustomobject]@{ Green = '<g>' }; Formatting = "
                + "[pscustomobject]@{ Warning = '<w>'; Error = '<e>' } }";

        Assert.Equal(expected, (await _powerShell.RunAsync($"{Style}\n{call}", CancellationToken.None)).Succeeded().Of<string>()[0]);
    }

    private async Task<IReadOnlyList<string>> ShowAsync(int width, string make)
    {
        var before = _powerShell.Host.Text.Length;
        var run = await _powerShell.RunAsync(
            $"$Host.UI.RawUI.BufferSize = [System.Management.Automation.Host.Size]::new({width}, 100)\n{make} | Out-Default",
            CancellationToken.None);
        run.Succeeded();
        return Regex.Replace(_powerShell.Host.Text[before..], "\u001b\\[[0-9;]*m", string.Empty)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex(@"Width\(\$Host, (\d+), (\d+)\)")]
    private static partial Regex WidthCall();

    [GeneratedRegex(@"\[(?<type>ConvoxSsl\.[\w.]+)\]::(?<method>\w+)\(")]
    private static partial Regex MethodCall();
}
