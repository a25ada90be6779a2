using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConvoxSsl.Engine.Issuance;

namespace ConvoxSsl.Binding;

/// <summary>Completes the names of issuers.</summary>
public sealed class IssuerCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var selfSigned = commandName.EndsWith("Certificate", StringComparison.OrdinalIgnoreCase) ? [Issuer.SelfSignedName] : Array.Empty<string>();
        return Completion.Of([.. Issuer.WellKnown.Select(i => i.Name), .. selfSigned], wordToComplete);
    }
}
