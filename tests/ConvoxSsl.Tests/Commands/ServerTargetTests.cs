using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using ConvoxSsl.TestKit;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests targets with a real server.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ServerTargetTests : IDisposable
{
    private readonly HostedPowerShell _powerShell = new();
    private readonly int _port = FreePort.Next();
    private Process? _server;

    public void Dispose()
    {
        _server?.Kill(entireProcessTree: true);
        _server?.WaitForExit();
        _server?.Dispose();
        _powerShell.Dispose();
    }

    [InstalledFact("nginx", "nginx")]
    public async Task Nginx_serves_each_new_certificate_and_every_fault_is_reported_and_fixed_by_the_next_run()
    {
        await WriteConfigurationAsync(string.Empty);
        await OkAsync("New-ConvoxCertificate www.example.org, example.org -Issuer self-signed -WarningAction Ignore");
        var add = $"Add-ConvoxCertificateTarget www.example.org $site -Command {InstalledProgram.Find("nginx")}, '-p', $files, '-c', "
            + $"nginx.conf, '-s', reload -Endpoint 127.0.0.1:{_port} -Timeout 20s";
        _powerShell.Set("site", _powerShell["site"]);
        _powerShell.Set("files", Path.GetDirectoryName(_powerShell["site"]));

        // The server does not start without its files.
        await AssertFailsAsync("EndpointUnreachable", add);
        Assert.Empty((await OkAsync("Get-ConvoxCertificateTarget")).Objects);
        await AssertFailsAsync("NotDelivered", $"{add} -Force");
        await StartAsync();
        await OkAsync("Publish-ConvoxCertificate");
        await AssertServedAsync();

        var renewed = await OkAsync("Update-ConvoxCertificate -Force");
        Assert.Equal(ConvoxRenewalResult.Renewed, Assert.Single(renewed.Of<ConvoxRenewal>()).Result);
        await AssertServedAsync();
        Assert.All((await OkAsync("Test-ConvoxCertificateTarget")).Of<ConvoxCheck>(), check => Assert.True(check.Passed, check.Detail));

        // A configuration that nginx rejects, so that it keeps the old certificate.
        await WriteConfigurationAsync("no_such_directive;");
        await AssertFailsAsync("NotDelivered", "Update-ConvoxCertificate -Force");
        Assert.Contains("no_such_directive", (await GetTargetAsync()).StatusReason, StringComparison.Ordinal);
        await WriteConfigurationAsync(string.Empty);
        await OkAsync("Update-ConvoxCertificate -Force");
        await AssertServedAsync();

        // A reload that does nothing: the old certificate stays, and the reason says so.
        var old = await ReadSerialNumberAsync();
        await AssertFailsAsync("NotDelivered", "Set-ConvoxCertificateTarget 1 -Command true -Timeout 1s; Update-ConvoxCertificate -Force");
        Assert.Contains(old, (await GetTargetAsync()).StatusReason, StringComparison.Ordinal);
        Assert.Equal(old, await ReadSerialNumberAsync());
        await InstalledProgram.RunAsync("nginx", "-p", _powerShell["."], "-c", "nginx.conf", "-s", "reload");
        await OkAsync("Publish-ConvoxCertificate");
        await AssertServedAsync();
    }

    private async Task AssertServedAsync()
    {
        var live = Assert.Single((await OkAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>());
        Assert.Equal(live.SerialNumber!.TrimStart('0'), await ReadSerialNumberAsync());
        var target = await GetTargetAsync();
        Assert.Equal((ConvoxTargetStatus.Current, live.Version), (target.Status, target.Version));
    }

    private async Task<ConvoxCertificateTarget> GetTargetAsync() =>
        Assert.Single((await OkAsync("Get-ConvoxCertificateTarget")).Of<ConvoxCertificateTarget>());

    private async Task<string> ReadSerialNumberAsync()
    {
        const string Script = "openssl s_client -connect \"127.0.0.1:$1\" </dev/null 2>/dev/null | openssl x509 -noout -serial";
        var output = await InstalledProgram.RunAsync("sh", "-c", Script, "sh", _port.ToString(CultureInfo.InvariantCulture));
        return output.Trim()["serial=".Length..].TrimStart('0');
    }

    private Task WriteConfigurationAsync(string directive) => File.WriteAllTextAsync(_powerShell["nginx.conf"], $$"""
        daemon off;
        pid nginx.pid;
        error_log stderr;
        {{directive}}
        events { }
        http {
            access_log off;
            client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
            server {
                listen 127.0.0.1:{{_port}} ssl;
                ssl_certificate {{_powerShell["site"]}}/fullchain.pem;
                ssl_certificate_key {{_powerShell["site"]}}/privkey.pem;
            }
        }
        """);

    private async Task StartAsync()
    {
        string[] arguments = ["-p", _powerShell["."], "-c", "nginx.conf"];
        _server = Process.Start(new ProcessStartInfo(InstalledProgram.Find("nginx")!, arguments))!;
        while (!File.Exists(_powerShell["nginx.pid"]))
        {
            Assert.False(_server.HasExited);
            await Task.Delay(50);
        }
    }

    private async Task AssertFailsAsync(string id, string script)
    {
        var error = Assert.Single((await _powerShell.RunAsync(script, default)).Errors);
        Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private async Task<PowerShellResult> OkAsync(string script) => (await _powerShell.RunAsync(script, default)).Succeeded();
}
