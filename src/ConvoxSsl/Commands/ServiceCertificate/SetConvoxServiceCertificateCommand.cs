using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Errors;
using ConvoxSsl.Manifests;

namespace ConvoxSsl.Commands;

/// <summary>Writes into a convox.yml which certificate a service uses, and leaves all else in it as it is.</summary>
/// <remarks>
/// Only <c>certificate.id</c> changes: comments, order, quoting, anchors and line ends stay. A certificate that does not
/// cover the service's domain, can't be used, or is not on the rack is written all the same, with a warning.
/// </remarks>
/// <example>
/// <code>
/// Set-ConvoxServiceCertificate web cert-1f0c8e52a9b7
/// </code>
/// Writes the certificate of the service web into the convox.yml in the current folder.
/// </example>
/// <example>
/// <code>
/// Set-ConvoxServiceCertificate web -Remove
/// </code>
/// Takes it out again.
/// </example>
/// <example>
/// <code>
/// New-ConvoxCertificate api.example.org -Issuer letsencrypt | Set-ConvoxServiceCertificate api -PassThru
/// </code>
/// Has a certificate issued and writes it there.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxServiceCertificate | Where-Object ProposedCertificateId | Set-ConvoxServiceCertificate
/// </code>
/// Writes for each service the certificate that is proposed for it.
/// </example>
[Cmdlet(VerbsCommon.Set, "ConvoxServiceCertificate", SupportsShouldProcess = true, DefaultParameterSetName = CertificateSet)]
[OutputType(typeof(ConvoxServiceCertificate))]
public sealed class SetConvoxServiceCertificateCommand : ServiceCertificateCmdlet
{
    private const string CertificateSet = "Certificate";
    private const string RemoveSet = "Remove";

    /// <summary>The services.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Service { get; set; } = [];

    /// <summary>
    /// The certificate: its id, or what Get- and New-ConvoxCertificate give. What Get-ConvoxServiceCertificate gives
    /// stands for the certificate that it proposes.
    /// </summary>
    [Parameter(ParameterSetName = CertificateSet, Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public object? Certificate { get; set; }

    /// <summary>Takes the certificate's id out, so that Convox makes one of its own again.</summary>
    [Parameter(ParameterSetName = RemoveSet, Mandatory = true)]
    public SwitchParameter Remove { get; set; }

    /// <summary>The convox.yml, or the folder that it is in. By default that of the current folder.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [AllowNull]
    [AllowEmptyString]
    public string? Path { get; set; }

    /// <summary>Returns the services as they are afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override object Target => Service;

    private protected override void ProcessInput()
    {
        var given = Certificate is PSObject wrapped ? wrapped.BaseObject : Certificate;
        var id = ParameterSetName == RemoveSet ? null : IdOf(given);

        // A certificate's path, which comes with it from the pipeline, is none of a manifest.
        var file = ReadManifest(given is ConvoxCertificate piped && piped.Path == Path ? null : Path);
        var rack = id is null && !PassThru ? null : ListRack();
        var known = given is ConvoxCertificate certificate ? rack?.With(certificate) : rack;
        var manifest = file.Manifest;
        var done = new List<string>();
        foreach (var name in Service)
        {
            try
            {
                manifest = Edit(manifest, name, id, known, done);
            }
            catch (Exception e) when (ErrorRecords.CanDescribe(e))
            {
                WriteError(ErrorRecords.Create(e, name));
            }
        }

        file = Run(ct => file.WriteAsync(manifest.Text, ct));
        if (PassThru)
        {
            var judge = new ServiceCertificateEvaluator(file.Manifest, known!, CompositionRoot.Now);
            done.ForEach(name => WriteObject(judge.Describe(file.Manifest.Get(name))));
        }
    }

    private Manifest Edit(Manifest manifest, string name, string? id, RackCertificates? rack, List<string> done)
    {
        var text = id is null ? manifest.WithoutCertificate(name) : manifest.WithCertificate(name, id);
        var edited = Manifest.Parse(text, manifest.Path);
        if (id is not null)
        {
            Warn(edited, name, id, rack!);
        }

        if (text == manifest.Text)
        {
            WriteVerbose($"'{name}' in '{manifest.Path}' {(id is null ? "names no certificate" : $"names '{id}'")} already.");
        }
        else if (!ConfirmAction($"'{name}' in '{manifest.Path}'", id is null ? "Remove certificate.id" : $"Set certificate.id to '{id}'"))
        {
            return manifest;
        }

        done.Add(name);
        return edited;
    }

    private void Warn(Manifest edited, string name, string id, RackCertificates rack)
    {
        var service = new ServiceCertificateEvaluator(edited, rack, CompositionRoot.Now).Describe(edited.Get(name));
        if (rack.Certificates is null)
        {
            WarnOfRack(rack);
        }
        else if (service.Status is not (ConvoxServiceCertificateStatus.Ready or ConvoxServiceCertificateStatus.Unknown or ConvoxServiceCertificateStatus.NoDomain))
        {
            WriteWarning($"Certificate '{id}' does not serve '{name}' ({service.Status}): {service.StatusReason}");
        }
        else if (service is { Status: ConvoxServiceCertificateStatus.Unknown, StatusReason: { } reason })
        {
            WriteVerbose($"Whether '{id}' serves '{name}' is not known: {reason}");
        }
    }

    private static string IdOf(object? given) => given switch
    {
        ConvoxCertificate certificate => certificate.Id,
        ConvoxServiceCertificate { ProposedCertificateId: { } proposed } => proposed,
        ConvoxServiceCertificate service => throw new InvalidInputException(
            ErrorCode.NoCertificateProposed, $"No certificate of rack '{service.Rack}' is proposed for '{service.Service}'. Name one with -Certificate, or make one with New-ConvoxCertificate.", service.Service),
        System.Collections.ICollection many => throw new InvalidInputException(
            ErrorCode.SeveralCertificates, $"{many.Count} certificates were given, and a service uses one. Choose one, such as by Get-ConvoxCertificate -Id.", given),
        _ => given?.ToString() ?? string.Empty,
    };
}
