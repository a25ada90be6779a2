using System.Diagnostics;

namespace ConvoxSsl.Bench.Measuring;

/// <summary>A program with its arguments and environment.</summary>
internal sealed record ProgramCall(string File, IReadOnlyList<string> Arguments)
{
    /// <summary>The variables to add to the environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Finds a program on the PATH; null if it is missing.</summary>
    public static string? Find(string program) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(System.IO.File.Exists);

    /// <summary>Creates the start information, with all streams redirected.</summary>
    public ProcessStartInfo ToStartInfo()
    {
        var start = new ProcessStartInfo(File, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
