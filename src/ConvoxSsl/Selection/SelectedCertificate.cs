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

    /// <summary>Returns a version of the stored certificate.</summary>
    /// <param name="number">The number of the version; null for the live version.</param>
    /// <exception cref="EngineException">
    /// As <see cref="RequireIssued"/>; <c>CertificateNotFound</c>: the certificate has no such version.
    /// </exception>
    public CertificateVersion RequireVersion(int? number)
    {
        var entry = RequireIssued();
        return number is null ? entry.Live
            : entry.Versions.FirstOrDefault(version => version.Number == number) ?? throw new EngineException(
                ErrorCode.CertificateNotFound,
                EngineErrorKind.NotFound,
                $"'{Id}' has no version {number}; it keeps {string.Join(", ", entry.Versions.Select(version => version.Number))}.",
                Id)
            {
                Remedy = new Remedy("CertificateNotFound.Version"),
            };
    }
}
