using System.Runtime.Versioning;
using ConvoxSsl.Tests.Secrets;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the reload of services with a scripted <c>systemctl</c>, because the test machine does not run systemd.</summary>
[Collection(EnvironmentVariables.Name)]
[SupportedOSPlatform("linux")]
public sealed class ServiceTargetTests : IDisposable
{
    private readonly ChangedEnvironment _environment = new();
    private readonly HostedPowerShell _powerShell = new();

    public ServiceTargetTests()
    {
        Directory.CreateDirectory(_powerShell["programs"]);
        var program = _powerShell["programs/systemctl"];
        File.WriteAllText(program, $"""
            #!/bin/sh
            if [ "$1" = show ]; then
              case "$3" in nginx.service) echo LoadState=loaded ;; *) echo LoadState=not-found ;; esac
              exit 0
            fi
            echo "$@" >> '{_powerShell["calls"]}'
            if [ -e '{_powerShell["denied"]}' ]; then echo 'Failed to reload nginx.service: Access denied' >&2; exit 4; fi
            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _environment.Set("PATH", $"{_powerShell["programs"]}:{Environment.GetEnvironmentVariable("PATH")}");
        _powerShell.Set("site", _powerShell["site"]);
    }

    public void Dispose()
    {
        _powerShell.Dispose();
        _environment.Dispose();
    }

    [Fact]
    public async Task A_service_is_reloaded_or_restarted_and_a_denied_reload_is_reported()
    {
        await OkAsync("New-ConvoxCertificate www.example.org -Issuer self-signed -WarningAction Ignore");
        var error = Assert.Single((await _powerShell.RunAsync(
            "Add-ConvoxCertificateTarget www.example.org $site -Service ngnix", default)).Errors);
        Assert.StartsWith("ConvoxSsl.UnknownService,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_powerShell["site"]));

        await OkAsync("Add-ConvoxCertificateTarget www.example.org $site -Service nginx; Set-ConvoxCertificateTarget 1 -Restart");
        Assert.Equal(
            ["--no-ask-password reload-or-restart nginx.service", "--no-ask-password restart nginx.service"],
            await File.ReadAllLinesAsync(_powerShell["calls"]));

        await File.WriteAllTextAsync(_powerShell["denied"], string.Empty);
        error = Assert.Single((await _powerShell.RunAsync("Update-ConvoxCertificate -Force", default)).Errors);
        Assert.StartsWith("ConvoxSsl.NotDelivered,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("exit code 4: Failed to reload nginx.service: Access denied.", error.Exception.Message, StringComparison.Ordinal);
        File.Delete(_powerShell["denied"]);
        await OkAsync("Publish-ConvoxCertificate");
    }

    private async Task OkAsync(string script) => (await _powerShell.RunAsync(script, default)).Succeeded();
}
