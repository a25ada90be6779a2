using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Errors;
using ConvoxSsl.Manifests;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <summary>Lists the services of a convox.yml with their domains and the status of their certificates.</summary>
/// <remarks>
/// The services are listed even if the rack cannot be read. Services that name no certificate, or one that the rack does not
/// have, have the status <c>Missing</c> and can be piped to New-ConvoxCertificate.
/// </remarks>
/// <example>
/// <para>Lists the services of the convox.yml in the current directory.</para>
/// <code>Get-ConvoxServiceCertificate</code>
/// </example>
/// <example>
/// <para>Lists the services whose names start with w.</para>
/// <code>Get-ConvoxServiceCertificate ./convox.yml -Service w*</code>
/// </example>
/// <example>
/// <para>Issues a certificate for each service without one.</para>
/// <code>Get-ConvoxServiceCertificate | Where-Object Status -eq Missing | New-ConvoxCertificate -Issuer letsencrypt</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxServiceCertificate", HelpUri = HelpPages.Services)]
[OutputType(typeof(ConvoxServiceCertificate))]
public sealed class GetConvoxServiceCertificateCommand : ServiceCertificateCmdlet
{
    /// <summary>The path of the convox.yml or of its directory. By default the current directory.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The names of the services. Wildcards are permitted. By default all services.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Service { get; set; }

    private protected override object? Target => Path;

    private protected override void ProcessInput()
    {
        var manifest = ReadManifest(Path).Manifest;
        var rack = ReadInventory();
        if (manifest.Services.Count == 0)
        {
            WriteWarning($"'{manifest.Path}' has no services.");
        }

        foreach (var service in SelectServices(manifest))
        {
            if (service.CertificateId is not null)
            {
                WarnIfUnreadable(rack);
            }

            WriteObject(Describe(manifest, service, rack));
        }
    }

    // In the order of the manifest. A missing service is an error of its own.
    private IEnumerable<ManifestService> SelectServices(Manifest manifest)
    {
        foreach (var name in (Service ?? []).Where(name => !WildcardPattern.ContainsWildcardCharacters(name)))
        {
            try
            {
                manifest.Get(name);
            }
            catch (InvalidInputException e)
            {
                WriteError(ErrorRecords.Create(e, name, GetType()));
            }
        }

        var patterns = (Service ?? ["*"]).Select(pattern => Wildcard.Parse(pattern, WildcardOptions.None)).ToArray();
        return manifest.Services.Where(service => Array.Exists(patterns, pattern => pattern.IsMatch(service.Name)));
    }
}
