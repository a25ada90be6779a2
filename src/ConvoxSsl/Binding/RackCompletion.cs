using System.Collections;
using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Binding;

/// <summary>Completions that are read from the rack: only from a local one, because a cluster may be slow to answer.</summary>
internal static class RackCompletion
{
    public static IReadOnlyList<CompletionResult> Of(IDictionary boundParameters, Func<IRack, Task<List<CompletionResult>>> read)
    {
        try
        {
            var named = boundParameters["Rack"] is { } rack ? rack as ConvoxRack ?? ConvoxRack.Reference(rack.ToString()!) : null;
            var description = Composition.Find(named, RackConnections.Current, RackConnections.Used, Path.GetFullPath);
            return description.Kind == ConvoxRackKind.Local ? Task.Run(() => read(Composition.OpenLocal(description))).GetAwaiter().GetResult() : [];
        }
        catch (Exception e) when (e is InvalidInputException or EngineException or IOException or UnauthorizedAccessException)
        {
            // A completion that fails would only beep.
            return [];
        }
    }
}
