namespace ConvoxSsl.Completion;

/// <summary>Completes contexts and names of racks from the kubeconfig; no cluster is asked.</summary>
public sealed class KubeConfigCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request)
    {
        var (contexts, racks) = CompositionRoot.ReadKubeConfig(request.GetText("KubeConfig") is { } file ? CompletionRequest.GetFullPath(file) : null);
        return (request.Parameter == "Context" ? contexts : racks).Select(name => new Candidate(name));
    }
}
