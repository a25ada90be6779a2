namespace ConvoxSsl.Tests.Secrets;

/// <summary>
/// DNS solvers of scripts. The arguments of a plugin are redacted in its errors. A script of the user gets no secret, so its errors are
/// not redacted.
/// </summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class ScriptScenarios
{
    private const string Issuing = "-Issuer $Directory -CaCertificate $Root -SkipPropagationCheck";

    private const string Plugin = """
        function Add-DnsTxt {
            param($RecordName, $TxtValue, $Key, [securestring] $Pin, [pscredential] $Login, $Hosts)
            $plain = [System.Net.NetworkCredential]::new('', $Pin).Password
            $word = $Login.GetNetworkCredential().Password
            $said = switch ($RecordName.Split('.')[1]) {
                raw { "refused $Key and $plain for $($Login.UserName) with $word at $($Hosts[1])" }
                url { "GET https://dns/api?key=$([uri]::EscapeDataString($Key))&pin=$([uri]::EscapeDataString($plain)) failed" }
                basic {
                    $bytes = [System.Text.Encoding]::UTF8.GetBytes("$($Login.UserName):$word")
                    "Authorization: Basic $([Convert]::ToBase64String($bytes)) was refused"
                }
                json { '{"key":"' + $Key.Replace('"', '\"') + '"}' }
            }
            if ($said) { throw $said }
        }
        function Remove-DnsTxt { }
        function Save-DnsTxt { }
        """;

    public static async Task RunAsync(SecretsSession session)
    {
        await WritePluginAsync(session);
        session.Give("PluginKey", session.Secrets.Add("plugin's key", "plugin+key/of \"thirty\" chars & more"));
        session.Give("Pin", session.Secrets.Add("plugin's PIN", "pin-4711"));
        session.Give("Word", session.Secrets.Add("plugin's password", "w0rd/for+login"));
        session.Give("HostKey", session.Secrets.Add("plugin's second host", "host-key-0815-4711"));
        session.PowerShell.Set("ScriptSecret", session.Secrets.Add("secret in a script", "in-script-s3cret-8f0a"));
        const string arguments =
            "-PluginArgs @{ Key = $PluginKey; Pin = $SecurePin; Login = [pscredential]::new('me', $SecureWord); Hosts = 'a', $HostKey }";
        await session.SucceedAsync($"Add-ConvoxDnsSolver 11 {SecretServers.PluginZone} -PoshAcmePlugin Echo {arguments}");
        await session.SucceedAsync($"New-ConvoxCertificate '*.{SecretServers.PluginZone}' {Issuing}");
        foreach (var way in new[] { "raw", "url", "basic", "json" })
        {
            await session.FailAsync($"New-ConvoxCertificate '*.{way}.{SecretServers.PluginZone}' {Issuing}", "DnsScriptFailed");
        }

        await session.FailAsync(
            "Set-ConvoxDnsSolver 11 -PluginArgs @{ Key = $PluginKey; Odd = [System.Uri]::new('https://dns/' + $HostKey) }",
            "InvalidPluginArgs");
        await session.SucceedAsync($"Set-ConvoxDnsSolver 11 {arguments}");
        await UseScriptAsync(session);
        session.WritePrivate(
            Path.Combine(session.PowerShell.RackPath, "secrets", "posh-acme-arguments-11.json"),
            "{\"value\":\"{\\\"Key\\\":t" + "plugin+key/of thirty\"}");
        await session.FailAsync("Test-ConvoxDnsSolver 11 -PropagationTimeout 1s", string.Empty);
        await session.FailAsync($"New-ConvoxCertificate '*.damaged.{SecretServers.PluginZone}' {Issuing}", "SecretDamaged");
    }

    private static async Task UseScriptAsync(SecretsSession session)
    {
        await session.SucceedAsync(
            $"Add-ConvoxDnsSolver 12 {SecretServers.ScriptZone} -Present ([scriptblock]::Create(\"param(`$Name, `$Value) `$k = "
                + "'$ScriptSecret'; if (`$Name -like '*.bad.*') { throw 'no' }\")) -CleanUp { }");
        await session.SucceedAsync($"New-ConvoxCertificate '*.{SecretServers.ScriptZone}' {Issuing}");
        await session.FailAsync($"New-ConvoxCertificate '*.bad.{SecretServers.ScriptZone}' {Issuing}", "DnsScriptFailed");
        await session.FailAsync("Test-ConvoxDnsSolver 12 -PropagationTimeout 1s", string.Empty);
        await session.SucceedAsync("Get-ConvoxDnsSolver");
        var solvers = Path.Combine(session.PowerShell.RackPath, "solvers.json");
        var before = await File.ReadAllTextAsync(solvers);
        session.WritePrivate("rack/solvers.json", $"{{\"solvers\":[{{\"id\":12,\"script\":tin-script-s3cret-8f0a}}]}}");
        await session.FailAsync("Get-ConvoxDnsSolver", "SolversDamaged");
        session.WritePrivate("rack/solvers.json", before);
    }

    private static async Task WritePluginAsync(SecretsSession session)
    {
        var module = session.PowerShell["modules/Posh-ACME"];
        Directory.CreateDirectory(module);
        await File.WriteAllTextAsync(Path.Combine(module, "Echo.ps1"), Plugin);
        await File.WriteAllTextAsync(
            Path.Combine(module, "Posh-ACME.psm1"),
            """
            $script:Plugins = @{ Echo = [pscustomobject]@{ Name = 'Echo'; ChallengeType = 'dns-01'; Path = "$PSScriptRoot/Echo.ps1" } }
            Export-ModuleMember -Function @()
            """);
    }
}
