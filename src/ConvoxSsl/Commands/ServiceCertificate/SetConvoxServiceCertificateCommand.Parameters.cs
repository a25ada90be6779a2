using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Manifests;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters, and the confirmation of a change.</content>
public sealed partial class SetConvoxServiceCertificateCommand
{
    private const string CertificateSet = "Certificate";
    private const string DomainSet = "Domain";
    private const string RemoveSet = "Remove";

    /// <summary>The names of the services.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Service { get; set; } = [];

    /// <summary>
    /// The certificate: its ID, the beginning of one that no other certificate has, one of its names, or an object from Get- or
    /// New-ConvoxCertificate. An object from Get-ConvoxServiceCertificate stands for its proposed certificate.
    /// </summary>
    [Parameter(ParameterSetName = CertificateSet, Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = DomainSet, Position = 1)]
    [Parameter(ParameterSetName = RemoveSet, Position = 1)]
    [RejectedInSets(DomainSet, RemoveSet)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [NotEmpty(NotEmptyAttribute.Certificate)]
    public object? Certificate { get; set; }

    /// <summary>A name of the certificate, in Unicode or A-labels.</summary>
    [Parameter(ParameterSetName = DomainSet, Mandatory = true)]
    [Parameter(ParameterSetName = RemoveSet)]
    [RejectedInSets(RemoveSet)]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [AllowNull]
    [AllowEmptyString]
    [NotEmpty(NotEmptyAttribute.Domain)]
    public string? Domain { get; set; }

    /// <summary>Removes the certificate, so that Convox creates its own again.</summary>
    [Parameter(ParameterSetName = RemoveSet, Mandatory = true)]
    public SwitchParameter Remove { get; set; }

    /// <summary>The path of the convox.yml or of its directory. By default the current directory.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [AllowNull]
    [AllowEmptyString]
    public string? Path { get; set; }

    /// <summary>Returns the changed services.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RequireIdOrDomain(Certificate, Domain);
        if (ParameterSetName == RemoveSet && (Certificate ?? Domain) is not null)
        {
            Reject("A certificate was given, although the service is to have none.", new Remedy("InvalidParameters.RemoveCertificate"));
        }
    }

    private bool ConfirmChange(Manifest manifest, string service, string action)
    {
        if (IsWhatIf)
        {
            ManifestFile.RequireWritable(manifest.Path);
        }

        return ConfirmAction($"'{service}' in '{manifest.Path}'", action);
    }

    private void RequireNames(Manifest manifest)
    {
        if (Service.FirstOrDefault(WildcardPattern.ContainsWildcardCharacters) is { } pattern)
        {
            var names = string.Join(", ", manifest.Services.Select(service => service.Name));
            throw new InvalidInputException(
                ErrorCode.ServiceNotFound, $"'{pattern}' is not the name of a service, and wildcards are not permitted here.", pattern)
            {
                Remedy = $"Name the services. '{manifest.Path}' has {names}.",
            };
        }
    }
}
