using System.Management.Automation.Language;
using ConvoxSsl.Manifests;

namespace ConvoxSsl.Completion;

/// <summary>Completes the services of the convox.yml in <c>-Path</c> or the current directory, with their domains as tool tips.</summary>
public sealed class ServiceNameCompleter : ArgumentCompleterBase
{
    private const string PathParameter = "Path";

    private protected override IEnumerable<Candidate> Find(CompletionRequest request)
    {
        // The value of -Path is unknown if it is computed when the command runs.
        var hasPath = request.Ast.CommandElements.OfType<CommandParameterAst>()
            .Any(parameter => parameter.ParameterName.Equals(PathParameter, StringComparison.OrdinalIgnoreCase));
        if (hasPath && !request.Bound.Contains(PathParameter))
        {
            return [];
        }

        var path = CompletionRequest.GetFullPath(request.GetText(PathParameter) ?? ManifestFile.DefaultName);
        var file = Task.Run(() => ManifestFile.ReadAsync(path, CancellationToken.None)).GetAwaiter().GetResult();
        return file.Manifest.Services.Select(service => new Candidate(service.Name, string.Join(", ", service.Domains)));
    }
}
