using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Errors;
using ConvoxSsl.Manifests;

namespace ConvoxSsl.Commands;

/// <summary>Lists the services of a convox.yml with their domains, and whether their certificates serve them.</summary>
/// <remarks>
/// Where the rack can't be asked, the services are listed all the same. Those that name no certificate, or one that the
/// rack does not have, are <c>Missing</c>, and can be piped to New-ConvoxCertificate.
/// </remarks>
/// <example>
/// <code>
/// Get-ConvoxServiceCertificate
/// </code>
/// Lists the services of the convox.yml in the current folder.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxServiceCertificate ./convox.yml -Service w*
/// </code>
/// Lists those whose names start with w.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxServiceCertificate | Where-Object Status -eq Missing | New-ConvoxCertificate -Issuer letsencrypt
/// </code>
/// Has a certificate issued for each service that lacks one.
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxServiceCertificate")]
[OutputType(typeof(ConvoxServiceCertificate))]
public sealed class GetConvoxServiceCertificateCommand : ServiceCertificateCmdlet
{
    /// <summary>The convox.yml, or the folder that it is in. By default that of the current folder.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The services; with wildcards. By default all.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Service { get; set; }

    private protected override object? Target => Path;

    private protected override void ProcessInput()
    {
        var manifest = ReadManifest(Path).Manifest;
        var rack = ListRack();
        var judge = new ServiceCertificateEvaluator(manifest, rack, CompositionRoot.Now);
        if (manifest.Services.Count == 0)
        {
            WriteWarning($"'{manifest.Path}' has no services.");
        }

        foreach (var service in Wanted(manifest))
        {
            if (service.CertificateId is not null)
            {
                WarnOfRack(rack);
            }

            WriteObject(judge.Describe(service));
        }
    }

    // In the manifest's order; a name that it lacks is an error of its own.
    private IEnumerable<ManifestService> Wanted(Manifest manifest)
    {
        foreach (var name in (Service ?? []).Where(name => !WildcardPattern.ContainsWildcardCharacters(name)))
        {
            try
            {
                manifest.Get(name);
            }
            catch (InvalidInputException e)
            {
                WriteError(ErrorRecords.Create(e, name));
            }
        }

        var patterns = (Service ?? ["*"]).Select(pattern => new WildcardPattern(pattern)).ToArray();
        return manifest.Services.Where(service => Array.Exists(patterns, pattern => pattern.IsMatch(service.Name)));
    }
}
