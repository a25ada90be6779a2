namespace ConvoxSsl.Completion;

/// <summary>Completes contexts and names of racks from the kubeconfig, without a request to a cluster.</summary>
public sealed class KubeConfigCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request)
    {
        var file = request.GetText("KubeConfig") is { } path ? CompletionRequest.GetFullPath(path) : null;
        var (contexts, racks) = CompositionRoot.ReadKubeConfig(file);
        return (request.Parameter == "Context" ? contexts : racks).Select(name => new Candidate(name));
    }
}
