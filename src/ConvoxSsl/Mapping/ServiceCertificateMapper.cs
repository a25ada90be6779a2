using ConvoxSsl.Engine;
using ConvoxSsl.Manifests;

namespace ConvoxSsl.Mapping;

/// <summary>Converts between the certificates of a manifest's services and the objects of the cmdlets.</summary>
internal static class ServiceCertificateMapper
{
    /// <summary>Converts the evaluation of a service's certificate.</summary>
    public static ConvoxServiceCertificate ToModel(
        this ServiceCertificateEvaluation evaluation, ManifestService service, string path, string rack) => new()
    {
        Service = service.Name,
        Domain = [.. service.Domains],
        CertificateId = service.CertificateId,
        Status = evaluation.Status.ToModel(),
        StatusReason = DisplayText.Sanitize(evaluation.Reason),
        Expires = evaluation.Current?.Expires,
        ProposedCertificateId = evaluation.Proposed?.Id,
        CertificateDuration = service.CertificateDuration,
        Path = path,
        Rack = rack,
    };

    /// <summary>Converts a certificate of the rack for a comparison with a manifest.</summary>
    public static InventoryCertificate ToInventory(this ConvoxCertificate certificate) => new()
    {
        Id = certificate.Id,
        Domains = certificate.Domains,
        Issuer = certificate.Issuer,
        Status = certificate.Status.ToServiceStatus(),
        StatusReason = certificate.StatusReason,
        Expires = certificate.Expires,
    };
}
