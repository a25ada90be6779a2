using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConvoxSsl.Engine.Racks;

namespace ConvoxSsl.Binding;

/// <summary>Completes the ids of a local rack's certificates, with their names as the tool tip.</summary>
public sealed class CertificateIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        RackCompletion.Of(fakeBoundParameters, rack => ReadAsync(rack, wordToComplete.Trim('\'', '"')));

    private static async Task<List<CompletionResult>> ReadAsync(IRack rack, string word)
    {
        var results = new List<CompletionResult>();
        await foreach (var entry in rack.Certificates.ListAsync(null, CancellationToken.None))
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
