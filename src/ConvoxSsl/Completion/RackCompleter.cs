using ConvoxSsl.Racks;

namespace ConvoxSsl.Completion;

/// <summary>Completes the names of racks: the connected one, those that the session has used, and the local one.</summary>
public sealed class RackCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request)
    {
        var connected = RackConnections.Used.Prepend(RackConnections.Current)
            .OfType<ConvoxRack>()
            .Select(rack => new Candidate(
                rack.Name, rack.Namespace is null ? rack.Location : $"{rack.Location}, namespace {rack.Namespace}"));
        return [.. connected, new Candidate("local", "the local rack in CONVOXSSL_HOME, or in your application data")];
    }
}
