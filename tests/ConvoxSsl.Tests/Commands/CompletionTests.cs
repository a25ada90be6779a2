using System.Management.Automation;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests argument completion.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly HostedPowerShell _powerShell = new();

    public void Dispose() => _powerShell.Dispose();

    [Theory]
    [InlineData("New-ConvoxCertificate a.example.org -Issuer lets", "letsencrypt", "letsencrypt-staging")]
    [InlineData("New-ConvoxCertificate a.example.org -Issuer self", "self-signed")]
    [InlineData("Get-ConvoxCertificate -Issuer imp", "imported")]
    [InlineData("New-ConvoxCertificate a.example.org -Issuer imp")]
    [InlineData("New-ConvoxAcmeAccount self")]
    [InlineData("Get-ConvoxCertificate -Rack loc", "local")]
    [InlineData("New-ConvoxCertificate a.example.org -KeyAlgorithm Ecdsa", "EcdsaP256", "EcdsaP384")]
    [InlineData("Revoke-ConvoxCertificate x -Reason Key", "KeyCompromise")]
    [InlineData("New-ConvoxCertificate a.example.org -Challenge Tls", "TlsAlpn01")]
    [InlineData("Get-ConvoxCertificate -Status P", "Pending")]
    public async Task Completes_names(string typed, params string[] expected) =>
        Assert.Equal(expected, (await CompleteAsync(typed)).Select(r => r.CompletionText));

    [Fact]
    public async Task Completes_IDs_with_names_as_tool_tips()
    {
        var created =
            (await _powerShell.RunAsync(
                "New-ConvoxCertificate a.example.org, b.example.org -Issuer self-signed",
                CancellationToken.None)).Of<ConvoxCertificate>()[0];

        var offered = Assert.Single(await CompleteAsync("Update-ConvoxCertificate cert-"));
        Assert.Equal((created.Id, "a.example.org, b.example.org"), (offered.CompletionText, offered.ToolTip));
        Assert.Empty(await CompleteAsync("Update-ConvoxCertificate other-"));
        Assert.Single(await CompleteAsync("Remove-ConvoxCertificate -Rack $Rack -Id cert-"));
    }

    [Fact]
    public async Task An_unreadable_rack_yields_no_completions_and_no_error()
    {
        Directory.CreateDirectory(_powerShell.RackPath);
        await File.WriteAllTextAsync(Path.Combine(_powerShell.RackPath, "rack.json"), "{");

        Assert.Empty(await CompleteAsync("Get-ConvoxCertificate cert-"));
    }

    [Fact]
    public async Task Completes_issuers_with_directories_and_accounts_of_the_rack()
    {
        Assert.Equal(
            "https://acme-v02.api.letsencrypt.org/directory",
            (await CompleteAsync("New-ConvoxCertificate a.example.org -Issuer letsencrypt"))[0].ToolTip);
        Assert.Empty(await CompleteAsync("Set-ConvoxAcmeAccount "));
        Assert.Empty(await CompleteAsync("Update-ConvoxCertificate x -Issuer self"));

        await WriteAsync(
            "accounts/ca.example-0011/account.json",
            """
            {"directoryUrl":"https://ca.example/dir","contact":["mailto:a@example.org"],"created":"2026-01-01T00:00:00+00:00",
            "profiles":{"tls":"The usual one"}}
            """);
        Assert.Equal("'a@example.org'", Assert.Single(await CompleteAsync("New-ConvoxAcmeAccount letsencrypt -Contact ")).CompletionText);
        var account = Assert.Single(await CompleteAsync("Get-ConvoxAcmeAccount "));
        Assert.Equal(
            ("https://ca.example/dir", "https://ca.example/dir, account of a@example.org"), (account.CompletionText, account.ToolTip));
        Assert.Equal(
            ("tls", "The usual one"),
            Assert.Single((await CompleteAsync("New-ConvoxCertificate a.example.org -Issuer https://ca.example/dir -Profile ")).Select(r =>
                (r.CompletionText, r.ToolTip))));
    }

    [Fact]
    public async Task Completes_zones_names_and_settings_from_the_rack()
    {
        (await _powerShell.RunAsync(
            "$null = Add-ConvoxDnsSolver -Id 1 -DnsZone example.org -HostedZoneId Z0123456789ABCDEF -Role "
                + "arn:aws:iam::123456789012:role/dns; $null = New-ConvoxCertificate www.example.net -WarningAction Ignore",
                CancellationToken.None)).Succeeded();

        Assert.Equal(["example.org", "'*.example.org'", "www.example.net"], Texts(await CompleteAsync("New-ConvoxCertificate ")));
        Assert.Equal(["'*.example.org'"], Texts(await CompleteAsync("Test-ConvoxDomain '*")));
        Assert.Equal(["www.example.net"], Texts(await CompleteAsync("Get-ConvoxCertificate -Domain ")));
        Assert.Equal(["example.org"], Texts(await CompleteAsync("Set-ConvoxDnsSolver 1 -DnsZone EX")));
        Assert.Equal(["Z0123456789ABCDEF"], Texts(await CompleteAsync("New-ConvoxDnsRolePolicy -HostedZoneId ")));
        Assert.Equal(["arn:aws:iam::123456789012:role/dns"], Texts(await CompleteAsync("Set-ConvoxDnsSolver 1 -Role ")));
        Assert.Equal("Route53: example.org", Assert.Single(await CompleteAsync("Test-ConvoxDnsSolver ")).ToolTip);
    }

    [Theory]
    [InlineData("Add-ConvoxDnsSolver example.org -Region eu-west-1", "Europe (Ireland)")]
    [InlineData("Get-ConvoxDnsRole -Region us-gov-w", "AWS GovCloud (US-West)")]
    public async Task Completes_regions_with_places_as_tool_tips(string typed, string place) =>
        Assert.Equal(place, Assert.Single(await CompleteAsync(typed)).ToolTip);

    [Fact]
    public async Task Completes_versions_of_the_certificate()
    {
        var created =
            (await _powerShell.RunAsync(
                "$made = New-ConvoxCertificate a.example.org -WarningAction Ignore; $null = Update-ConvoxCertificate $made.Id "
                    + "-Force; $made", CancellationToken.None)).Of<ConvoxCertificate>()[0];

        Assert.Equal(["2", "1"], Texts(await CompleteAsync($"Restore-ConvoxCertificate {created.Id} -Version ")));
        Assert.Empty(await CompleteAsync("Restore-ConvoxCertificate -Version "));
    }

    [Theory]
    [InlineData("Get-ConvoxCertificate [")]
    [InlineData("Get-ConvoxCertificate 'cert-[*")]
    [InlineData("Get-ConvoxCertificate \"cert-`")]
    [InlineData("New-ConvoxCertificate a.example.org -Issuer [")]
    [InlineData("New-ConvoxCertificate a.example.org -Issuer http://[ -Profile ")]
    [InlineData("Get-ConvoxCertificate -Rack nowhere -Id cert")]
    [InlineData("Get-ConvoxCertificate -Rack nosuchdrive:/x -Id cert")]
    [InlineData("Restore-ConvoxCertificate ../../etc -Version ")]
    [InlineData("Connect-ConvoxRack -KubeConfig ./none -Name x")]
    public async Task Unreadable_sources_yield_no_completions_and_no_error(string typed) => Assert.Empty(await CompleteAsync(typed));

    [Theory]
    [InlineData("accounts/ca.example-0011/account.json", "Get-ConvoxAcmeAccount ")]
    [InlineData("solvers.json", "Get-ConvoxDnsSolver ")]
    [InlineData("solvers.json", "New-ConvoxCertificate a")]
    [InlineData("orders/cert-0011.json", "Get-ConvoxCertificate ")]
    public async Task An_invalid_file_yields_no_completions_and_no_error(string file, string typed)
    {
        await WriteAsync(file, "\0{[garbage");

        Assert.Empty(await CompleteAsync(typed));
    }

    [Fact]
    public async Task Completes_the_ID_of_a_corrupt_certificate()
    {
        await WriteAsync("certificates/cert-0011/certificate.json", "garbage");

        var offered = Assert.Single(await CompleteAsync("Remove-ConvoxCertificate CERT"));
        Assert.Equal(("cert-0011", "cert-0011"), (offered.CompletionText, offered.ToolTip));
        Assert.Equal("'cert-0011'", Assert.Single(await CompleteAsync("Remove-ConvoxCertificate 'cert")).CompletionText);
    }

    [Fact]
    public async Task The_number_of_completions_is_limited()
    {
        for (var i = 0; i < 600; i++)
        {
            Directory.CreateDirectory(Path.Combine(_powerShell.RackPath, "certificates", $"cert-{i:x4}"));
        }

        Assert.Equal(500, (await CompleteAsync("Get-ConvoxCertificate ")).Count);
        Assert.Equal(["cert-0257"], Texts(await CompleteAsync("Get-ConvoxCertificate cert-0257")));
    }

    [Theory]
    [InlineData("Remove-ConvoxCertificate -", "-Id", "-Domain", "-WhatIf", "-Verbose")]
    [InlineData("Show-ConvoxExpiry -", "-Width", "-Ascii", "-Html", "-Verbose")]
    [InlineData("New-ConvoxCertificate -", "-Domain", "-KeyPath", "-Password", "-CertificateSigningRequest", "-WhatIf")]
    [InlineData("Set-ConvoxServiceCertificate web -", "-Certificate", "-Domain", "-Remove", "-WhatIf")]
    [InlineData("Connect-ConvoxRack -", "-Path", "-Name", "-Verbose")]
    [InlineData("Add-ConvoxDnsSolver 1 example.org -", "-HostedZoneId", "-ApiToken", "-Present", "-PoshAcmePlugin", "-Vault")]
    public async Task Completes_all_parameters(string typed, params string[] expected)
    {
        _powerShell.Set("typed", typed);
        var run = await _powerShell.RunAsync("(TabExpansion2 $typed $typed.Length).CompletionMatches", CancellationToken.None);

        Assert.Empty(expected.Except(Texts(run.Succeeded().Of<CompletionResult>())));
    }

    private static IEnumerable<string> Texts(IEnumerable<CompletionResult> results) => results.Select(result => result.CompletionText);

    private async Task WriteAsync(string file, string text)
    {
        var path = Path.Combine(_powerShell.RackPath, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text);
    }

    // An ID without a match must not fall back to file names.
    private async Task<IReadOnlyList<CompletionResult>> CompleteAsync(string typed)
    {
        _powerShell.Set("typed", typed);
        var run = await _powerShell.RunAsync("(TabExpansion2 $typed $typed.Length).CompletionMatches", CancellationToken.None);
        return [.. run.Succeeded().Of<CompletionResult>().Where(r => r.ResultType == CompletionResultType.ParameterValue)];
    }
}
