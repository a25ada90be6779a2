namespace ConvoxSsl.Engine.Storage;

/// <summary>Finds programs.</summary>
public static class ProgramPath
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Splits a search path into its directories. Relative ones are ignored.</summary>
    /// <param name="searchPath">The search path in the format of PATH.</param>
    public static IEnumerable<string> Split(string searchPath) =>
        searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathFullyQualified);

    /// <summary>Finds the first program in directories; null if there is none.</summary>
    /// <param name="names">The names of its file, in the order of preference.</param>
    /// <param name="directories">The directories.</param>
    public static string? Find(IReadOnlyList<string> names, IEnumerable<string> directories) => directories
        .SelectMany(directory => names.Select(name => Path.Combine(directory, name)))
        .FirstOrDefault(IsExecutable);

    /// <summary>True if a file exists and someone may execute it.</summary>
    public static bool IsExecutable(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != 0);
}
