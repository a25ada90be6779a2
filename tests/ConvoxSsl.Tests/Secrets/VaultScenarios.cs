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
        await session.GoodAsync(
            "$global:Kept = $SecureVaultToken; function global:Get-Secret([string] $Name, [string] $Vault, [switch] $AsPlainText) { , "
                + "$Kept }");
        await session.GoodAsync($"Add-ConvoxDnsSolver 21 {SecretServers.CloudflareZone} -ApiTokenSecret cloudflare -Vault Work");
        await session.GoodAsync("Get-ConvoxDnsSolver 21");
        foreach (var kept in new[] { "$VaultToken", "[pscredential]::new('me', $SecureVaultToken)", "$SecureVaultToken" })
        {
            await session.GoodAsync(
                $"$global:Kept = {kept}; New-ConvoxCertificate '*.vault.{SecretServers.CloudflareZone}' {Issuing} -Force");
        }

        await session.GoodAsync("Test-ConvoxDnsSolver 21 -PropagationTimeout 1s");
        session.Servers.Cloudflare.Faults.Add(CloudflareFault.On(_ => true)
            .Always()
            .Answer(CloudflareReply.Error(401, 10000, "refused", 10000, $"Authorization: Bearer {token}")));
        await session.BadAsync($"New-ConvoxCertificate '*.refused.{SecretServers.CloudflareZone}' {Issuing}", "Dns");
        session.Servers.Cloudflare.Faults.Clear();
        foreach (var kept in new[] { "@{ Token = $VaultToken }", "[System.Text.Encoding]::UTF8.GetBytes($VaultToken)", "@($VaultToken, $VaultToken)", "[uri]('https://dns/' + $VaultToken)" })
        {
            await session.BadAsync(
                $"$global:Kept = {kept}; New-ConvoxCertificate '*.type.{SecretServers.CloudflareZone}' {Issuing}", "VaultSecretInvalid");
        }

        await session.BadAsync(
            $"$global:Kept = \"$VaultToken`n.\"; New-ConvoxCertificate '*.line.{SecretServers.CloudflareZone}' {Issuing}", "Dns");
        await UsePluginAsync(session);
        session.RequireNowhere(TokenName);
        session.RequireNowhere(KeyName);
        await session.GoodAsync("Remove-ConvoxDnsSolver 21 -Confirm:$false");
    }

    private static async Task UsePluginAsync(SecretsSession session)
    {
        const string arguments =
            "@{ Key = $VaultKey; Pin = $SecureVaultKey; Login = [pscredential]::new('me', $SecureVaultKey); Hosts = 'a', $VaultKey }";
        await session.GoodAsync($"$global:Kept = {arguments}; Set-ConvoxDnsSolver 11 -PluginArgsSecret plugin");
        await session.GoodAsync($"New-ConvoxCertificate '*.{SecretServers.PluginZone}' {Issuing} -Force");
        await session.BadAsync($"New-ConvoxCertificate '*.raw.{SecretServers.PluginZone}' {Issuing} -Force", "DnsScriptFailed");
        await session.BadAsync(
            $"$global:Kept = $VaultKey; New-ConvoxCertificate '*.type.{SecretServers.PluginZone}' {Issuing}", "VaultSecretInvalid");
        await session.BadAsync(
            $"$global:Kept = @{{ Key = [uri]('https://dns/' + $VaultKey) }}; New-ConvoxCertificate '*.uri.{SecretServers.PluginZone}' "
                + $"{Issuing}", "InvalidPluginArgs");
    }
}
