using System.Collections;
using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Manifests;
using ConvoxSsl.Mapping;
using ConvoxSsl.Selection;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Sets the certificate of a service in a convox.yml. Everything else in the file stays unchanged.</summary>
/// <remarks>
/// Only <c>certificate.id</c> changes: comments, order, quoting, anchors and line endings are preserved. A certificate that does not
/// cover the service's domains or is not valid is written with a warning. One that the rack does not have or that has not been issued
/// yet is an error, and so are several for one service; if the rack cannot be read, an ID is written with a warning.
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
public sealed partial class SetConvoxServiceCertificateCommand : ServiceCertificateCmdlet
{
    private readonly List<Change> _changes = [];

    private protected override object Target => Service;

    // Nothing is written before the last input object, because a service uses one certificate.
    private protected override void ProcessInput()
    {
        var certificate = Certificate is null ? null : CertificateInput.Read(PSObject.AsPSObject(Certificate));

        // Ignore the certificate's Path bound from the pipeline.
        var file = ReadManifest(certificate is not null && certificate.Path == Path ? null : Path);
        RequireNames(file.Manifest);
        var isRemoval = ParameterSetName == RemoveSet;
        var rack = isRemoval && !PassThru ? null : ReadInventory();
        if (certificate is not null)
        {
            rack = rack?.With(certificate.ToInventory());
        }

        var id = isRemoval ? null : certificate?.Id ?? GetId(rack!, SimpleValue.Unwrap(Certificate));
        RequireIssued(rack, id);
        _changes.Add(new Change(file.Manifest.Path, Service, id, rack));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        ProcessItem(Target, () =>
        {
            RequireOneCertificate();
            foreach (var change in _changes)
            {
                ProcessItem(change.Services, () => Apply(change));
            }
        });
    }

    private void RequireOneCertificate()
    {
        var several = _changes
            .SelectMany(change => change.Services.Select(service => (change.File, Service: service, change.Id)))
            .GroupBy(item => (item.File, item.Service), item => item.Id)
            .Select(group => (group.Key.Service, Ids: group.OfType<string>().Distinct(StringComparer.Ordinal).ToArray()))
            .FirstOrDefault(item => item.Ids.Length > 1);
        if (several.Ids is { } ids)
        {
            throw new InvalidInputException(
                ErrorCode.SeveralCertificates,
                $"A service uses one certificate, but {ids.Length} were given for '{several.Service}': {string.Join(", ", ids)}.",
                several.Service);
        }
    }

    private void Apply(Change change)
    {
        var file = ReadManifest(change.File);
        var manifest = file.Manifest;
        var changed = new List<string>();
        foreach (var name in change.Services)
        {
            ProcessItem(name, () => manifest = Edit(manifest, name, change.Id, change.Rack, changed));
        }

        file = Run(ct => file.WriteAsync(manifest.Text, ct));
        if (PassThru)
        {
            changed.ForEach(name => WriteObject(Describe(file.Manifest, file.Manifest.Get(name), change.Rack!)));
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
        else if (!ConfirmChange(manifest, name, id is null ? "Remove certificate.id" : $"Set certificate.id to '{id}'"))
        {
            return manifest;
        }

        changed.Add(name);
        return edited;
    }

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
        _ => FindCertificateId(new CertificateQuery(CertificateInput.GetId(PSObject.AsPSObject(Certificate!))), rack),
    };

    private sealed record Change(string File, string[] Services, string? Id, RackInventory? Rack);
}
