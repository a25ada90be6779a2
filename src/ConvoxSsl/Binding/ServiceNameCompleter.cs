using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Manifests;

namespace ConvoxSsl.Binding;

/// <summary>Completes the services of the convox.yml that <c>-Path</c> names, else of the current folder's, with their domains as the tool tip.</summary>
public sealed class ServiceNameCompleter : IArgumentCompleter
{
    private const string PathParameter = "Path";
    private const string Resolve = "param($path) $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        // A path that is put together only when the command runs is not told.
        if (!fakeBoundParameters.Contains(PathParameter) && commandAst.CommandElements.OfType<CommandParameterAst>().Any(p => p.ParameterName.Equals(PathParameter, StringComparison.OrdinalIgnoreCase)))
        {
            return [];
        }

        try
        {
            // Where the session is, the process need not be.
            using var session = PowerShell.Create(RunspaceMode.CurrentRunspace).AddScript(Resolve).AddArgument(fakeBoundParameters[PathParameter]?.ToString() ?? ManifestFile.DefaultName);
            var path = session.Invoke<string>().Single();
            var file = Task.Run(() => ManifestFile.ReadAsync(path, CancellationToken.None)).GetAwaiter().GetResult();
            return [.. file.Manifest.Services.SelectMany(service => Completion.Of([service.Name], wordToComplete).Select(found => WithTip(found, service)))];
        }
        catch (Exception e) when (e is InvalidInputException or IOException or UnauthorizedAccessException or RuntimeException or InvalidOperationException)
        {
            // A completion that fails would only beep.
            return [];
        }
    }

    private static CompletionResult WithTip(CompletionResult found, ManifestService service) => service.Domains.Count == 0
        ? found
        : new CompletionResult(found.CompletionText, found.ListItemText, found.ResultType, string.Join(", ", service.Domains));
}
