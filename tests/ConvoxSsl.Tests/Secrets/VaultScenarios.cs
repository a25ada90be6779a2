using ConvoxSsl.TestKit.Cloudflare;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>Credentials in a vault: valid, rejected, repeated by the service, of a wrong type, and arguments of plugins.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class VaultScenarios
{
    private const string TokenName = "token in the vault";
    private const string KeyName = "plugin's key in the vault";
    private const string Issuing = "-Issuer $Directory -CaCertificate $Root -SkipPropagationCheck";

    public static async Task RunAsync(SecretsSession session)
    {
        var token = session.Give("VaultToken", session.Secrets.Add(TokenName, "cf-vault/token+that=no&file~holds-0123456789"));
        session.Give("VaultKey", session.Secrets.Add(KeyName, "vault-key/of \"thirty\" chars & more"));
        session.Servers.Cloudflare.AddToken(token);
        await session.SucceedAsync(
            "$global:Kept = $SecureVaultToken; function global:Get-Secret([string] $Name, [string] $Vault, [switch] $AsPlainText) { , "
                + "$Kept }");
        await session.SucceedAsync($"Add-ConvoxDnsSolver 21 {SecretServers.CloudflareZone} -ApiTokenSecret cloudflare -Vault Work");
        await session.SucceedAsync("Get-ConvoxDnsSolver 21");
        foreach (var value in new[] { "$VaultToken", "[pscredential]::new('me', $SecureVaultToken)", "$SecureVaultToken" })
        {
            await session.SucceedAsync(
                $"$global:Kept = {value}; New-ConvoxCertificate '*.vault.{SecretServers.CloudflareZone}' {Issuing} -Force");
        }

        await session.SucceedAsync("Test-ConvoxDnsSolver 21 -PropagationTimeout 1s");
        session.Servers.Cloudflare.Faults.Add(CloudflareFault.On(_ => true)
            .Always()
            .Respond(CloudflareApiResponse.Error(401, 10000, "refused", 10000, $"Authorization: Bearer {token}")));
        await session.FailAsync($"New-ConvoxCertificate '*.refused.{SecretServers.CloudflareZone}' {Issuing}", "Dns");
        session.Servers.Cloudflare.Faults.Clear();
        string[] values =
        [
            "@{ Token = $VaultToken }",
            "[System.Text.Encoding]::UTF8.GetBytes($VaultToken)",
            "@($VaultToken, $VaultToken)",
            "[uri]('https://dns/' + $VaultToken)",
        ];
        foreach (var value in values)
        {
            await session.FailAsync(
                $"$global:Kept = {value}; New-ConvoxCertificate '*.type.{SecretServers.CloudflareZone}' {Issuing}", "VaultSecretInvalid");
        }

        await session.FailAsync(
            $"$global:Kept = \"$VaultToken`n.\"; New-ConvoxCertificate '*.line.{SecretServers.CloudflareZone}' {Issuing}", "Dns");
        await UsePluginAsync(session);
        session.RequireNowhere(TokenName);
        session.RequireNowhere(KeyName);
        await session.SucceedAsync("Remove-ConvoxDnsSolver 21 -Confirm:$false");
    }

    private static async Task UsePluginAsync(SecretsSession session)
    {
        const string arguments =
            "@{ Key = $VaultKey; Pin = $SecureVaultKey; Login = [pscredential]::new('me', $SecureVaultKey); Hosts = 'a', $VaultKey }";
        await session.SucceedAsync($"$global:Kept = {arguments}; Set-ConvoxDnsSolver 11 -PluginArgsSecret plugin");
        await session.SucceedAsync($"New-ConvoxCertificate '*.{SecretServers.PluginZone}' {Issuing} -Force");
        await session.FailAsync($"New-ConvoxCertificate '*.raw.{SecretServers.PluginZone}' {Issuing} -Force", "DnsScriptFailed");
        await session.FailAsync(
            $"$global:Kept = $VaultKey; New-ConvoxCertificate '*.type.{SecretServers.PluginZone}' {Issuing}", "VaultSecretInvalid");
        await session.FailAsync(
            $"$global:Kept = @{{ Key = [uri]('https://dns/' + $VaultKey) }}; New-ConvoxCertificate '*.uri.{SecretServers.PluginZone}' "
                + $"{Issuing}", "InvalidPluginArgs");
    }
}
