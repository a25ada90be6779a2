using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Package.Tests;

/// <summary>DNS solvers written in PowerShell. A directory simulates the DNS: one file per name, one line per value.</summary>
public sealed class ScriptSolverTests : IAsyncLifetime
{
    private const string Secret = "a-secret-of-the-plugin";

    private readonly ModuleSession _session = new();
    private AcmeTestServer _ca = null!;

    private string Dns => Path.Combine(_session.Home, "dns");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Dns);
        _ca = await AcmeTestServer.StartAsync(
            new AcmeTestServerOptions
            {
                Txt = async (name, ct) =>
                    File.Exists(Path.Combine(Dns, name)) ? await File.ReadAllLinesAsync(Path.Combine(Dns, name), ct) : [],
            },
            CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _ca.DisposeAsync();
        _session.Dispose();
    }

    [Fact]
    public async Task Scripts_of_the_user_validate_a_wildcard_in_a_later_session()
    {
        await _session.RunAsync($$"""
            $null = Add-ConvoxDnsSolver -Id 3 -DnsZone example.org -Present {
                param($Name, $Value) [System.IO.File]::AppendAllText("{{Dns}}/$Name", "$Value`n")
            } -CleanUp {
                param($Name, $Value)
                $file = "{{Dns}}/$Name"
                [System.IO.File]::WriteAllLines($file, [string[]]([System.IO.File]::ReadAllLines($file) | Where-Object { $_ -ne $Value }))
            }
            """);
        await File.WriteAllTextAsync(Path.Combine(Dns, "_acme-challenge.example.org"), "another's value\n");
        var lines = await _session.RunAsync(
            $"(New-ConvoxCertificate '*.example.org', example.org {Issuing}).Status; (Get-ConvoxDnsSolver 3).Provider");

        Assert.Equal(["Ready", "Script"], lines);
        Assert.Equal(["another's value"], await File.ReadAllLinesAsync(Path.Combine(Dns, "_acme-challenge.example.org")));
    }

    [Theory]
    [InlineData("param($n, $v)", "$n", "$v")]
    [InlineData("param($Value, $n)", "$n", "$Value")]
    [InlineData("[CmdletBinding()] param([switch] $Loud, [Alias('Value')] $v, $n)", "$n", "$v")]
    [InlineData("param([Parameter(Position = 1)] $a, [Parameter(Position = 0)] $b, $c)", "$b", "$a")]
    [InlineData("", "$args[0]", "$args[1]")]
    public async Task Scripts_with_other_parameter_names_receive_both_values(string parameters, string name, string value)
    {
        var lines = await _session.RunAsync($$"""
            $null = Add-ConvoxDnsSolver 3 example.org -Present {
                {{parameters}}
                [System.IO.File]::AppendAllText("{{Dns}}/$({{name}})", "$({{value}})`n")
            } -CleanUp {
                {{parameters}}
                [System.IO.File]::AppendAllText("{{Dns}}/removed", "$({{name}}) $({{value}})`n")
            }
            (New-ConvoxCertificate '*.example.org' {{Issuing}}).Status
            """);

        Assert.Equal(["Ready"], lines);
        var record = Assert.Single(await File.ReadAllLinesAsync(Path.Combine(Dns, "_acme-challenge.example.org")));
        Assert.Equal([$"_acme-challenge.example.org {record}"], await File.ReadAllLinesAsync(Path.Combine(Dns, "removed")));
    }

    [Fact]
    public async Task A_failing_script_is_one_error_with_its_message()
    {
        await _session.RunAsync(
            "$null = Add-ConvoxDnsSolver 3 example.org -Present { param($Name, $Value) throw \"no access to $Name\" } -CleanUp { "
                + "param($Name, $Value) }");
        var lines = await _session.RunAsync(
            $"try {{ New-ConvoxCertificate '*.example.org' {Issuing} -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId; "
                + "$_.Exception.Message }");

        Assert.StartsWith("ConvoxSsl.DnsScriptFailed,", lines[0], StringComparison.Ordinal);
        Assert.Contains("no access to _acme-challenge.example.org", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Posh_ACME_plugin_gets_its_arguments_unchanged()
    {
        await WritePluginAsync("""
            function Add-DnsTxt {
                param($RecordName, $TxtValue, $Folder, $Count, [securestring] $Token, [pscredential] $Login, [switch] $Loud)
                $plain = [System.Net.NetworkCredential]::new('', $Token).Password
                $isSecret = $plain -eq 'a-secret-of-the-plugin' -and $Login.UserName -eq 'me'
                if (-not $isSecret -or $Count -ne 7 -or -not $Loud) { throw 'the arguments changed' }
                [System.IO.File]::AppendAllText("$Folder/$RecordName", "$TxtValue`n")
            }
            function Remove-DnsTxt { param($RecordName, $TxtValue, $Folder) Remove-Value "$Folder/$RecordName" $TxtValue }
            function Save-DnsTxt { param($Folder) [System.IO.File]::AppendAllText("$Folder/saved", "once`n") }
            """);
        var lines = await _session.RunAsync($$"""
            $env:PSModulePath = '{{_session.Home}}/modules'
            $secure = [System.Net.NetworkCredential]::new('', '{{Secret}}').SecurePassword
            $login = [System.Management.Automation.PSCredential]::new('me', $secure)
            $arguments = @{ Folder = '{{Dns}}'; Count = 7; Token = $secure; Login = $login; Loud = $true }
            $null = Add-ConvoxDnsSolver 4 example.org -PoshAcmePlugin Directory -PluginArgs $arguments
            (New-ConvoxCertificate '*.example.org', example.org {{Issuing}}).Status
            (Get-ConvoxDnsSolver 4).Plugin
            """);

        Assert.Equal(["Ready", "Directory"], lines);
        Assert.Empty(await File.ReadAllTextAsync(Path.Combine(Dns, "_acme-challenge.example.org")));
        Assert.Equal(2, (await File.ReadAllLinesAsync(Path.Combine(Dns, "saved"))).Length);
        var holder = Assert.Single(
            Directory.GetFiles(Path.Combine(_session.Home, "rack"), "*", SearchOption.AllDirectories),
            f => File.ReadAllText(f).Contains(Secret, StringComparison.Ordinal));
        Assert.Equal("posh-acme-arguments-4.json", Path.GetFileName(holder));
    }

    [Fact]
    public async Task A_failing_plugin_does_not_show_its_secrets()
    {
        await WritePluginAsync(
            "function Add-DnsTxt { param($RecordName, $TxtValue, $Token) throw \"the API refused $Token\" }\nfunction Remove-DnsTxt { "
                + "}\nfunction Save-DnsTxt { }");
        var lines = await _session.RunAsync($$"""
            $env:PSModulePath = '{{_session.Home}}/modules'
            $null = Add-ConvoxDnsSolver 4 example.org -PoshAcmePlugin Directory -PluginArgs @{ Token = '{{Secret}}' }
            try { New-ConvoxCertificate '*.example.org' {{Issuing}} -ErrorAction Stop }
            catch { "$($_.Exception) $($_.FullyQualifiedErrorId)" }
            """);

        Assert.Contains("the API refused ***", string.Join(' ', lines), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, string.Join(' ', lines), StringComparison.Ordinal);
    }

    private string Issuing =>
        $"-Issuer {_ca.DirectoryUrl} -CaCertificate {_ca.RootFile} -AcceptTermsOfService -SkipPropagationCheck -DnsServer 127.0.0.1:9";

    /// <summary>Writes a module with the structure of Posh-ACME and one plugin.</summary>
    private async Task WritePluginAsync(string plugin)
    {
        var module = Path.Combine(_session.Home, "modules", "Posh-ACME");
        Directory.CreateDirectory(Path.Combine(module, "Plugins"));
        await File.WriteAllTextAsync(Path.Combine(module, "Plugins", "Directory.ps1"), plugin);
        await File.WriteAllTextAsync(
            Path.Combine(module, "Posh-ACME.psm1"),
            """
            $path = "$PSScriptRoot/Plugins/Directory.ps1"
            $plugin = [pscustomobject]@{ Name = 'Directory'; ChallengeType = 'dns-01'; Path = $path }
            $script:Plugins = @{ Directory = $plugin }
            function Remove-Value($File, $Value) {
                [System.IO.File]::WriteAllLines($File, [string[]]@([System.IO.File]::ReadAllLines($File) | Where-Object { $_ -ne $Value }))
            }
            Export-ModuleMember -Function @()
            """);
    }
}
