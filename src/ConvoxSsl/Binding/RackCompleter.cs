using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Binding;

/// <summary>Completes the names of racks: the connected one, others that the session has used, and the local one.</summary>
public sealed class RackCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(RackConnections.Used.Select(rack => rack.Name).Prepend(RackConnections.Current?.Name).Append("local").OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase), wordToComplete);
}
