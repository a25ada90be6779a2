namespace ConvoxSsl.Completion;

/// <summary>Completes the DNS plugins of the installed Posh-ACME modules from their file names, without running them.</summary>
public sealed class PoshAcmePluginCompleter : ArgumentCompleterBase
{
    private const string Module = "Posh-ACME";

    private protected override IEnumerable<Candidate> Find(CompletionRequest request) =>
        (Environment.GetEnvironmentVariable("PSModulePath") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, Module))
            .Where(Directory.Exists)
            .SelectMany(module => Directory.GetDirectories(module).Prepend(module))
            .Select(version => Path.Combine(version, "Plugins"))
            .Where(Directory.Exists)
            .SelectMany(plugins => Directory.GetFiles(plugins, "*.ps1"))
            .Select(file => new Candidate(Path.GetFileNameWithoutExtension(file), file))
            .OrderBy(plugin => plugin.Value, StringComparer.OrdinalIgnoreCase);
}
