using System.Collections.Concurrent;
using System.Diagnostics;

namespace ConvoxSsl.TestKit.Pebble;

/// <summary>A child process with its output lines. It ends on disposal.</summary>
internal sealed class LoggedProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    private LoggedProcess(Process process) => _process = process;

    public IEnumerable<string> Lines => _lines;

    public bool HasExited => _process.HasExited;

    public static LoggedProcess Start(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var process = new Process { StartInfo = start };
        var logged = new LoggedProcess(process);
        process.OutputDataReceived += (_, e) => logged.Keep(e.Data);
        process.ErrorDataReceived += (_, e) => logged.Keep(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return logged;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }
    }
}
