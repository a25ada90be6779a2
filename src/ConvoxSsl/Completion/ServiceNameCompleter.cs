using System.Management.Automation.Language;
using ConvoxSsl.Manifests;

namespace ConvoxSsl.Completion;

/// <summary>Completes the services of the convox.yml that <c>-Path</c> names, else of the current folder's, with their domains as the tool tip.</summary>
public sealed class ServiceNameCompleter : ArgumentCompleterBase
{
    private const string PathParameter = "Path";

    private protected override IEnumerable<Candidate> Find(CompletionRequest request)
    {
        // A path that is put together only when the command runs is not told.
        if (!request.Bound.Contains(PathParameter) && request.Ast.CommandElements.OfType<CommandParameterAst>().Any(p => p.ParameterName.Equals(PathParameter, StringComparison.OrdinalIgnoreCase)))
        {
            return [];
        }

        var path = CompletionRequest.GetFullPath(request.GetText(PathParameter) ?? ManifestFile.DefaultName);
        var file = Task.Run(() => ManifestFile.ReadAsync(path, CancellationToken.None)).GetAwaiter().GetResult();
        return file.Manifest.Services.Select(service => new Candidate(service.Name, string.Join(", ", service.Domains)));
    }
}
