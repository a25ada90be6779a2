using System.Diagnostics;
using System.Text;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Scheduling;

/// <summary>A program of the operating system, found on a search path.</summary>
/// <param name="name">The name without an extension.</param>
/// <param name="searchPath">The directories in the format of PATH.</param>
internal sealed class ExternalProgram(string name, string? searchPath)
{
    /// <summary>The path of the program, or null if it was not found.</summary>
    public string? Path { get; } = Find(name, searchPath);

    /// <summary>Finds the first program of a name on a search path, or returns null.</summary>
    public static string? Find(string name, string? searchPath) =>
        ProgramPath.Find([OperatingSystem.IsWindows() ? name + ".exe" : name], ProgramPath.Split(searchPath ?? string.Empty));

    /// <summary>Runs the program and returns its output, whatever its exit code.</summary>
    /// <exception cref="EngineException"><c>SchedulerNotFound</c>, or <c>SchedulerFailed</c> if it does not start.</exception>
    public async Task<ProgramResult> TryRunAsync(IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        var path = Path ?? throw new EngineException(
            ErrorCode.SchedulerNotFound, EngineErrorKind.NotFound, $"Cannot find the program '{name}' on the PATH.", name);
        using var process = Start(path, arguments);
        try
        {
            var output = ReadAsync(process.StandardOutput.BaseStream, ct);
            var error = ReadAsync(process.StandardError.BaseStream, ct);
            await WriteAsync(process.StandardInput.BaseStream, input, ct).ConfigureAwait(false);
            await process.WaitForExitAsync(ct).ConfigureAwait(false);
            return new ProgramResult(
                $"{name} {string.Join(' ', arguments)}",
                process.ExitCode,
                await output.ConfigureAwait(false),
                Encoding.UTF8.GetString(await error.ConfigureAwait(false)));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Runs the program and returns what it wrote to standard output.</summary>
    /// <exception cref="EngineException"><c>SchedulerNotFound</c>, or <c>SchedulerFailed</c> with the program's own message.</exception>
    public async Task<byte[]> RunAsync(IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        var result = await TryRunAsync(arguments, input, ct).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output : throw result.ToException();
    }

    private Process Start(string path, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Some messages and times are parsed, so they must not be translated or local.
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new EngineException(
                ErrorCode.SchedulerFailed, EngineErrorKind.InvalidState, $"Cannot start '{path}': {e.Message}.", name, e)
            {
                Remedy = "Start it by hand to see more.",
            };
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
            // The program ended without reading its input. Its exit code and message say why.
        }
    }
}

/// <summary>The result of a program.</summary>
internal sealed record ProgramResult(string CommandLine, int ExitCode, byte[] Output, string Error)
{
    /// <summary>The message on standard error, else the one on standard output.</summary>
    public string Message =>
        (Error.Trim() is { Length: > 0 } error ? error : Encoding.UTF8.GetString(Output).Trim()).ReplaceLineEndings(" ");

    /// <summary>Creates the error of a program that failed.</summary>
    public EngineException ToException() => new(
        ErrorCode.SchedulerFailed,
        EngineErrorKind.InvalidState,
        $"'{CommandLine}' failed with exit code {ExitCode}: {(Message.Length > 0 ? Message : "it wrote no message")}",
        CommandLine)
    {
        Remedy = "Run it by hand to see more.",
    };
}
