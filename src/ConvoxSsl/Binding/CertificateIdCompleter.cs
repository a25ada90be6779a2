using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConvoxSsl.Engine;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Binding;

/// <summary>Completes the ids of a local rack's certificates, with their names as the tool tip.</summary>
public sealed class CertificateIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var named = fakeBoundParameters["Rack"] is { } rack ? rack as ConvoxRack ?? ConvoxRack.Reference(rack.ToString()!) : null;
            var description = Composition.Find(named, RackConnections.Current, Path.GetFullPath);
            return description.Kind == ConvoxRackKind.Local
                ? Task.Run(() => ReadAsync(description, wordToComplete.Trim('\'', '"'))).GetAwaiter().GetResult()
                : [];
        }
        catch (Exception e) when (e is InvalidInputException or EngineException or IOException or UnauthorizedAccessException)
        {
            // A completion that fails would only beep.
            return [];
        }
    }

    private static async Task<List<CompletionResult>> ReadAsync(ConvoxRack description, string word)
    {
        var results = new List<CompletionResult>();
        await foreach (var entry in Composition.Open(description).Certificates.ListAsync(null, CancellationToken.None))
        {
            var id = entry.Record.Id;
            if (id.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                results.Add(new CompletionResult(id, id, CompletionResultType.ParameterValue, string.Join(", ", entry.Record.Domains)));
            }
        }

        return results;
    }
}
