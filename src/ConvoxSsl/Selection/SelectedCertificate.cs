using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Selection;

/// <summary>A certificate that the user selected.</summary>
/// <param name="Id">The ID of the certificate.</param>
/// <param name="Query">The query that selected it.</param>
internal sealed record SelectedCertificate(string Id, CertificateQuery Query)
{
    /// <summary>The certificate; null if it is corrupt.</summary>
    public CertificateState? State { get; init; }

    /// <summary>The reason why the certificate is corrupt.</summary>
    public EngineException? Damage { get; init; }

    /// <summary>True if a wildcard selected it. A name such as <c>*.example.org</c> that it has is not a wildcard.</summary>
    public bool IsMatchOfPattern => Query.IsPattern && Query.Rate(Id, State?.Record.Domains ?? []) <= CertificateMatch.Part;

    /// <summary>The ID and the names, for a confirmation.</summary>
    public string Title => State?.Record.GetTitle() ?? Id;

    /// <summary>Returns the certificate.</summary>
    /// <exception cref="EngineException"><c>CertificateDamaged</c>, <c>OrderDamaged</c>.</exception>
    public CertificateState RequireReadable() => State ?? throw Damage!;

    /// <summary>Returns the stored certificate.</summary>
    /// <exception cref="EngineException">
    /// <c>CertificateDamaged</c>, <c>OrderDamaged</c>; <c>CertificateNotFound</c>: it has not been issued yet.
    /// </exception>
    public CertificateEntry RequireIssued() => RequireReadable().RequireIssued();
}
