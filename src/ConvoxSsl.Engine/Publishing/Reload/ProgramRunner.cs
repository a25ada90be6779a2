using System.ComponentModel;
using System.Diagnostics;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Publishing.Reload;

/// <summary>The end of a program.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="LastLine">The last line that it wrote; null if it wrote none.</param>
internal sealed record ProgramEnd(int ExitCode, string? LastLine);

/// <summary>Runs programs without a shell, within a time limit.</summary>
internal static class ProgramRunner
{
    private const int MaxLineLength = 500;

    // A daemon that the program starts can keep the output open.
    private static readonly TimeSpan MaxOutput = TimeSpan.FromSeconds(1);

    // Schedulers have a short search path.
    private static readonly string[] SystemDirectories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Finds a program by its name, on the search path and in the directories of the system, or by its path.</summary>
    /// <param name="program">The name or the full path.</param>
    /// <param name="searchPath">The search path; null for that of the process.</param>
    /// <returns>The full path; null if there is no such program.</returns>
    public static string? Find(string program, string? searchPath = null)
    {
        if (Path.IsPathFullyQualified(program))
        {
            return ProgramPath.IsExecutable(program) ? program : null;
        }

        if (Path.GetFileName(program) != program || program.Length == 0)
        {
            return null;
        }

        string[] names = OperatingSystem.IsWindows() && !Path.HasExtension(program) ? [program + ".exe", program + ".cmd"] : [program];
        var directories = ProgramPath.Split(searchPath ?? Environment.GetEnvironmentVariable("PATH") ?? string.Empty);
        return ProgramPath.Find(names, directories.Concat(OperatingSystem.IsWindows() ? [] : SystemDirectories));
    }

    /// <summary>Runs a program and waits for its end. A program that reaches the time limit is killed with its children.</summary>
    /// <param name="program">The full path.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="limit">The time limit.</param>
    /// <param name="onLine">Receives each line of output, from any thread.</param>
    /// <param name="ct">The cancellation token. It kills the program, too.</param>
    /// <exception cref="EngineException"><c>ReloadFailed</c>: it does not start, or reached the time limit.</exception>
    public static async Task<ProgramEnd> RunAsync(
        string program, IReadOnlyList<string> arguments, TimeSpan limit, Action<string> onLine, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        FailPoint.Disk("start", program);
        using var process = Start(program, arguments);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ct);
        stopping.CancelAfter(limit);
        var lines = new OutputLines(onLine);
        var reading = Task.WhenAll(lines.ReadAsync(process.StandardOutput), lines.ReadAsync(process.StandardError));
        try
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(stopping.Token).ConfigureAwait(false);
            await Task.WhenAny(reading, Task.Delay(MaxOutput, ct)).ConfigureAwait(false);
            return new ProgramEnd(process.ExitCode, lines.Last);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new EngineException(
                ErrorCode.ReloadFailed,
                EngineErrorKind.TimedOut,
                $"'{Format(program, arguments)}' did not end within {DurationText.Format(limit)} and was stopped.",
                program);
        }
        finally
        {
            lines.Close();
            Kill(process);
        }
    }

    /// <summary>Formats a program with its arguments for messages.</summary>
    public static string Format(string program, IReadOnlyList<string> arguments) =>
        DisplayText.Shorten(Redaction.RedactUserInfo(string.Join(' ', [Path.GetFileName(program), .. arguments])), MaxLineLength);

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new EngineException(
                ErrorCode.ReloadFailed, EngineErrorKind.InvalidState, $"Cannot start '{program}': {e.Message}.", program, e);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended meanwhile, or belongs to another user.
        }
    }

    private sealed class OutputLines(Action<string> onLine)
    {
        private volatile string? _last;
        private volatile bool _isClosed;

        public string? Last => _last;

        /// <summary>Ends the output for the receiver. A daemon can keep the stream open.</summary>
        public void Close() => _isClosed = true;

        public async Task ReadAsync(StreamReader reader)
        {
            try
            {
                while (await reader.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
                {
                    var text = DisplayText.Shorten(Redaction.RedactUserInfo(line), MaxLineLength).Trim();
                    if (text.Length > 0 && !_isClosed)
                    {
                        _last = text;
                        onLine(text);
                    }
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The program was killed.
            }
        }
    }
}
