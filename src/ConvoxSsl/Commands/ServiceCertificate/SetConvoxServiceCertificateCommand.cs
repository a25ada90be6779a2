using System.Collections;
using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Manifests;
using ConvoxSsl.Mapping;
using ConvoxSsl.Selection;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Sets the certificate of a service in a convox.yml. Everything else in the file stays unchanged.</summary>
/// <remarks>
/// Only <c>certificate.id</c> changes: comments, order, quoting, anchors and line endings are preserved. A certificate that does not
/// cover the service's domains or is not valid is written with a warning. One that the rack does not have is an error; if the rack
/// cannot be read, an ID is written with a warning.
/// </remarks>
/// <example>
/// <para>Sets the certificate of the service web in the convox.yml in the current directory.</para>
/// <code>Set-ConvoxServiceCertificate web www.example.org</code>
/// </example>
/// <example>
/// <para>Removes the certificate of the service.</para>
/// <code>Set-ConvoxServiceCertificate web -Remove</code>
/// </example>
/// <example>
/// <para>Issues a certificate and sets it for the service api.</para>
/// <code>New-ConvoxCertificate api.example.org -Issuer letsencrypt | Set-ConvoxServiceCertificate api -PassThru</code>
/// </example>
/// <example>
/// <para>Sets the proposed certificate for each service.</para>
/// <code>Get-ConvoxServiceCertificate | Where-Object ProposedCertificateId | Set-ConvoxServiceCertificate</code>
/// </example>
[Cmdlet(
    VerbsCommon.Set, "ConvoxServiceCertificate",
    SupportsShouldProcess = true,
    DefaultParameterSetName = CertificateSet,
    HelpUri = HelpPages.Services)]
[OutputType(typeof(ConvoxServiceCertificate))]
public sealed class SetConvoxServiceCertificateCommand : ServiceCertificateCmdlet
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
    [Alias("Id")]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public object? Certificate { get; set; }

    /// <summary>A name of the certificate, in Unicode or A-labels.</summary>
    [Parameter(ParameterSetName = DomainSet, Mandatory = true)]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [ValidateNotNullOrEmpty]
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

    private protected override object Target => Service;

    private protected override void ProcessInput()
    {
        var certificate = Certificate is null ? null : CertificateInput.Read(PSObject.AsPSObject(Certificate));

        // Ignore the certificate's Path bound from the pipeline.
        var file = ReadManifest(certificate is not null && certificate.Path == Path ? null : Path);
        var isRemoval = ParameterSetName == RemoveSet;
        var rack = isRemoval && !PassThru ? null : ReadInventory();
        if (certificate is not null)
        {
            rack = rack?.With(certificate.ToInventory());
        }

        var id = isRemoval ? null : certificate?.Id ?? GetId(rack!);

        var manifest = file.Manifest;
        var changed = new List<string>();
        foreach (var name in Service)
        {
            ProcessItem(name, () => manifest = Edit(manifest, name, id, rack, changed));
        }

        file = Run(ct => file.WriteAsync(manifest.Text, ct));
        if (PassThru)
        {
            changed.ForEach(name => WriteObject(Describe(file.Manifest, file.Manifest.Get(name), rack!)));
        }
    }

    private Manifest Edit(Manifest manifest, string name, string? id, RackInventory? rack, List<string> changed)
    {
        var text = id is null ? manifest.WithoutCertificate(name) : manifest.WithCertificate(name, id);
        var edited = Manifest.Parse(text, manifest.Path);
        if (id is not null)
        {
            WarnIfUnsuitable(edited, name, id, rack!);
        }

        if (text == manifest.Text)
        {
            WriteVerbose($"'{name}' in '{manifest.Path}' already {(id is null ? "names no certificate" : $"names '{id}'")}.");
        }
        else if (!ConfirmAction($"'{name}' in '{manifest.Path}'", id is null ? "Remove certificate.id" : $"Set certificate.id to '{id}'"))
        {
            return manifest;
        }

        changed.Add(name);
        return edited;
    }

    private string GetId(RackInventory rack) => Certificate is PSObject wrapper ? GetId(rack, wrapper.BaseObject) : GetId(rack, Certificate);

    private string GetId(RackInventory rack, object? input) => input switch
    {
        ConvoxServiceCertificate { ProposedCertificateId: { } proposed } => proposed,
        ConvoxServiceCertificate service => throw new InvalidInputException(
            ErrorCode.NoCertificateProposed,
            $"Rack '{service.Rack}' has no certificate to propose for '{service.Service}'.",
            service.Service),
        ICollection certificates => throw new InvalidInputException(
            ErrorCode.SeveralCertificates, $"A service uses one certificate, but {certificates.Count} were given.", input),
        null => FindCertificateId(new CertificateQuery(Domain!, isDomain: true), rack),
        _ => FindCertificateId(new CertificateQuery(input.ToString() ?? string.Empty), rack),
    };
}
