using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests that a slip in a command is one error that shows the right form.</summary>
public sealed class RightFormTests : IDisposable
{
    private readonly HostedPowerShell _powerShell = new();

    public void Dispose() => _powerShell.Dispose();

    [Theory]
    [InlineData("New-ConvoxCertificate www.example.org -Issuer letsencript", "Did you mean 'letsencrypt'?")]
    [InlineData("New-ConvoxCertificate www.example.org -Issuer staging", "Did you mean 'letsencrypt-staging'?")]
    [InlineData("Get-ConvoxCertificate -Rack locl", "Did you mean 'local'?")]
    [InlineData("Get-ConvoxCertificate -Status Redy", "Did you mean 'Ready'? The values are ")]
    [InlineData("Get-ConvoxCertificate -Status Ready, Expird", "Did you mean 'Expired'?")]
    [InlineData("Get-ConvoxDnsSolver -Provider Cloudflair", "Did you mean 'Cloudflare'?")]
    [InlineData("Set-ConvoxWebhook https://hooks.example.org -Event Faild", "Did you mean 'Failed'?")]
    [InlineData("New-ConvoxCertificate www.example.org -KeyAlgorithm Ecdsa256", "Did you mean 'EcdsaP256'?")]
    [InlineData("New-ConvoxCertificate www.example.org -Challenge Http-01", "Did you mean 'Http01'?")]
    [InlineData(
        "Get-ConvoxCertificate -ExpiringWithin week", "'week' is not a valid time span. Use a number with a unit, such as 7d")]
    [InlineData("Add-ConvoxDnsSolver example.org -HostedZoneId Z1", "number, use Add-ConvoxDnsSolver -DnsZone example.org.")]
    [InlineData("Add-ConvoxDnsSolver example.org, example.net -HostedZoneId Z1", "use Add-ConvoxDnsSolver -DnsZone example.org")]
    [InlineData("Import-ConvoxCertificate x.pfx -Password text", "Use -Password (Read-Host 'Password' -AsSecureString)")]
    [InlineData("Export-ConvoxCertificate x ./x.pfx -Password text", "Use -Password (Read-Host 'Password' -AsSecureString)")]
    [InlineData("New-ConvoxCertificate a.example.org -KeyPath x.key -Password text", "The password is not a secure string.")]
    [InlineData("New-ConvoxAcmeAccount letsencrypt -KeyPath x.key -Password 5", "The password is not a secure string.")]
    [InlineData("Get-ConvoxCertificate ''", "The value is empty. Give an ID such as cert-eb0dbb34, or a domain such as www.example.org.")]
    [InlineData("Get-ConvoxCertificate -Id ''", "Give an ID such as cert-eb0dbb34")]
    [InlineData("Get-ConvoxCertificate ' '", "The value is empty. Give an ID such as cert-eb0dbb34")]
    [InlineData("Update-ConvoxCertificate $undefined", "Give an ID such as cert-eb0dbb34")]
    [InlineData("Remove-ConvoxCertificate '' -Confirm:$false", "Give an ID such as cert-eb0dbb34")]
    [InlineData("Wait-ConvoxCertificate @()", "Give an ID such as cert-eb0dbb34")]
    [InlineData("'' | Revoke-ConvoxCertificate", "Give an ID such as cert-eb0dbb34")]
    [InlineData("Import-ConvoxCertificate x.pem -Id ''", "Give an ID such as cert-eb0dbb34")]
    [InlineData("Show-ConvoxExpiry ''", "Give an ID such as cert-eb0dbb34")]
    [InlineData("Set-ConvoxServiceCertificate web ''", "Give an ID such as cert-eb0dbb34")]
    [InlineData("Get-ConvoxCertificate -Domain ''", "Give a domain such as www.example.org")]
    [InlineData("Export-ConvoxCertificate -Domain '' ./x", "Give a domain such as www.example.org")]
    [InlineData("Get-ConvoxDnsSolver ''", "Give the number of a DNS solver, such as 1")]
    [InlineData("Remove-ConvoxDnsSolver @()", "Give the number of a DNS solver, such as 1")]
    [InlineData("Set-ConvoxDnsSolver $undefined -Region eu-west-1", "Give the number of a DNS solver, such as 1")]
    [InlineData("Set-ConvoxAcmeAccount '' -NewKey", "Give an issuer such as letsencrypt")]
    [InlineData("New-ConvoxAcmeAccount ''", "Give an issuer such as letsencrypt")]
    [InlineData("Get-ConvoxCertificate -Issuer ''", "Give an issuer such as letsencrypt")]
    [InlineData("Export-ConvoxCertificate www.example.org ''", "Give a directory such as ./site")]
    [InlineData("New-ConvoxCertificate a.example.org -HttpPort abc", "'abc' is not a valid number. Use a whole number, such as -HttpPort")]
    [InlineData("Test-ConvoxDomain www.example.org -HttpPort 80a", "such as -HttpPort 8080")]
    [InlineData("New-ConvoxCertificate www.example.org -KeepVersions all", "such as -KeepVersions 3")]
    [InlineData("Restore-ConvoxCertificate www.example.org previous", "such as -Version 1")]
    [InlineData("Show-ConvoxExpiry -First all", "such as -First 10")]
    [InlineData("Show-ConvoxExpiry -First 0", "'0' is not a valid number. Use a number of at least 1, such as -First 10.")]
    [InlineData("Show-ConvoxExpiry -Width 5", "'5' is not a valid number. Use a number from 40 to 1000, such as -Width 100.")]
    [InlineData("Restore-ConvoxCertificate www.example.org -Version -1", "'-1' is not a valid number. Use a number of at least 1, such as")]
    [InlineData("Export-ConvoxCertificate www.example.org ./x -Version 99999999999", "Use a whole number, such as -Version 1.")]
    [InlineData("New-ConvoxCertificate www.example.org -ThrottleLimit 500", "Use a number from 1 to 100, such as -ThrottleLimit 8.")]
    [InlineData("Get-ConvoxCertificate '['", "The wildcard pattern '[' is not valid. Use * for any characters")]
    [InlineData("Get-ConvoxCertificate -Domain '[a'", "The wildcard pattern '[a' is not valid.")]
    [InlineData("Get-ConvoxCertificate -Issuer '['", "The wildcard pattern '[' is not valid.")]
    [InlineData("Remove-ConvoxCertificate -Domain '['", "The wildcard pattern '[' is not valid.")]
    [InlineData("Update-ConvoxCertificate 'cert-['", "The wildcard pattern 'cert-[' is not valid.")]
    [InlineData("Remove-ConvoxDnsSolver '['", "The wildcard pattern '[' is not valid.")]
    [InlineData("Get-ConvoxCertificateTarget '['", "The wildcard pattern '[' is not valid.")]
    [InlineData("New-ConvoxCertificate www.example.org -ThrottleLimit ''", "'' is not a valid number. Use a number from 1 to 100")]
    [InlineData("Remove-ConvoxCertificate -Id cert-1 -Domain www.example.org", "Leave out one of them")]
    [InlineData("Remove-ConvoxCertificate cert-1 -Domain www.example.org", "Leave out one of them")]
    [InlineData("Wait-ConvoxCertificate -Domain www.example.org cert-1", "Leave out one of them")]
    [InlineData("Add-ConvoxDnsSolver 1 example.org -HostedZoneId Z1 -ApiToken x", "-HostedZoneId is a setting of Route53, and")]
    [InlineData("Add-ConvoxDnsSolver -DnsZone example.org -ApiToken x -PoshAcmePlugin DeSEC", "Leave out the settings of one provider.")]
    [InlineData("Set-ConvoxDnsSolver 1 -Region eu-west-1 -Present { param($n, $v) }", "Leave out the settings of one provider.")]
    [InlineData("Export-ConvoxCertificate -Id cert-1 -Domain www.example.org ./x", "Leave out one of them")]
    [InlineData("Import-ConvoxCertificate x.pem -Id cert-1 -Domain www.example.org", "Leave out one of them")]
    [InlineData("New-ConvoxCertificate www.example.org -CertificateSigningRequest x.csr", "Leave out -Domain, -KeyPath and -Password")]
    [InlineData("New-ConvoxCertificate -CertificateSigningRequest x.csr -KeyPath x.key", "Leave out -Domain, -KeyPath and -Password")]
    [InlineData("Show-ConvoxExpiry -Html x.html -Ascii", "Leave out -Width and -Ascii")]
    [InlineData("Set-ConvoxServiceCertificate web cert-1 -Remove", "Leave out the certificate, or -Remove")]
    [InlineData("Set-ConvoxServiceCertificate web -Id cert-1 -Domain www.example.org", "Leave out one of them")]
    [InlineData("Set-ConvoxWebhook https://hooks.example.org -Secret x -NewSecret", "Leave out -Secret or -NewSecret")]
    [InlineData("Connect-ConvoxRack production -KubeConfig ./config", "Connect-ConvoxRack -Name production.")]
    [InlineData("Connect-ConvoxRack -Context production", "such as Connect-ConvoxRack -Name production.")]
    [InlineData("Connect-ConvoxRack ./rack -Name production", "Leave out the directory, or -Name")]
    public async Task A_slip_is_answered_with_the_right_form(string script, string expected)
    {
        var run = await RunAsync(script);

        var error = run.TerminatingError ?? Assert.Single(run.Errors);
        Assert.Contains(expected, error.Exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_powerShell.RackPath), "Something was written.");
    }

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);
}
