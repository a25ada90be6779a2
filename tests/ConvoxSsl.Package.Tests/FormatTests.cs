using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ConvoxSsl.Package.Tests;

/// <summary>The formatted output.</summary>
public sealed class FormatTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Certificates_are_listed_like_convox_certs()
    {
        var output = await _session.RunAsync("""
            $null = New-ConvoxCertificate one.example.org -Duration 90d
            Get-ConvoxCertificate
            """);

        Assert.Equal(["! ID DOMAIN ISSUER EXPIRES STATUS", "- -- ------ ------ ------- ------"], Words(output.Take(2)));
        Assert.Matches("^cert-[0-9a-f]{9} one.example.org self-signed 89 days from now Ready$", Words(output.Skip(2)).Single());
    }

    [Fact]
    public async Task Renewals_show_their_result_and_reason()
    {
        var output = await _session.RunAsync("""
            $null = New-ConvoxCertificate one.example.org -Duration 90d
            Update-ConvoxCertificate -Force
            """);

        Assert.Equal("ID DOMAIN RESULT EXPIRES REASON", Words(output)[0]);
        Assert.Matches("one.example.org Renewed 89 days from now Version 2 is live", Words(output)[2]);
    }

    [Fact]
    public async Task Accounts_show_their_contacts()
    {
        var output = await _session.RunAsync("""
            [ConvoxSsl.ConvoxAcmeAccount]@{
                Issuer = 'letsencrypt'
                Contact = [string[]]('mailto:a@example.org', 'mailto:b@example.org')
                Created = [DateTimeOffset]::UtcNow.AddHours(-3.5)
                Url = 'https://ca.example/acct/1'
            }
            """);

        Assert.Equal("ISSUER CONTACT CREATED URL", Words(output)[0]);
        Assert.Equal("letsencrypt a@example.org, b@example.org 3 hours ago https://ca.example/acct/1", Words(output)[2]);
    }

    [Fact]
    public async Task Racks_show_their_location()
    {
        var output = await _session.RunAsync("[ConvoxSsl.ConvoxRack]@{ Name = 'local'; Kind = 'Local'; Location = '/srv/rack' }");

        Assert.Equal("NAME KIND LOCATION NAMESPACE DEFAULT ISSUER", Words(output)[0]);
        Assert.Equal("local Local /srv/rack", Words(output)[2]);
    }

    [Fact]
    public async Task A_webhook_shows_its_origin_and_its_URL_only_on_request()
    {
        var output = await _session.RunAsync("""
            $webhook = Set-ConvoxWebhook https://hooks.example:8443/t0ken -Event Failed
            $webhook
            "--"
            $webhook.Url
            """);

        Assert.Equal("ORIGIN EVENT RACK", Words(output)[0]);
        Assert.StartsWith("https://hooks.example:8443 Failed local", Words(output)[2], StringComparison.Ordinal);
        Assert.Equal("https://hooks.example:8443/t0ken", output[^1]);
        Assert.Single(output, line => line.Contains("t0ken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Services_show_their_domains_and_certificate_status()
    {
        var output = await _session.RunAsync("""
            [ConvoxSsl.ConvoxServiceCertificate]@{
                Service = 'web'; Domain = [string[]]('a.example.org', 'b.example.org')
                CertificateId = 'cert-1'; Status = 'NotCovered'; Expires = [DateTimeOffset]::UtcNow.AddDays(89.5)
            }
            """);

        Assert.Equal("SERVICE DOMAIN CERTIFICATE EXPIRES STATUS", Words(output)[0]);
        Assert.Equal("web a.example.org +1 cert-1 89 days from now NotCovered", Words(output)[2]);
    }

    [Fact]
    public async Task Relative_times_are_written_like_the_Convox_CLI()
    {
        const double Minute = 60, Hour = 60 * Minute, Day = 24 * Hour;
        (double Seconds, string Text)[] expected =
        [
            (0, "now"),
            (0.9, "now"),
            (-0.9, "now"),
            (1, "1 second from now"),
            (-59, "59 seconds ago"),
            (Minute, "1 minute from now"),
            ((2 * Minute) - 1, "1 minute from now"),
            (-59 * Minute, "59 minutes ago"),
            (-3.5 * Hour, "3 hours ago"),
            (Day - 1, "23 hours from now"),
            (Day, "1 day from now"),
            ((90 * Day) - 1, "89 days from now"),
            (359 * Day, "359 days from now"),
            (365 * Day, "1 year from now"),
            (-539 * Day, "1 year ago"),
            (540 * Day, "2 years from now"),
            (3650 * Day, "10 years from now"),
        ];

        var seconds = string.Join(", ", expected.Select(e => FormattableString.Invariant($"{e.Seconds}")));
        var output = await _session.RunAsync($$"""
            $now = [DateTimeOffset]::UtcNow
            foreach ($seconds in {{seconds}}) { [ConvoxSsl.RelativeTime]::Between($now.AddSeconds($seconds), $now) }
            "[$([ConvoxSsl.RelativeTime]::Of($null))]"
            """);

        Assert.Equal([.. expected.Select(e => e.Text), "[]"], output);
    }

    [Fact]
    public async Task Every_property_in_the_format_and_type_files_exists()
    {
        var views = XDocument.Load(Path.Combine(Repository.Module, "ConvoxSsl.Format.ps1xml")).Descendants("View")
            .SelectMany(view =>
                view.Descendants("PropertyName").Select(property => $"{view.Descendants("TypeName").Single().Value}.{property.Value}"));
        var types = XDocument.Load(Path.Combine(Repository.Module, "ConvoxSsl.Types.ps1xml")).Descendants("Type")
            .SelectMany(type =>
                type.Descendants("ReferencedProperties")
                    .Elements("Name")
                    .Select(property => $"{type.Element("Name")!.Value}.{property.Value}"));
        var existing = await _session.RunAsync("""
            foreach ($type in (Get-Module ConvoxSsl).ImplementingAssembly.GetExportedTypes()) {
                foreach ($property in $type.GetProperties()) { "$($type.FullName).$($property.Name)" }
            }
            """);

        Assert.Empty(views.Concat(types).Except(existing));
    }

    [Fact]
    public async Task A_serialized_certificate_keeps_its_data_without_the_X509Certificate2()
    {
        var output = await _session.RunAsync("""
            $certificate = New-ConvoxCertificate one.example.org
            $text = [System.Management.Automation.PSSerializer]::Serialize($certificate)
            $back = [System.Management.Automation.PSSerializer]::Deserialize($text)
            $back.PSTypeNames[0]
            $isSame = $back.Thumbprint -eq $certificate.Thumbprint -and $back.Expires -eq $certificate.Expires
            $isSame -and $back.Domains -contains 'one.example.org'
            $text.Contains('X509Certificate2')
            $certificate.Certificate.Thumbprint -eq $certificate.Thumbprint
            """);

        Assert.Equal(["Deserialized.ConvoxSsl.ConvoxCertificate", "True", "False", "True"], output);
    }

    [Fact]
    public async Task A_deserialized_certificate_looks_the_same_and_can_be_piped()
    {
        var output = await _session.RunAsync("""
            $certificate = New-ConvoxCertificate one.example.org -Duration 90d
            $text = [System.Management.Automation.PSSerializer]::Serialize($certificate)
            $back = [System.Management.Automation.PSSerializer]::Deserialize($text)
            $back
            ($back | Get-ConvoxCertificate).Id -eq $certificate.Id
            ("$certificate" | Get-ConvoxCertificate).Id -eq $certificate.Id
            $back | Remove-ConvoxCertificate -Confirm:$false
            @(Get-ConvoxCertificate).Count
            """);

        Assert.Equal("! ID DOMAIN ISSUER EXPIRES STATUS", Words(output)[0]);
        Assert.EndsWith("one.example.org self-signed 89 days from now Ready", Words(output)[2], StringComparison.Ordinal);
        Assert.Equal(["True", "True", "0"], output.TakeLast(3));
    }

    [Fact]
    public async Task A_serialized_webhook_has_neither_URL_nor_secret()
    {
        var output = await _session.RunAsync("""
            $webhook = Set-ConvoxWebhook https://hooks.example:8443/t0ken -NewSecret
            $text = [System.Management.Automation.PSSerializer]::Serialize($webhook)
            $text.Contains('t0ken'), $text.Contains('Secret'), $text.Contains('https://hooks.example:8443')
            """);

        Assert.Equal(["False", "False", "True"], output);
    }

    private static string[] Words(IEnumerable<string> lines) => [.. lines.Select(line => Regex.Replace(line.Trim(), " +", " "))];
}
