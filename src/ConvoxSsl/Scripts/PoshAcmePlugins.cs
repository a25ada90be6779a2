using ConvoxSsl.Engine;

namespace ConvoxSsl.Scripts;

/// <summary>Finds the DNS plugins of the installed Posh-ACME modules.</summary>
internal static class PoshAcmePlugins
{
    private const string Module = "Posh-ACME";

    /// <summary>Finds the files of the plugins; none if Posh-ACME is not installed.</summary>
    public static IEnumerable<string> FindFiles() => (Environment.GetEnvironmentVariable("PSModulePath") ?? string.Empty)
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, Module))
        .Where(Directory.Exists)
        .SelectMany(module => Directory.GetDirectories(module).Prepend(module))
        .Select(version => Path.Combine(version, "Plugins"))
        .Where(Directory.Exists)
        .SelectMany(plugins => Directory.GetFiles(plugins, "*.ps1"));

    /// <summary>Returns a warning if the installed modules do not have a plugin; null if they do, or if there are none.</summary>
    /// <param name="name">The name of the plugin.</param>
    public static string? FindFault(string name)
    {
        var known = FindFiles().Select(file => Path.GetFileNameWithoutExtension(file)).Distinct().ToArray();
        return known.Length == 0 || known.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? null
            : Suggestion.Ask(name, known) is { } question
                ? $"The installed Posh-ACME module has no plugin '{name}'. {question}"
                : $"The installed Posh-ACME module has no plugin '{name}'.";
    }
}
