using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConvoxSsl.Engine;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Binding;

/// <summary>Completes contexts and names of racks from the kubeconfig; no cluster is asked.</summary>
public sealed class KubeConfigCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var (contexts, racks) = Composition.ReadKubeConfig((fakeBoundParameters["KubeConfig"] as string) is { } file ? Path.GetFullPath(file) : null);
            return Completion.Of(parameterName == "Context" ? contexts : racks, wordToComplete);
        }
        catch (Exception e) when (e is InvalidInputException or IOException or UnauthorizedAccessException)
        {
            // A completion that fails would only beep.
            return [];
        }
    }
}
