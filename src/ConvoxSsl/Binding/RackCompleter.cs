using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Binding;

/// <summary>Completes the names of racks: the connected one and the local one.</summary>
public sealed class RackCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(new[] { RackConnections.Current?.Name, "local" }.OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase), wordToComplete);
}
