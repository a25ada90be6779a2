using System.Text.RegularExpressions;
using ConvoxSsl.TestKit;
using ConvoxSsl.Tests.Sessions;


namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests Show-ConvoxExpiry.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ShowExpiryTests : IDisposable
{
    private const string ThreeCertificates =
        "$null = 'a.example.org', 'b.example.org', 'c.example.org' | New-ConvoxCertificate -Issuer self-signed -Duration 90d "
            + "-WarningAction SilentlyContinue\n";

    private readonly HostedPowerShell _powerShell = new();

    public ShowExpiryTests() => _powerShell.Set("folder", _powerShell["."]);

    public void Dispose() => _powerShell.Dispose();

    [Fact]
    public async Task Without_input_all_certificates_are_drawn_in_the_width_of_the_host()
    {
        var lines = await LinesAsync(ThreeCertificates + "Show-ConvoxExpiry");

        Assert.Matches("^NAME           STATUS   EXPIRES  ", lines[0]);
        Assert.Equal(159, lines[1].Length);
        Assert.Equal(["a.example.org", "b.example.org", "c.example.org"], lines.Skip(2).Take(3).Select(line => line[..13]));
        Assert.All(lines.Skip(2).Take(3), line => Assert.Contains("  Ready    in 89d ", line, StringComparison.Ordinal));
        Assert.StartsWith("│ now, ", lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_renewals_and_IDs_are_accepted_from_the_pipeline()
    {
        await LinesAsync(ThreeCertificates);

        Assert.Equal(["a", "b"], Drawn(await LinesAsync("Get-ConvoxCertificate -Domain a.*, b.* | Show-ConvoxExpiry")));
        Assert.Equal(["c"], Drawn(await LinesAsync("Get-ConvoxCertificate -Domain c.* | Update-ConvoxCertificate | Show-ConvoxExpiry")));
        Assert.Equal(["b"], Drawn(await LinesAsync("(Get-ConvoxCertificate -Domain b.*).Id | Show-ConvoxExpiry")));
        Assert.Equal(["a", "b"], Drawn(await LinesAsync("Show-ConvoxExpiry (Get-ConvoxCertificate -Domain a.*, b.*)")));
    }

    [Fact]
    public async Task A_deserialized_certificate_is_drawn_as_a_certificate()
    {
        await LinesAsync(ThreeCertificates);
        var live = await LinesAsync("Get-ConvoxCertificate | Show-ConvoxExpiry -Width 100");
        var restored = await LinesAsync(
            "Get-ConvoxCertificate | ForEach-Object { "
                + "[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($_)) "
                + "} | Show-ConvoxExpiry -Width 100");

        Assert.Equal(live.SkipLast(1), restored.SkipLast(1));
    }

    [Fact]
    public async Task An_object_of_another_type_is_an_error_and_the_others_are_drawn()
    {
        var run = await _powerShell.RunAsync(
            ThreeCertificates + "'cert-none', 42, (Get-ConvoxCertificate -Domain a.*) | Show-ConvoxExpiry", CancellationToken.None);

        Assert.Equal(
            ["ConvoxSsl.CertificateNotFound", "ConvoxSsl.NoCertificate"],
            run.Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(["a"], Drawn([.. run.Of<string>()]));
    }

    [Fact]
    public async Task No_certificates_yield_one_line_and_no_error()
    {
        Assert.Equal(["There are no certificates to show."], await LinesAsync("Show-ConvoxExpiry"));
        var unknown = await _powerShell.RunAsync("Show-ConvoxExpiry wwww", CancellationToken.None);
        Assert.Single(unknown.Errors);
        Assert.Empty(unknown.Objects);
        Assert.Equal(
            ["There are no certificates to show."],
            await LinesAsync(ThreeCertificates + "Get-ConvoxCertificate -Domain z.* | Show-ConvoxExpiry"));
        Assert.Equal(["None of 3 certificates expires within 30 days."], await LinesAsync("Show-ConvoxExpiry -Within 30d"));
    }

    [Fact]
    public async Task First_and_width_limit_the_drawing()
    {
        var lines = await LinesAsync(ThreeCertificates + "Show-ConvoxExpiry -First 2 -Width 70");

        Assert.Equal(["a", "b"], Drawn(lines));
        Assert.Equal("… 1 more expires later; -First 3 shows all.", lines[^1]);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 70));
    }

    [Fact]
    public async Task With_Ascii_only_ASCII_characters_are_drawn()
    {
        var lines = await LinesAsync(ThreeCertificates + "Show-ConvoxExpiry -Ascii");

        Assert.All(lines, line => Assert.DoesNotContain(line, c => !char.IsAscii(c)));
    }

    [Theory]
    [InlineData("-Width 39", "ParameterArgumentTransformationError")]
    [InlineData("-First 0", "ParameterArgumentTransformationError")]
    [InlineData("-Html x.html -Width 80", "ConvoxSsl.InvalidParameters")]
    public async Task Invalid_parameters_are_rejected_before_anything_is_read(string parameters, string code)
    {
        var run = await _powerShell.RunAsync($"Show-ConvoxExpiry {parameters}", CancellationToken.None);

        Assert.Equal(code, run.TerminatingError!.FullyQualifiedErrorId.Split(',')[0]);
    }

    [Fact]
    public async Task A_time_span_of_zero_is_a_terminating_error()
    {
        var run = await _powerShell.RunAsync("Show-ConvoxExpiry -Within 0s", CancellationToken.None);

        Assert.StartsWith("ConvoxSsl.InvalidTimeSpan", run.TerminatingError!.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_is_written_and_returned_as_a_file()
    {
        var file = Assert.Single((await RunAsync(ThreeCertificates + "Show-ConvoxExpiry -Html $folder/expiry.html")).Of<ConvoxFile>());

        Assert.Equal(Path.GetFullPath(_powerShell["expiry.html"]), Path.GetFullPath(file.FullName));
        var page = HtmlPage.Parse(await File.ReadAllTextAsync(file.FullName));
        Assert.Equal(["a.example.org", "b.example.org", "c.example.org"], page.Descendants("bdi").Select(name => name.Value));
        Assert.Equal(UnixFileMode.OtherRead, File.GetUnixFileMode(file.FullName) & UnixFileMode.OtherRead);
    }

    [Fact]
    public async Task An_existing_page_is_replaced_and_keeps_its_mode()
    {
        await File.WriteAllTextAsync(_powerShell["expiry.html"], new string('x', 100_000));
        File.SetUnixFileMode(_powerShell["expiry.html"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await RunAsync("Show-ConvoxExpiry -Html $folder/expiry.html");

        HtmlPage.Parse(await File.ReadAllTextAsync(_powerShell["expiry.html"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_powerShell["expiry.html"]));
        Assert.DoesNotContain(Directory.GetFiles(_powerShell["."]), file => file.EndsWith(".unfinished", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_without_certificates_is_written()
    {
        await RunAsync("Get-ConvoxCertificate | Show-ConvoxExpiry -Html $folder/expiry.html");

        Assert.Contains(
            "There are no certificates to show.", await File.ReadAllTextAsync(_powerShell["expiry.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIf_writes_no_page()
    {
        var run = await RunAsync(ThreeCertificates + "Show-ConvoxExpiry -Html $folder/expiry.html -WhatIf");

        Assert.Empty(run.Objects);
        Assert.False(File.Exists(_powerShell["expiry.html"]));
        Assert.Contains("Write a page of 3 certificates", _powerShell.Host.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$folder", "InvalidPath")]
    [InlineData("$folder/none/expiry.html", "DirectoryNotFound")]
    public async Task A_page_that_cannot_be_written_is_an_error(string path, string code)
    {
        var run = await _powerShell.RunAsync($"Show-ConvoxExpiry -Html \"{path}\"", CancellationToken.None);

        Assert.Equal($"ConvoxSsl.{code},ConvoxSsl.Commands.ShowConvoxExpiryCommand", Assert.Single(run.Errors).FullyQualifiedErrorId);
        Assert.Empty(run.Objects);
    }

    [Fact]
    public async Task A_relative_path_is_resolved_in_the_session_directory()
    {
        await RunAsync("$null = $ExecutionContext.SessionState.Path.SetLocation($folder); Show-ConvoxExpiry -Html expiry.html");

        Assert.True(File.Exists(_powerShell["expiry.html"]));
    }

    private static string[] Drawn(IEnumerable<string> lines) =>
        [.. lines.Select(line => Regex.Match(line, @"^([a-z])\.example\.org"))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)];

    private async Task<PowerShellResult> RunAsync(string script) =>
        (await _powerShell.RunAsync(script, CancellationToken.None)).Succeeded();

    private async Task<IReadOnlyList<string>> LinesAsync(string script) => (await RunAsync(script)).Of<string>();
}
