using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Bench.PowerShell;

/// <summary>A PowerShell that stays open between scripts, as a runbook's or a person's does.</summary>
internal sealed class PowerShellSession : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    private readonly TemporaryDirectory _home;
    private readonly Process _process;
    private readonly Task<string> _errors;

    private PowerShellSession(TemporaryDirectory home, Process process)
    {
        (_home, _process) = (home, process);
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts one.</summary>
    public static PowerShellSession Start(PowerShellProgram program, IReadOnlyDictionary<string, string> environment)
    {
        var home = new TemporaryDirectory();
        using (var driver = new StreamReader(typeof(PowerShellSession).Assembly.GetManifestResourceStream("session.ps1")!))
        {
            File.WriteAllText(home["session.ps1"], driver.ReadToEnd());
        }

        return new PowerShellSession(home, Process.Start(program.Call(home["session.ps1"], environment).ToStartInfo())!);
    }

    /// <summary>Runs a script.</summary>
    /// <exception cref="InvalidOperationException">It failed, or took longer than three minutes: the session is of no use then.</exception>
    public async Task<(Sample Sample, string Output)> RunAsync(string script, CancellationToken ct)
    {
        try
        {
            return await RunToEndAsync(script, ct).WaitAsync(s_limit, ct);
        }
        catch (TimeoutException e)
        {
            _process.Kill(entireProcessTree: true);
            throw new InvalidOperationException("It took longer than three minutes.", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _home.Dispose();
    }

    private async Task<(Sample Sample, string Output)> RunToEndAsync(string script, CancellationToken ct)
    {
        await _process.StandardInput.WriteLineAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(script)).AsMemory(), ct);
        await _process.StandardInput.FlushAsync(ct);
        while (await _process.StandardOutput.ReadLineAsync(ct) is { } line)
        {
            if (!line.StartsWith('#'))
            {
                continue;
            }

            var result = JsonSerializer.Deserialize<ScriptResult>(line.AsSpan(1))!;
            return result.Failure is null
                ? (new Sample(TimeSpan.FromMilliseconds(result.Wall), TimeSpan.FromMilliseconds(result.Processor), result.Peak / 1024.0 / 1024.0), result.Output)
                : throw new InvalidOperationException(result.Failure);
        }

        throw new InvalidOperationException("PowerShell ended: " + await _errors);
    }

    private sealed record ScriptResult(double Wall, double Processor, long Peak, string Output, string? Failure);
}
