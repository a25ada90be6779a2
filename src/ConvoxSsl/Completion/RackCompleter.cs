using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Completion;

/// <summary>Completes the names of racks: the connected one, others that the session has used, and the local one.</summary>
public sealed class RackCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request)
    {
        var known = RackConnections.Used.Prepend(RackConnections.Current).OfType<ConvoxRack>()
            .Select(rack => new Candidate(rack.Name, rack.Namespace is null ? rack.Location : $"{rack.Location}, namespace {rack.Namespace}"));
        return [.. known, new Candidate("local", "the local rack: CONVOXSSL_HOME, else the folder of your own data")];
    }
}
