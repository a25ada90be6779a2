using System.Net;
using System.Text.RegularExpressions;
using ConvoxSsl.TestKit;
using ConvoxSsl.Tests.Secrets;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Examples;

/// <summary>
/// A session for one example: a rack with the objects of the cmdlet, in a directory with the files of the example. The example runs
/// unchanged except for <see cref="Substitute"/>.
/// </summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class ExampleSession : IDisposable
{
    // Provides what an example expects from a user's session: responses to prompts, a vault, and modules that the host lacks.
    // Nothing is registered with the schedulers of this machine, and the zones have no name servers on port 53.
    private const string Session = """
        $global:ConfirmPreference = 'None'
        $global:PSDefaultParameterValues = @{
            'New-ConvoxCertificate:CaCertificate' = $CaRoot; 'New-ConvoxCertificate:WebRoot' = $Www
            'New-ConvoxCertificate:SkipPropagationCheck' = $true; 'Test-ConvoxDnsSolver:PropagationTimeout' = '1s'
            'Update-ConvoxCertificate:CaCertificate' = $CaRoot; 'New-ConvoxAcmeAccount:CaCertificate' = $CaRoot
            'Test-ConvoxDomain:CaCertificate' = $CaRoot; 'Test-ConvoxDomain:Issuer' = $Ca
            'Add-ConvoxCertificateTarget:NoDelivery' = $true; 'Add-ConvoxCertificateTarget:Force' = $true
            'Set-ConvoxWebhook:CaCertificate' = $WebhookRoot; 'Test-ConvoxEndpoint:Timeout' = '1s'
            'Register-ConvoxRenewal:WhatIf' = $true; 'Register-ConvoxRenewal:PowerShellPath' = "$Programs/pwsh"
        }
        function global:Read-Host([string] $Prompt, [switch] $AsSecureString) { $Answers[$Prompt] }
        function global:Get-Secret([string] $Name, [string] $Vault) { $Answers[$Name] }
        function global:ConvertFrom-SecureString([securestring] $SecureString, [switch] $AsPlainText) {
            [System.Net.NetworkCredential]::new('', $SecureString).Password
        }
        function global:Import-Csv([string] $Path) {
            $names = [System.IO.File]::ReadAllLines("$Folder/$Path")
            foreach ($name in $names[1..($names.Count - 1)]) { [pscustomobject]@{ $names[0] = $name } }
        }
        function global:Set-Content([string] $Path, [string] $Value) { [System.IO.File]::WriteAllText("$Folder/$Path", $Value) }
        function global:Add-Content([string] $Path, [string] $Value) { [System.IO.File]::AppendAllText("$Folder/$Path", $Value) }
        $null = $ExecutionContext.SessionState.Path.SetLocation($Folder)
        """;


    private readonly ChangedEnvironment _environment = new();
    private readonly HostedPowerShell _powerShell = new();
    private readonly ExampleServers _servers;

    private ExampleSession(ExampleServers servers) => _servers = servers;

    /// <summary>Creates a session for an example of a cmdlet.</summary>
    public static async Task<ExampleSession> StartAsync(ExampleServers servers, string cmdlet)
    {
        var session = new ExampleSession(servers);
        session.SetEnvironment();
        session.SetVariables();
        await session.PrepareAsync(Session);
        await session.PrepareRackAsync(cmdlet);
        return session;
    }

    /// <summary>Runs an example.</summary>
    public Task<PowerShellResult> RunAsync(string example) => RunLimitedAsync(Substitute(example));

    public void Dispose()
    {
        _powerShell.Dispose();
        _environment.Dispose();
    }

    /// <summary>Replaces public servers with those of the test.</summary>
    private string Substitute(string example)
    {
        var text = Regex.Replace(
            example, @"(?<=\s)(letsencrypt|zerossl|https://ca\.example\.org/directory)(?=\s|$)", _servers.Ca.DirectoryUrl.AbsoluteUri);
        var server = new Uri(_servers.Webhook.Origin).Authority;
        return text
            .Replace("Test-ConvoxEndpoint www.example.org", $"Test-ConvoxEndpoint {server}", StringComparison.Ordinal)
            .Replace("mail.example.org:587", server, StringComparison.Ordinal)
            .Replace("https://hooks.example.org", _servers.Webhook.Origin, StringComparison.Ordinal)
            .Replace("/var/lib/convoxssl", _powerShell.RackPath, StringComparison.Ordinal)
            .Replace("/etc/", _powerShell["etc/"], StringComparison.Ordinal)
            .Replace("-PropagationTimeout 2m", "-PropagationTimeout 1s", StringComparison.Ordinal)
            .Replace("192.0.2.53", _servers.Dns.Endpoint.ToString(), StringComparison.Ordinal);
    }

    private async Task PrepareRackAsync(string cmdlet)
    {
        var (verb, noun) = (cmdlet.Split('-')[0], cmdlet.Split('-')[1]);
        if (cmdlet == "Publish-ConvoxCertificate")
        {
            await PrepareAsync(
                "$null = Connect-ConvoxRack -Name production; $null = New-ConvoxCertificate www.example.org -Issuer self-signed");
            return;
        }

        if (cmdlet != "New-ConvoxAcmeAccount")
        {
            await PrepareAsync("$null = New-ConvoxAcmeAccount $Ca -Contact left@example.org -AcceptTermsOfService");
        }

        if (noun == "ConvoxDnsSolver" && verb != "Add" || cmdlet is "New-ConvoxCertificate" or "Test-ConvoxDomain")
        {
            await PrepareAsync("$null = Add-ConvoxDnsSolver 1 example.org -ApiToken $Answers['cloudflare']");
        }

        if (noun is "ConvoxCertificate" or "ConvoxServiceCertificate")
        {
            await PrepareAsync("New-ConvoxCertificate www.example.org -Issuer $Ca");
        }

        await (cmdlet switch
        {
            "Add-ConvoxCertificateTarget" => PrepareAsync(
                "'www', 'mail', 'vpn' | ForEach-Object { $null = New-ConvoxCertificate \"$_.example.org\" -Issuer self-signed }"),
            _ when noun == "ConvoxCertificateTarget" => PrepareAsync(
                "$null = New-ConvoxCertificate www.example.org -Issuer self-signed; "
                    + "1..3 | ForEach-Object { $null = Add-ConvoxCertificateTarget www.example.org \"./site$_\" -NoDelivery:$false }"),
            "Restore-ConvoxCertificate" => PrepareAsync("$null = Update-ConvoxCertificate -Force"),
            "Unregister-ConvoxRenewal" => PrepareAsync("$null = Register-ConvoxRenewal Cron -WhatIf:$false"),
            "Get-ConvoxWebhook" or "Test-ConvoxWebhook" or "Remove-ConvoxWebhook" => PrepareAsync("$null = Set-ConvoxWebhook $Hooks"),
            _ => Task.CompletedTask,
        });
    }

    private async Task<PowerShellResult> PrepareAsync(string script) => (await RunLimitedAsync(script)).Succeeded();

    // Stop an example that waits for an event that never occurs. The test reports the stop.
    private async Task<PowerShellResult> RunLimitedAsync(string script)
    {
        using var limit = new CancellationTokenSource(TestTime.Hang);
        return await _powerShell.RunAsync(script, limit.Token);
    }

    private void SetEnvironment()
    {
        _environment.Set("CONVOXSSL_HOME", _powerShell.RackPath);
        _environment.Set("CONVOXSSL_RACK", null);
        _environment.Set("CONVOXSSL_DNS_SERVERS", _servers.Dns.Endpoint.ToString());
        _environment.Set("KUBECONFIG", _powerShell["kubeconfig"]);
        _environment.Set("CLOUDFLARE_BASE_URL", _servers.Cloudflare.BaseUrl.AbsoluteUri);
        _environment.Set("AWS_ENDPOINT_URL_ROUTE_53", _servers.Aws.Url.AbsoluteUri);
        _environment.Set("AWS_ENDPOINT_URL_STS", _servers.Aws.Url.AbsoluteUri);
        _environment.Set("AWS_ACCESS_KEY_ID", _servers.AwsUser.AccessKeyId);
        _environment.Set("AWS_SECRET_ACCESS_KEY", _servers.AwsUser.SecretAccessKey);
        _environment.Set("AWS_SESSION_TOKEN", _servers.AwsUser.SessionToken);
        _environment.Set("AWS_EC2_METADATA_DISABLED", "true");
        _environment.Set("PATH", $"{_powerShell["programs"]}:{Environment.GetEnvironmentVariable("PATH")}");
    }

    private void SetVariables()
    {
        ExampleFiles.Write(_powerShell["folder"], _servers);
        ExampleFiles.WritePrograms(_powerShell["programs"]);
        Directory.CreateDirectory(_powerShell["www"]);
        _servers.Cluster.WriteKubeConfig(_powerShell["kubeconfig"]);
        _powerShell.Set("Folder", _powerShell["folder"]);
        _powerShell.Set("Programs", _powerShell["programs"]);
        _powerShell.Set("Www", _powerShell["www"]);
        _powerShell.Set("Ca", _servers.Ca.DirectoryUrl.AbsoluteUri);
        _powerShell.Set("CaRoot", _servers.Ca.RootFile);
        _powerShell.Set("Hooks", $"{_servers.Webhook.Origin}/certificates");
        _powerShell.Set("WebhookRoot", _servers.Webhook.RootFile);
        var answers = new Dictionary<string, string>
        {
            ["API token"] = ExampleServers.ApiToken,
            ["cloudflare"] = ExampleServers.ApiToken,
            ["Password"] = ExampleFiles.Password,
            ["zerossl"] = ExampleServers.ExternalKey,
            ["webhook"] = "whsec_" + Convert.ToBase64String(new byte[32]),
        };
        _powerShell.Set(
            "Answers",
            answers.ToDictionary(response => response.Key, response => new NetworkCredential(string.Empty, response.Value).SecurePassword));
    }
}
