using System.Net;
using ConvoxSsl.TestKit.Cloudflare;
using ConvoxSsl.TestKit.Dns;
using ConvoxSsl.Tests.Secrets;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>
/// Tests credentials in a vault. A Get-Secret function in the session stands in for SecretManagement and records each
/// call.
/// </summary>
[Collection(EnvironmentVariables.Name)]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class VaultSecretTests : IAsyncLifetime
{
    private const string Token = "cf-t0ken-that-stays-in-the-vault-0123456789";
    private const string Zone = "example.org";
    private const string Issuing = "-Issuer $directory -CaCertificate $root -AcceptTermsOfService -SkipPropagationCheck";

    // Like the real one: errors for missing secrets, AsPlainText, and the types of a vault.
    private const string GetSecret = """
        $global:Calls = [System.Collections.ArrayList]::new()
        $global:Vaults = @{ Work = @{} }
        function global:Get-Secret {
            [CmdletBinding()] param([Parameter(Mandatory)][string] $Name, [string] $Vault, [switch] $AsPlainText)
            [void] $Calls.Add("$Name/$Vault/$AsPlainText/$([Environment]::CurrentManagedThreadId)")
            if ($Vault -and -not $Vaults.ContainsKey($Vault)) {
                $exception = [InvalidOperationException]::new("Vault not found in registry: $Vault")
                $PSCmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new(
                    $exception, 'GetSecretVaultNotFound', 'ObjectNotFound', $null))
            }
            $found = $Vaults['Work'][$Name]
            if ($found -is [scriptblock]) { & $found; return }
            if ($null -eq $found) {
                $exception = [System.Management.Automation.ItemNotFoundException]::new("The secret $Name was not found.")
                $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new(
                    $exception, 'GetSecretNotFound', 'ObjectNotFound', $null))
                return
            }
            , $found
        }
        """;

    private readonly ChangedEnvironment _environment = new();
    private readonly DnsTestZones _zones = new(TimeProvider.System);
    private ScriptedCaSession _session = null!;
    private DnsTestServer _dns = null!;
    private CloudflareTestServer _cloudflare = null!;

    public async Task InitializeAsync()
    {
        _cloudflare = await CloudflareTestServer.StartAsync(new CloudflareTestServerOptions(), default);
        _cloudflare.AddToken(Token);
        _cloudflare.AddZone(Zone, "active", "ns." + Zone);
        _environment.Set("CLOUDFLARE_BASE_URL", _cloudflare.BaseUrl.AbsoluteUri);
        _zones.AddZone(Zone, "ns." + Zone);
        _dns = DnsTestServer.Start(_zones);
        _environment.Set("CONVOXSSL_DNS_SERVERS", _dns.Endpoint.ToString());
        _session = await ScriptedCaSession.StartAsync();
        _session.PowerShell.Set("token", new NetworkCredential(string.Empty, Token).SecurePassword);
        await OkAsync(GetSecret);
    }

    public async Task DisposeAsync()
    {
        await _session.DisposeAsync();
        await _cloudflare.DisposeAsync();
        await _dns.DisposeAsync();
        _environment.Dispose();
    }

    [Theory]
    [InlineData("$token")]
    [InlineData("'" + Token + "'")]
    [InlineData("[pscredential]::new('me', $token)")]
    public async Task A_token_in_a_vault_validates_names_and_is_not_stored(string kept)
    {
        await OkAsync($"$Vaults.Work.cloudflare = {kept}");

        var solver = (await OkAsync($"Add-ConvoxDnsSolver 1 {Zone} -ApiTokenSecret cloudflare -Vault Work")).Of<ConvoxDnsSolver>().Single();
        Assert.Equal("cloudflare (in vault Work)", solver.Secret);
        Assert.Empty(await CallsAsync());
        var issued = await OkAsync($"New-ConvoxCertificate *.{Zone} {Issuing} -Verbose -Debug -Confirm:$false -WarningAction Continue");

        Assert.Equal(ConvoxCertificateStatus.Ready, issued.Of<ConvoxCertificate>().Single().Status);
        Assert.StartsWith("cloudflare/Work/False/", Assert.Single(await CallsAsync()), StringComparison.Ordinal);
        Assert.DoesNotContain(Token, OutputText.Format(issued) + _session.PowerShell.Host.Text, StringComparison.Ordinal);
        Assert.Empty(Holders());
    }

    [Fact]
    public async Task Concurrent_certificates_read_a_vault_once_on_the_pipeline_thread()
    {
        await OkAsync($"$Vaults.Work.cloudflare = $token; $null = Add-ConvoxDnsSolver 1 {Zone} -ApiTokenSecret cloudflare");

        var issued = await OkAsync(
            $"$global:Mine = [Environment]::CurrentManagedThreadId; 1..20 | ForEach-Object {{ \"*.n$_.{Zone}\" }} | "
                + $"New-ConvoxCertificate {Issuing}; $Mine");

        Assert.Equal(20, issued.Of<ConvoxCertificate>().Count);
        Assert.Equal($"cloudflare//False/{issued.Of<int>().Single()}", Assert.Single(await CallsAsync()));
    }

    [Fact]
    public async Task A_renewal_reads_the_secret_again()
    {
        await OkAsync(
            $"$Vaults.Work.cloudflare = $token; $null = Add-ConvoxDnsSolver 1 {Zone} -ApiTokenSecret cloudflare; New-ConvoxCertificate "
                + $"*.{Zone} {Issuing}");
        const string newToken = Token + "-new";
        _cloudflare.AddToken(newToken);
        await OkAsync($"$Vaults.Work.cloudflare = '{newToken}'");

        var renewed = await OkAsync("Update-ConvoxCertificate -Force -CaCertificate $root -SkipPropagationCheck");

        Assert.Equal(ConvoxRenewalResult.Renewed, renewed.Of<ConvoxRenewal>().Single().Result);
        Assert.Equal(2, (await CallsAsync()).Count);
    }

    [Theory]
    [InlineData(
        "{ throw \"A valid password is required to access the Microsoft.PowerShell.SecretStore vault.`nUse the Unlock-SecretStore "
            + "cmdlet to provide the required password to access the store.\" }",
            "VaultLocked",
            "Unlock-SecretVault",
            "without interaction")]
    [InlineData("{ $Host.UI.ReadLineAsSecureString() }", "VaultLocked", "Unlock-SecretVault", "this session cannot prompt")]
    [InlineData("$null", "VaultSecretNotFound", "'cloudflare' of the vault 'Work'", "Get-SecretInfo -Vault 'Work'")]
    [InlineData("@{ token = 'x' }", "VaultSecretInvalid", "a Hashtable", "SecureString, String or PSCredential")]
    [InlineData("[byte[]] (1, 2, 3)", "VaultSecretInvalid", "Byte", "SecureString, String or PSCredential")]
    [InlineData("''", "VaultSecretInvalid", "empty", "SecureString, String or PSCredential")]
    [InlineData("{ throw 'The vault is on fire.' }", "VaultFailed", "on fire", "Get-Secret 'cloudflare' -Vault 'Work'")]
    public async Task An_unavailable_secret_is_one_error_before_any_request(string kept, string id, string expected, string remedy)
    {
        await OkAsync($"$Vaults.Work.cloudflare = {kept}; $null = Add-ConvoxDnsSolver 1 {Zone} -ApiTokenSecret cloudflare -Vault Work");

        var run = await _session.RunAsync($"New-ConvoxCertificate *.{Zone} {Issuing}");

        var error = Assert.Single(run.Errors);
        Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(expected, error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(_session.Ca.Requests);
        Assert.Empty(_cloudflare.Calls);
        Assert.StartsWith(
            $"ConvoxSsl.{id},",
            Assert.Single((await _session.RunAsync("Test-ConvoxDnsSolver 1")).Errors).FullyQualifiedErrorId,
            StringComparison.Ordinal);
        var check =
            (await OkAsync(
                $"Test-ConvoxDomain *.{Zone} -Issuer $directory -CaCertificate $root | Where-Object Passed "
                    + "-eq $false")).Of<ConvoxCheck>()[0];
        Assert.Contains(remedy, $"{check.Detail} {check.Remedy}", StringComparison.Ordinal);

        // The failure does not affect the next attempt.
        await OkAsync($"$Vaults.Work.cloudflare = $token; New-ConvoxCertificate *.{Zone} {Issuing}");
    }

    [Fact]
    public async Task Without_SecretManagement_the_remedy_is_its_installation()
    {
        await OkAsync(
            $"$ExecutionContext.InvokeProvider.Item.Remove('function:Get-Secret', $false); $null = Add-ConvoxDnsSolver 1 {Zone} "
                + "-ApiTokenSecret cloudflare");

        var error = Assert.Single((await _session.RunAsync($"New-ConvoxCertificate *.{Zone} {Issuing}")).Errors);

        Assert.StartsWith("ConvoxSsl.VaultNotInstalled,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Install-PSResource Microsoft.PowerShell.SecretManagement", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_vault_is_named_in_the_error()
    {
        await OkAsync($"$null = Add-ConvoxDnsSolver 1 {Zone} -ApiTokenSecret cloudflare -Vault Play");

        var error = Assert.Single((await _session.RunAsync($"New-ConvoxCertificate *.{Zone} {Issuing}")).Errors);

        Assert.StartsWith("ConvoxSsl.VaultSecretNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("'Play'", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_between_value_and_vault_name_keeps_only_the_current_one()
    {
        await OkAsync($"$Vaults.Work.cloudflare = $token; $null = Add-ConvoxDnsSolver 1 {Zone} -ApiToken $token");
        Assert.Single(Holders());

        await OkAsync("Set-ConvoxDnsSolver 1 -ApiTokenSecret cloudflare");
        Assert.Empty(Holders());
        Assert.Equal(
            "cloudflare (in any vault)",
            (await OkAsync("Set-ConvoxDnsSolver 1 -DnsZone example.org, example.net -PassThru")).Of<ConvoxDnsSolver>().Single().Secret);

        await OkAsync("Set-ConvoxDnsSolver 1 -ApiToken $token");
        Assert.Equal("cloudflare-dns-credential-1.json", Path.GetFileName(Assert.Single(Holders())));
        Assert.Equal("cloudflare-dns-credential-1", (await OkAsync("Get-ConvoxDnsSolver 1")).Of<ConvoxDnsSolver>().Single().Secret);
        Assert.Empty(await CallsAsync());
    }

    [Theory]
    [InlineData("-ApiToken x -ApiTokenSecret y", "InvalidCredential")]
    [InlineData("-ApiKey x -ApiTokenSecret y -Email me@example.org", "InvalidCredential")]
    [InlineData("-ApiKeySecret y", "InvalidCredential")]
    [InlineData("-ApiToken x -Vault Work", "InvalidParameters")]
    [InlineData("-PoshAcmePlugin P -PluginArgs @{} -PluginArgsSecret y", "InvalidParameters")]
    public async Task Vault_names_follow_the_rules_of_their_credentials(string parameters, string id) => Assert.StartsWith(
        $"ConvoxSsl.{id},",
        Assert.Single((await _session.RunAsync($"Add-ConvoxDnsSolver 1 {Zone} {parameters}")).Errors).FullyQualifiedErrorId,
        StringComparison.Ordinal);

    [Fact]
    public async Task An_API_key_in_a_vault_requires_its_email_address()
    {
        const string key = "cfk-0123456789abcdef0123456789abcdef01234";
        _cloudflare.AddKey("me@example.org", key);
        await OkAsync($"$Vaults.Work.key = '{key}'; $null = Add-ConvoxDnsSolver 1 {Zone} -ApiKeySecret key -Email me@example.org");
        Assert.Equal(
            ConvoxCertificateStatus.Ready,
            (await OkAsync($"New-ConvoxCertificate *.{Zone} {Issuing}")).Of<ConvoxCertificate>().Single().Status);
    }

    [Fact]
    public async Task Stop_does_not_wait_for_a_vault()
    {
        await OkAsync(
            "$Vaults.Work.cloudflare = { $global:Waiting.Set(); while ($true) { [System.Threading.Thread]::Sleep(10) } }; $null = "
                + $"Add-ConvoxDnsSolver 1 {Zone} -ApiTokenSecret cloudflare");
        using var waiting = new ManualResetEventSlim();
        _session.PowerShell.Set("Waiting", waiting);

        var running = _session.PowerShell.Start($"New-ConvoxCertificate *.{Zone} {Issuing}");
        await Task.Run(waiting.Wait);
        await running.StopAsync();

        Assert.True((await running.Completion).Stopped);
    }

    private async Task<PowerShellResult> OkAsync(string script) => (await _session.RunAsync(script)).Succeeded();

    private async Task<IReadOnlyList<string>> CallsAsync() => (await OkAsync("$Calls")).Of<string>();

    private IReadOnlyList<string> Holders() =>
        [.. Directory.GetFiles(_session.PowerShell.RackPath, "*", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains(Token, StringComparison.Ordinal))];
}
