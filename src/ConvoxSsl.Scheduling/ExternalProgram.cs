using ConvoxSsl.Engine;
using System.Diagnostics;
using System.Text;

namespace ConvoxSsl.Scheduling;

/// <summary>A program of the operating system, as it is found on a search path.</summary>
/// <param name="name">Its name, without an extension.</param>
/// <param name="searchPath">The directories, as PATH names them.</param>
internal sealed class ExternalProgram(string name, string? searchPath)
{
    /// <summary>Where it is, or null.</summary>
    public string? Path { get; } = Find(name, searchPath);

    /// <summary>The first program of a name on a search path, or null.</summary>
    public static string? Find(string name, string? searchPath)
    {
        var file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return (searchPath ?? string.Empty).Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(System.IO.Path.IsPathFullyQualified)
            .Select(directory => System.IO.Path.Combine(directory, file))
            .FirstOrDefault(IsExecutable);
    }

    /// <summary>Runs it, and gives what it said however it ended.</summary>
    /// <exception cref="EngineException"><c>SchedulerNotFound</c>, or <c>SchedulerFailed</c> where it does not start.</exception>
    public async Task<ProgramResult> TryRunAsync(IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        var path = Path ?? throw new EngineException(
            ErrorCode.SchedulerNotFound, EngineErrorKind.NotFound, $"There is no program '{name}' on the PATH. Install it, or name another -Scheduler.", name);
        using var process = Start(path, arguments);
        try
        {
            var output = ReadAsync(process.StandardOutput.BaseStream, ct);
            var error = ReadAsync(process.StandardError.BaseStream, ct);
            await WriteAsync(process.StandardInput.BaseStream, input, ct).ConfigureAwait(false);
            await process.WaitForExitAsync(ct).ConfigureAwait(false);
            return new ProgramResult($"{name} {string.Join(' ', arguments)}", process.ExitCode, await output.ConfigureAwait(false), Encoding.UTF8.GetString(await error.ConfigureAwait(false)));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Runs it, and gives what it wrote.</summary>
    /// <exception cref="EngineException"><c>SchedulerNotFound</c>, <c>SchedulerFailed</c> with its own message.</exception>
    public async Task<byte[]> RunAsync(IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        var result = await TryRunAsync(arguments, input, ct).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output : throw result.ToException();
    }

    private Process Start(string path, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };

        // What it says is read by us as well, which translations would defeat.
        start.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new EngineException(ErrorCode.SchedulerFailed, EngineErrorKind.InvalidState, $"'{path}' could not be started: {e.Message}.", name, e) { Remedy = "Start it by hand to see more." };
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, ct).ConfigureAwait(false);
        return bytes.ToArray();
    }

    private static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        try
        {
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync(input, ct).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // It ended without reading; its exit code and message tell more.
        }
    }

    private static bool IsExecutable(string path) => File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}

/// <summary>How a program ended.</summary>
internal sealed record ProgramResult(string CommandLine, int ExitCode, byte[] Output, string Error)
{
    /// <summary>What it said, on whichever stream.</summary>
    public string Message => (Error.Trim() is { Length: > 0 } error ? error : Encoding.UTF8.GetString(Output).Trim()).ReplaceLineEndings(" ");

    /// <summary>The error that it stands for.</summary>
    public EngineException ToException() => new(
        ErrorCode.SchedulerFailed, EngineErrorKind.InvalidState, $"'{CommandLine}' failed with exit code {ExitCode}: {(Message.Length > 0 ? Message : "it said nothing")}", CommandLine) { Remedy = "Run it by hand to see more." };
}
