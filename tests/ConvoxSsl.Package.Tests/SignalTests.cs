using System.Diagnostics;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Package.Tests;

/// <summary>
/// Commands that a signal, a kill or their time limit ends while a DNS solver's script runs. A directory simulates the DNS: one file per
/// name.
/// </summary>
public sealed class SignalTests : IAsyncLifetime
{
    private const string Blocking = "while ($true) { [System.Threading.Thread]::Sleep(20) }";
    private const string Uninterruptible = "[System.Threading.Thread]::Sleep(-1)";

    private readonly ModuleSession _session = new();
    private AcmeTestServer _ca = null!;

    private string Dns => Path.Combine(_session.Home, "dns");

    private string Orders => Path.Combine(_session.Home, "rack", "orders");

    private string Issuing =>
        $"-Issuer {_ca.DirectoryUrl} -CaCertificate {_ca.RootFile} -AcceptTermsOfService -SkipPropagationCheck -DnsServer 127.0.0.1:9";

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Dns);
        _ca = await AcmeTestServer.StartAsync(
            new AcmeTestServerOptions { AcceptsAllChallenges = true }, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _ca.DisposeAsync();
        _session.Dispose();
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task A_signal_removes_the_records_and_ends_the_process(string signal, int exitCode)
    {
        if (OperatingSystem.IsWindows())
        {
            // It has no signals.
            return;
        }

        var after = Path.Combine(_session.Home, "after");
        using var process = Start(
            $"{AddSolver(Blocking)}; New-ConvoxCertificate '*.example.org' {Issuing}; [System.IO.File]::WriteAllText('{after}', '')");
        await WaitForRecordAsync();
        await SendAsync(process, signal);
        await WaitForExitAsync(process);

        Assert.Equal(exitCode, process.ExitCode);
        Assert.Empty(Directory.GetFiles(Dns));
        Assert.False(File.Exists(after));
        var order = Assert.Single(Directory.GetFiles(Orders, "*.json"));
        Assert.DoesNotContain("_acme-challenge", await File.ReadAllTextAsync(order), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hangup_that_is_ignored_does_not_stop_a_command()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var go = Path.Combine(_session.Home, "go");
        var solver = AddSolver($"while (-not [System.IO.File]::Exists('{go}')) {{ [System.Threading.Thread]::Sleep(20) }}");
        using var process = Start($"{solver}; (New-ConvoxCertificate '*.example.org' {Issuing}).Status", ignoresHangup: true);
        await WaitForRecordAsync();
        await SendAsync(process, "HUP");
        await File.WriteAllTextAsync(go, string.Empty);
        await WaitForExitAsync(process);

        Assert.Equal((0, "Ready"), (process.ExitCode, (await process.StandardOutput.ReadToEndAsync()).Trim()));
    }

    [Theory]
    [InlineData(Blocking)]
    [InlineData(Uninterruptible)]
    public async Task The_time_limit_ends_a_script_that_blocks_and_the_error_names_the_step(string script)
    {
        await AssertTimeoutAsync($"{AddSolver(script)}; New-ConvoxCertificate '*.example.org' {Issuing}");
    }

    [Theory]
    [InlineData("Update-ConvoxCertificate")]
    [InlineData("$null = Test-ConvoxDnsSolver 3 -PropagationTimeout 1s -DnsServer 127.0.0.1:9")]
    public async Task The_record_of_a_killed_solver_test_is_removed_by_the_next_command(string next)
    {
        using var process = Start($"{AddSolver(Blocking)}; Test-ConvoxDnsSolver 3");
        await WaitForRecordAsync();
        process.Kill();
        await WaitForExitAsync(process);
        Assert.Single(Directory.GetFiles(Dns));

        await _session.RunAsync($"$null = Set-ConvoxDnsSolver 3 -Present {GetPresent(string.Empty)}; {next}");
        Assert.Empty(Directory.GetFiles(Dns));
        Assert.Empty(Directory.GetFiles(Orders));
    }

    private async Task AssertTimeoutAsync(string command)
    {
        var timeout = TestTime.Stretch(TimeSpan.FromSeconds(3)).TotalSeconds;
        var lines = await _session.RunAsync($$"""
            try { {{command}} -Timeout {{timeout:0}}s -ErrorAction Stop }
            catch { $_.FullyQualifiedErrorId; $_.Exception.Message }
            """);

        Assert.StartsWith("ConvoxSsl.OrderTimedOut,", lines[0], StringComparison.Ordinal);
        Assert.True(lines[1].Contains("The running step was 'Publishing 1 dns-01 response'.", StringComparison.Ordinal), lines[1]);
        Assert.Empty(Directory.GetFiles(Dns));
    }

    private string GetPresent(string then) =>
        $"{{ param($Name, $Value) [System.IO.File]::AppendAllText(\"{Dns}/$Name\", \"$Value`n\"); {then} }}";

    private string AddSolver(string present) => $"$null = Add-ConvoxDnsSolver 3 example.org -Present {GetPresent(present)} "
        + $"-CleanUp {{ param($Name, $Value) [System.IO.File]::Delete(\"{Dns}/$Name\") }}";

    private Process Start(string script, bool ignoresHangup = false)
    {
        var process = _session.Start(script, ignoresHangup, "-Module", Repository.Module);
        process.StandardInput.Close();
        return process;
    }

    private async Task WaitForRecordAsync()
    {
        using var limit = new CancellationTokenSource(TestTime.Hang);
        while (Directory.GetFiles(Dns).Length == 0)
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private static async Task SendAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private static async Task WaitForExitAsync(Process process)
    {
        using var limit = new CancellationTokenSource(TestTime.Hang);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
