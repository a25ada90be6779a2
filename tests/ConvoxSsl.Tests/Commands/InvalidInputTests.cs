using System.Net;
using System.Security;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests that invalid input is one error with its value and remedy, without a request or a write.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class InvalidInputTests : IDisposable
{
    // Nothing listens there, so a request would cause another error.
    private const string Unreachable = "https://127.0.0.1:9/directory";

    private readonly HostedPowerShell _powerShell = new();

    public InvalidInputTests()
    {
        _powerShell.Set("unreachable", Unreachable);
        _powerShell.Set("folder", Path.GetDirectoryName(_powerShell.RackPath));
    }

    public void Dispose() => _powerShell.Dispose();

    public static TheoryData<string, string> Names => new()
    {
        { "", "it is empty" },
        { new string('a', 64) + ".example.org", "the limit is 63" },
        { string.Join('.', Enumerable.Repeat(new string('a', 62), 4)) + ".org", "the limit is 253" },
        { "a..b", "empty label" },
        { "*.*.example.org", "whole first label" },
        { "foo.*.example.org", "whole first label" },
        { "www.example.org ", "white space" },
        { "www.example.org\n", "white space" },
        { "https://www.example.org/", "Give only the host name" },
        { "www.example.org:443", "it contains a port" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Invalid_names_are_rejected(string name, string rule)
    {
        _powerShell.Set("name", name);
        await AssertRejectedAsync(
            "New-ConvoxCertificate $name -Issuer $unreachable -AcceptTermsOfService",
            "ConvoxSsl.InvalidDomain",
            $"'{name.Replace('\n', ' ')}'",
            rule);
    }

    [Fact]
    public async Task More_than_a_hundred_names_are_rejected()
    {
        _powerShell.Set("names", Enumerable.Range(1, 101).Select(i => $"host{i}.example.org").ToArray());
        await AssertRejectedAsync(
            "New-ConvoxCertificate $names -Issuer $unreachable -AcceptTermsOfService",
            "ConvoxSsl.TooManyDomains",
            "101 names",
            "host101.example.org",
            "Split them");
    }

    [Theory]
    [InlineData(
        "New-ConvoxCertificate '*.example.org' -Issuer $unreachable -Challenge Http01 -AcceptTermsOfService",
        "WildcardNeedsDns",
        "'*.example.org'",
        "dns-01")]
    [InlineData("New-ConvoxCertificate www.example.org -Issuer letsencrpyt", "UnknownIssuer", "'letsencrpyt'", "letsencrypt")]
    [InlineData(
        "New-ConvoxCertificate www.example.org -Issuer http://ca.example.org/directory",
        "InvalidDirectoryUrl",
        "'http://ca.example.org/directory'",
        "https://")]
    [InlineData(
        "New-ConvoxCertificate www.example.org -Issuer $unreachable",
        "TermsOfServiceNotAccepted",
        "127.0.0.1",
        "-AcceptTermsOfService")]
    [InlineData(
        "New-ConvoxCertificate www.example.org -Issuer $unreachable -AcceptTermsOfService -HttpPort 65536",
        "InvalidPort",
        "65536",
        "1 to 65535")]
    [InlineData(
        "New-ConvoxCertificate www.example.org -Issuer $unreachable -AcceptTermsOfService -HttpAddress localhost",
        "InvalidHttpAddress",
        "'localhost'",
        "IP address")]
    [InlineData(
        "New-ConvoxCertificate www.example.org -Issuer $unreachable -AcceptTermsOfService -WebRoot ./nowhere",
        "InvalidWebRoot",
        "nowhere",
        "directory")]
    [InlineData(
        "New-ConvoxCertificate www.example.org -Issuer $unreachable -AcceptTermsOfService -Contact nobody",
        "InvalidContact",
        "'nobody'",
        "you@example.org")]
    [InlineData(
        "New-ConvoxCertificate www.example.org -Issuer $unreachable -AcceptTermsOfService -CaCertificate ./nowhere.pem",
        "FileNotFound",
        "nowhere.pem",
        "path")]
    [InlineData(
        "Add-ConvoxDnsSolver 1 example.org -Present { param($n) } -CleanUp { param($n, $v) }",
        "InvalidParameters", "TXT record", "-Present")]
    [InlineData(
        "Add-ConvoxDnsSolver 1 example.org -Present { dnsctl $Name $Value } -CleanUp { }",
        "InvalidParameters", "TXT record", "param($Name")]
    [InlineData(
        "Add-ConvoxDnsSolver 1 example.org -Present { param($n, [switch] $v) } -CleanUp { }",
        "InvalidParameters", "TXT record", "-Present")]
    [InlineData(
        "Add-ConvoxDnsSolver 1 example.org -Present { param($n, $v) } -CleanUp { dnsctl $Name $Value }",
        "InvalidParameters",
        "TXT record",
        "-CleanUp")]
    [InlineData("New-ConvoxCertificate www.example.org -Duration 0h", "InvalidDuration", "'0 seconds'", "positive")]
    [InlineData("New-ConvoxCertificate www.example.org -Duration ([timespan]::MaxValue)", "InvalidDuration", "10675199", "positive")]
    [InlineData("New-ConvoxCertificate www.example.org -Timeout 60d", "InvalidTimeout", "'60 days'", "such as 15m")]
    [InlineData("New-ConvoxCertificate www.example.org -PropagationTimeout 60d", "InvalidTimeout", "'60 days'", "such as 15m")]
    [InlineData("Wait-ConvoxCertificate cert-none -Timeout 60d", "InvalidTimeout", "'60 days'", "such as 15m")]
    [InlineData("New-ConvoxCertificate www.example.org -KeepVersions 0", "InvalidKeepVersions", "0 versions", "at least 1")]
    [InlineData(
        "New-ConvoxCertificate -CertificateSigningRequest '-----BEGIN CERTIFICATE REQUEST-----' -Issuer $unreachable",
        "InvalidPem",
        "not valid",
        "Copy the file again")]
    [InlineData("New-ConvoxAcmeAccount self-signed", "IssuerNeeded", "'self-signed'", "letsencrypt")]
    [InlineData("New-ConvoxAcmeAccount $unreachable -ExternalAccountKeyId kid", "InvalidExternalAccount", "key ID", "-ExternalAccountKey")]
    [InlineData(
        "New-ConvoxAcmeAccount $unreachable -ExternalAccountKeyId kid -ExternalAccountKey '!!'",
        "InvalidExternalAccount",
        "'kid'",
        "base64url")]
    [InlineData("Set-ConvoxAcmeAccount $unreachable", "NothingToChange", "No change", "-Contact")]
    [InlineData("Get-ConvoxAcmeAccount $unreachable", "AccountNotFound", "127.0.0.1", "New-ConvoxAcmeAccount")]
    [InlineData("Get-ConvoxCertificate ../../etc/passwd", "InvalidCertificateId", "'../../etc/passwd'", "letters, digits")]
    [InlineData("Remove-ConvoxCertificate '../' -Confirm:$false", "InvalidCertificateId", "'../'", "letters, digits")]
    [InlineData("Update-ConvoxCertificate cert-none", "CertificateNotFound", "'cert-none'", "New-ConvoxCertificate")]
    [InlineData("Export-ConvoxCertificate cert-none -Path ./x -Mode 888", "InvalidMode", "'888'", "0640")]
    [InlineData("Export-ConvoxCertificate cert-none -Path ./x.pfx -Password ([securestring]::new())", "PasswordNeeded", "PFX", "-Password")]
    [InlineData(
        "New-ConvoxAcmeAccount $unreachable -ExternalAccountKeyId kid -ExternalAccountKey ''", "InvalidExternalAccount", "'kid'", "empty")]
    [InlineData("Import-ConvoxCertificate nowhere:/x.pem", "InvalidPath", "nowhere", "file system")]
    [InlineData("Import-ConvoxCertificate ./nowhere.pem", "FileNotFound", "nowhere.pem", "path")]
    [InlineData("Get-ConvoxCertificate -Rack nowhere", "RackNotFound", "'nowhere'", "Connect-ConvoxRack")]
    public async Task Invalid_input_is_rejected_with_a_remedy(string script, string id, string value, string remedy) =>
        await AssertRejectedAsync(script, "ConvoxSsl." + id, value, remedy);

    [Fact]
    public async Task A_duplicate_name_is_included_once_with_a_warning()
    {
        var run = await RunAsync("New-ConvoxCertificate münchen.example.org, XN--MNCHEN-3YA.example.org. -Issuer self-signed");

        var certificate = Assert.IsType<ConvoxCertificate>(Assert.Single(run.Objects).BaseObject);
        Assert.Equal(["xn--mnchen-3ya.example.org"], certificate.Domains);
        Assert.Contains("XN--MNCHEN-3YA.example.org.", Assert.Single(run.Warnings), StringComparison.Ordinal);
        Assert.Empty(run.Errors);
    }

    [Fact]
    public async Task A_wrong_PFX_password_is_rejected_and_not_shown()
    {
        _powerShell.Set("password", Secret("right"));
        await RunAsync(
            "New-ConvoxCertificate www.example.org -Issuer self-signed -Rack $folder/other | Export-ConvoxCertificate -Path "
                + "$folder/x.pfx -Password $password");
        _powerShell.Set("password", Secret("N0t-the-password"));
        var run = await AssertRejectedAsync(
            "Import-ConvoxCertificate $folder/x.pfx -Password $password",
            "ConvoxSsl.InvalidPfx",
            "password is wrong",
            "Check the password");
        Assert.DoesNotContain("N0t-the-password", OutputText.Format(run), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_PFX_file_whose_password_is_missing_names_the_parameter()
    {
        _powerShell.Set("password", Secret("right"));
        await RunAsync(
            "New-ConvoxCertificate www.example.org -Issuer self-signed -Rack $folder/other | Export-ConvoxCertificate -Path "
                + "$folder/x.pfx -Password $password");
        await AssertRejectedAsync(
            "Import-ConvoxCertificate $folder/x.pfx", "ConvoxSsl.InvalidPfx", "x.pfx' without a password", "Add -Password");
    }

    [Theory]
    [InlineData("pem/privkey.pem $folder/pem/cert.pem", "InvalidPrivateKey", "cert.pem' contains no private key", "paths swapped")]
    [InlineData("pem/cert.pem $folder/junk.pem", "InvalidPrivateKey", "junk.pem' contains no private key", "Give a PEM file")]
    [InlineData("junk.pem $folder/pem/privkey.pem", "InvalidCertificate", "junk.pem' contains no certificate", "Give a PEM file")]
    [InlineData(
        "pem/cert.pem $folder/pem/privkey.pem $folder/pem/privkey.pem",
        "InvalidCertificate",
        "privkey.pem' contains no certificate, only a private key",
        "Give a PEM file")]
    [InlineData("broken.pem", "InvalidPrivateKey", "The private key in", "broken.pem'")]
    [InlineData("junk.pem", "InvalidCertificate", "junk.pem' contains no certificate", "Give a PEM file with a 'BEGIN CERTIFICATE' block")]
    [InlineData("junk.pfx", "InvalidPfx", "junk.pfx' because it is corrupt, or not a PFX file", "Export it again")]
    [InlineData("pem/cert.pem", "PrivateKeyNeeded", "cert.pem' does not contain a private key", "-KeyPath")]
    public async Task An_unsuitable_file_is_named(string files, string id, string fault, string remedy)
    {
        await RunAsync(
            "New-ConvoxCertificate www.example.org -Issuer self-signed -Rack $folder/other | Export-ConvoxCertificate -Path $folder/pem");
        await File.WriteAllTextAsync(_powerShell["junk.pem"], "junk");
        await File.WriteAllTextAsync(_powerShell["junk.pfx"], "junk");
        await File.WriteAllTextAsync(
            _powerShell["broken.pem"], "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");

        await AssertRejectedAsync($"Import-ConvoxCertificate $folder/{files}", "ConvoxSsl." + id, fault, remedy);
    }

    [Fact]
    public async Task A_PEM_file_with_two_keys_is_rejected()
    {
        await RunAsync(
            "New-ConvoxCertificate www.example.org -Issuer self-signed -Rack $folder/other | Export-ConvoxCertificate -Path $folder/pem");
        var key = await File.ReadAllTextAsync(_powerShell["pem/privkey.pem"]);
        await File.WriteAllTextAsync(_powerShell["two.pem"], key + key);

        await AssertRejectedAsync(
            "Import-ConvoxCertificate $folder/pem/cert.pem $folder/two.pem",
            "ConvoxSsl.InvalidPrivateKey",
            "2 private keys",
            "Remove the others");
    }

    [Fact]
    public async Task A_key_of_another_certificate_is_rejected()
    {
        await RunAsync(
            "New-ConvoxCertificate one.example.org -Issuer self-signed -Rack $folder/other | Export-ConvoxCertificate -Path $folder/one");
        await RunAsync(
            "New-ConvoxCertificate two.example.org -Issuer self-signed -Rack $folder/other | Export-ConvoxCertificate -Path $folder/two");

        await AssertRejectedAsync(
            "Import-ConvoxCertificate $folder/one/cert.pem $folder/two/privkey.pem",
            "ConvoxSsl.KeyMismatch",
            "one.example.org",
            "Give the key");
    }

    [Theory]
    [InlineData("Get-ConvoxCertificate -Rack $file")]
    [InlineData("New-ConvoxCertificate www.example.org -Issuer self-signed -Rack $file")]
    [InlineData("New-ConvoxCertificate www.example.org -Issuer $unreachable -AcceptTermsOfService -Rack $file/below")]
    [InlineData("Connect-ConvoxRack $file")]
    public async Task A_file_is_rejected_as_a_rack(string script)
    {
        await File.WriteAllTextAsync(_powerShell["file"], "not a rack");
        _powerShell.Set("file", _powerShell["file"]);

        await AssertRejectedAsync(script, "ConvoxSsl.InvalidRack", $"'{_powerShell["file"]}' is a file", "Specify a directory");
        Assert.Equal("not a rack", await File.ReadAllTextAsync(_powerShell["file"]));
    }

    [Fact]
    public async Task A_read_only_rack_is_rejected_for_writing()
    {
        Directory.CreateDirectory(_powerShell.RackPath);
        File.SetUnixFileMode(_powerShell.RackPath, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var run = await RunAsync("New-ConvoxCertificate www.example.org -Issuer $unreachable -AcceptTermsOfService");
        File.SetUnixFileMode(_powerShell.RackPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var error = Assert.Single(run.Errors);
        Assert.StartsWith("ConvoxSsl.RackNotWritable,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(_powerShell.RackPath, error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_powerShell.RackPath));
    }

    [Theory]
    [InlineData("Get-ConvoxCertificate")]
    [InlineData("New-ConvoxCertificate www.example.org -Issuer $unreachable -AcceptTermsOfService")]
    [InlineData("Get-ConvoxAcmeAccount")]
    [InlineData("Connect-ConvoxRack $Rack")]
    public async Task A_rack_of_a_newer_version_is_rejected(string script)
    {
        Directory.CreateDirectory(_powerShell.RackPath);
        await File.WriteAllTextAsync(_powerShell["rack/rack.json"], """{"format":99}""");

        var run = await RunAsync(script);

        var error = run.TerminatingError ?? Assert.Single(run.Errors);
        Assert.StartsWith("ConvoxSsl.RackTooNew,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("format 99", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("Update the module", error.Exception.Message, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFileSystemEntries(_powerShell.RackPath));
    }

    [Theory]
    [InlineData("Remove-ConvoxCertificate $certificate")]
    [InlineData("Revoke-ConvoxCertificate $certificate -Issuer letsencrypt")]
    public async Task A_confirmation_without_a_prompt_is_an_error(string script)
    {
        var created = await RunAsync(
            "$null = New-ConvoxCertificate www.example.org -Issuer self-signed -Rack $folder/other | Export-ConvoxCertificate -Path "
                + "$folder/pem; Import-ConvoxCertificate $folder/pem/fullchain.pem $folder/pem/privkey.pem");
        _powerShell.Set("certificate", created.Objects[0]);

        var run = await RunAsync(script);

        var error = Assert.Single(run.Errors);
        Assert.StartsWith("ConvoxSsl.ConfirmationNeeded,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-Confirm:$false", error.Exception.Message, StringComparison.Ordinal);
        Assert.Single((await RunAsync("Get-ConvoxCertificate")).Objects);
    }

    /// <summary>Asserts that the script writes one error with the ID and the parts of the message, and changes nothing.</summary>
    private async Task<PowerShellResult> AssertRejectedAsync(string script, string id, params string[] parts)
    {
        var run = await RunAsync(script);

        var error = run.TerminatingError ?? Assert.Single(run.Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, error.Exception.Message, StringComparison.Ordinal));
        Assert.Empty(run.Objects);
        Assert.False(Directory.Exists(_powerShell.RackPath), "Something was written.");
        return run;
    }

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);

    private static SecureString Secret(string text) => new NetworkCredential(string.Empty, text).SecurePassword;
}
