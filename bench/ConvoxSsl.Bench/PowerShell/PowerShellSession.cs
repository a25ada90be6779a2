using System.Diagnostics;
using System.Globalization;
using System.Text;
using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Bench.PowerShell;

/// <summary>A PowerShell process that stays open between scripts, like a runbook's session or a terminal.</summary>
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

    /// <summary>Starts a session.</summary>
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
    /// <exception cref="InvalidOperationException">
    /// The script failed or took longer than three minutes; the session is unusable.
    /// </exception>
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
            if (line.Split(' ') is not ["#", var wall, var processor, var peak, var failed, var encoded])
            {
                continue;
            }

            var text = Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
            return bool.Parse(failed)
                ? throw new InvalidOperationException(text)
                : (new Sample(Ticks(wall), Ticks(processor), long.Parse(peak, CultureInfo.InvariantCulture) / 1024.0 / 1024.0), text);
        }

        throw new InvalidOperationException("PowerShell ended: " + await _errors);
    }

    private static TimeSpan Ticks(string number) => TimeSpan.FromTicks(long.Parse(number, CultureInfo.InvariantCulture));
}
