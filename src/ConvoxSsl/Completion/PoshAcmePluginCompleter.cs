using ConvoxSsl.Scripts;

namespace ConvoxSsl.Completion;

/// <summary>Completes the DNS plugins of the installed Posh-ACME modules from their file names, without running them.</summary>
public sealed class PoshAcmePluginCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request) => PoshAcmePlugins.FindFiles()
        .Select(file => new Candidate(Path.GetFileNameWithoutExtension(file), file))
        .OrderBy(plugin => plugin.Value, StringComparer.OrdinalIgnoreCase);
}
