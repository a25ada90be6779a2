using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Binding;

/// <summary>Completes the ids of a local rack's DNS solvers, with their zones as the tool tip.</summary>
public sealed class DnsSolverIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        RackCompletion.Of(fakeBoundParameters, async rack => [.. (await rack.DnsSolvers.ListAsync(CancellationToken.None))
            .Select(s => (Id: s.Id.ToString(CultureInfo.InvariantCulture), Tip: string.Join(", ", s.DnsZones)))
            .Where(s => s.Id.StartsWith(wordToComplete, StringComparison.Ordinal))
            .Select(s => new CompletionResult(s.Id, s.Id, CompletionResultType.ParameterValue, s.Tip))]);
}
