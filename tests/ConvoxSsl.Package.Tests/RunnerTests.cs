using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Package.Tests;

/// <summary>The program that runs scripts without pwsh, for the demo and these tests.</summary>
public sealed class RunnerTests : IDisposable
{
    private const int InterruptedExitCode = 130;
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("'done'", 0, "")]
    [InlineData("exit 3", 3, "")]
    [InlineData("throw 'broken'", 1, "broken")]
    [InlineData("if (", 1, "IfStatementMissingCondition")]
    [InlineData("Get-ConvoxCertificate cert-0", 0, "cert-0")]
    [InlineData("Get-ConvoxCertificate cert-0 -ErrorAction Stop", 1, "cert-0")]
    public async Task The_exit_code_reports_the_result_and_errors_go_to_standard_error(string script, int exitCode, string error)
    {
        var (code, _, errors) = await RunAsync(script, "-Module", Repository.Module);

        Assert.Equal(exitCode, code);
        Assert.True(error.Length == 0 ? errors.Length == 0 : errors.Contains(error, StringComparison.Ordinal), errors);
    }

    [Fact]
    public async Task Echo_shows_each_statement_with_its_comments_before_its_output()
    {
        var (code, output, _) = await RunAsync("# Two and two.\n2 + 2\n\n'end'\nexit 5\n'never'", "-NoModule", "-Echo");

        Assert.Equal(5, code);
        Assert.Equal(
            ["# Two and two.", "PS> 2 + 2", "4", "PS> 'end'", "end", "PS> exit 5"],
            output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Without_a_terminal_a_confirmation_is_an_error()
    {
        var (_, _, errors) = await RunAsync(
            "$null = New-ConvoxCertificate one.example.org; Get-ConvoxCertificate | Remove-ConvoxCertificate",
            "-Module",
            Repository.Module);

        Assert.Contains("-Confirm", errors, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(Path.Combine(_session.Home, "rack", "certificates")));
    }

    [Fact]
    public async Task An_interrupt_stops_a_cmdlet_and_waits_for_its_cleanup()
    {
        if (OperatingSystem.IsWindows())
        {
            // Its console cannot send an interrupt to a single process.
            return;
        }

        // A CA that accepts the connection and never responds.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var script = $$"""
            $directory = "https://127.0.0.1:{{((IPEndPoint)listener.LocalEndpoint).Port}}/dir"
            try { New-ConvoxCertificate one.example.org -Issuer $directory -AcceptTermsOfService }
            finally { [Console]::Out.WriteLine('cleaned up') }
            """;
        using var process = _session.Start(script, "-Module", Repository.Module);
        using var limit = new CancellationTokenSource(TestTime.Hang);
        try
        {
            using var connection = await listener.AcceptSocketAsync(limit.Token);
            using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
            await kill.WaitForExitAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);

            Assert.Equal("cleaned up", output.Trim());
            Assert.Equal(InterruptedExitCode, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(string script, params string[] options)
    {
        using var process = _session.Start(script, options);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TestTime.Hang);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, output, await errors);
    }
}
