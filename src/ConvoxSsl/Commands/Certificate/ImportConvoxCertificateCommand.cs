using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <summary>Imports a certificate with its private key from PEM files or a PFX file.</summary>
/// <remarks>
/// The chain is sorted and checked, and the key must belong to the certificate. Faults that clients would notice, such as a missing
/// intermediate certificate, are warnings. An imported certificate is not renewed by this module: import its successor with <c>-Id</c>
/// before it expires, so that all users of the certificate get it.
/// </remarks>
/// <example>
/// <para>Imports a certificate from PEM files.</para>
/// <code>Import-ConvoxCertificate ./site.pem ./site.key ./chain.pem</code>
/// </example>
/// <example>
/// <para>Imports a certificate from a PFX file.</para>
/// <code>Import-ConvoxCertificate ./site.pfx -Password (Read-Host 'Password' -AsSecureString)</code>
/// </example>
/// <example>
/// <para>Imports a new version of an existing certificate. All users of that certificate get the new version.</para>
/// <code>Import-ConvoxCertificate ./site.pem ./site.key -Id cert-eb0dbb34</code>
/// </example>
[Cmdlet(
    VerbsData.Import, "ConvoxCertificate",
    SupportsShouldProcess = true,
    HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxCertificate))]
public sealed partial class ImportConvoxCertificateCommand : ConvoxCmdlet
{
    private protected override object Target => Path;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RequireIdOrDomain(Id, Domain);
    }

    private protected override bool CreatesRack => true;

    private protected override void ProcessInput()
    {
        using var certificate = new CertificateFiles(Path, KeyPath, ChainPath, Password, GetUnresolvedProviderPathFromPSPath).Read();
        var session = OpenRack();
        foreach (var subject in certificate.Chain.Unrelated)
        {
            WriteWarning($"'{subject}' does not belong to the chain of the certificate and is not imported.");
        }

        WarnOfFaults(certificate.Chain);
        var names = certificate.Chain.LeafNames();
        var target = names.Count > 0 ? string.Join(", ", names) : certificate.Chain.Leaf.Subject;
        var existing = Id is not null ? SelectExisting(session, new CertificateQuery(Id))
            : Domain is not null ? SelectExisting(session, new CertificateQuery(Domain, isDomain: true))
            : null;
        WarnOfLostNames(existing, names);
        WarnOfEndedRenewal(existing);
        if (ConfirmAction(target, existing is null ? "Import the certificate" : $"Import as a new version of {existing.Title}"))
        {
            var imported = Run(ct => session.Engine.Certificates.ImportAsync(certificate, existing?.Id, KeepVersions, ct));
            WriteObject(session.Describe(imported));
            DeliverAtEnd(session, imported.Record.Id);
        }
    }

    private SelectedCertificate SelectExisting(RackSession session, CertificateQuery query)
    {
        var selected = Run(ct => session.Selector.SelectOneAsync(query, ct));
        CertificateCatalog.RequireOwn(selected.RequireIssued().Record);
        return selected;
    }

    private void WarnOfLostNames(SelectedCertificate? existing, IReadOnlyList<string> names)
    {
        var lost = (existing?.RequireReadable().Record.Domains ?? [])
            .Where(name => !names.Contains(name) && new CertificateQuery(name, isDomain: true).Name?.IsCoveredBy(names) is not true)
            .ToArray();
        if (lost.Length > 0)
        {
            WriteWarning($"The certificate in '{Path}' does not cover {string.Join(", ", lost)}, unlike the one that it replaces.");
        }
    }

    private void WarnOfEndedRenewal(SelectedCertificate? existing)
    {
        if (existing?.RequireReadable().Record is { Generated: true } record)
        {
            WriteWarning($"{existing.Title} is from {record.Issuer} and renewed automatically. An imported certificate is not renewed.");
        }
    }

    private void WarnOfFaults(CertificateChain chain)
    {
        var (begins, expires) = (chain.Leaf.NotBefore.ToUniversalTime(), chain.Leaf.NotAfter.ToUniversalTime());
        if (expires <= Now)
        {
            WriteWarning($"The certificate in '{Path}' expired on {expires:u}.");
        }
        else if (begins > Now)
        {
            WriteWarning($"The certificate in '{Path}' is valid only from {begins:u}.");
        }

        if (ChainFault.Find(chain) is { } fault)
        {
            WriteWarning($"Clients reject the certificate in '{Path}' because {fault}.");
        }
        else if (ChainFault.LacksIntermediate(chain))
        {
            WriteWarning($"'{Path}' has no intermediate certificate. Clients that do not have '{chain.Leaf.Issuer}' as a root reject it.");
        }
        else if (ChainFault.IsAuthority(chain.Leaf) && !ChainFault.IsSelfIssued(chain.Leaf))
        {
            WriteWarning($"Clients reject the certificate in '{Path}' because it is a CA certificate.");
        }
    }
}
