using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Requests;

namespace ConvoxSsl.Manifests;

/// <summary>The evaluation of a service's certificate.</summary>
/// <param name="Status">The status.</param>
/// <param name="Reason">The reason for the status and for the proposed certificate, or null.</param>
/// <param name="Current">The certificate that the service names, if the rack has it.</param>
/// <param name="Proposed">A certificate of the rack that covers all domains of the service; null if none does or none is needed.</param>
public sealed record ServiceCertificateEvaluation(
    ServiceCertificateStatus Status, string? Reason, InventoryCertificate? Current, InventoryCertificate? Proposed);

/// <summary>Compares the services of a manifest with the certificates of a rack.</summary>
/// <param name="manifest">The manifest.</param>
/// <param name="rack">The certificates of the rack.</param>
/// <param name="now">The current time.</param>
public sealed class ServiceCertificateEvaluator(Manifest manifest, RackInventory rack, DateTimeOffset now)
{
    /// <summary>Evaluates the certificate of a service.</summary>
    public ServiceCertificateEvaluation Evaluate(ManifestService service)
    {
        var current = rack.Certificates?.FirstOrDefault(c => c.Id == service.CertificateId);
        var (status, reason) = GetStatus(service, current);
        if (status is ServiceCertificateStatus.Ready or ServiceCertificateStatus.Unknown or ServiceCertificateStatus.NoDomain)
        {
            return new ServiceCertificateEvaluation(status, reason, current, null);
        }

        var (proposed, proposal) = Propose(service);
        return new ServiceCertificateEvaluation(status, proposal is null ? reason : $"{reason} {proposal}".Trim(), current, proposed);
    }

    // Check the literal values first, then those that come from the environment.
    private (ServiceCertificateStatus Status, string? Reason) GetStatus(ManifestService service, InventoryCertificate? current)
    {
        if (service.Domains.Count == 0)
        {
            return (ServiceCertificateStatus.NoDomain, "The service has no domain of its own.");
        }

        var interpolated = service.Domains.Where(ManifestService.IsInterpolated).ToArray();
        if (service.CertificateId is not { } id)
        {
            return interpolated.Length > 0
                ? (ServiceCertificateStatus.Unknown, $"The service names no certificate, and {DescribeInterpolated(interpolated)}")
                : (ServiceCertificateStatus.Missing, "The service names no certificate, so Convox creates one.");
        }

        if (ManifestService.IsInterpolated(id))
        {
            return (ServiceCertificateStatus.Unknown, $"The ID {id} comes from the app's environment.");
        }

        return current is null ? GetStatusOfMissing(id) : GetStatusOfCurrent(service, current, interpolated);
    }

    private (ServiceCertificateStatus Status, string? Reason) GetStatusOfMissing(string id) =>
        rack.Certificates is null ? (ServiceCertificateStatus.Unknown, $"Cannot read the certificate '{id}' from rack '{rack.Rack}'.")
        : rack.Damaged.TryGetValue(id, out var damage) ? (ServiceCertificateStatus.Unknown, damage)
        : (ServiceCertificateStatus.Missing, $"Rack '{rack.Rack}' has no certificate '{id}'.");

    private static (ServiceCertificateStatus Status, string? Reason) GetStatusOfCurrent(
        ManifestService service, InventoryCertificate current, string[] interpolated)
    {
        if (current.Status != ServiceCertificateStatus.Ready)
        {
            return (current.Status, current.DescribeStatus());
        }

        var uncovered = service.Domains.Except(interpolated).Where(domain => !Covers(current, domain)).ToArray();
        if (uncovered.Length > 0)
        {
            return (
                ServiceCertificateStatus.NotCovered,
                $"'{current.Id}' is for {string.Join(", ", current.Domains)} and does not cover {string.Join(", ", uncovered)}.");
        }

        return interpolated.Length > 0
            ? (ServiceCertificateStatus.Unknown, $"The certificate cannot be checked because {DescribeInterpolated(interpolated)}")
            : (ServiceCertificateStatus.Ready, current.StatusReason);
    }

    private static string DescribeInterpolated(string[] domains) =>
        $"the {(domains.Length == 1 ? "domain" : "domains")} {string.Join(", ", domains)} "
            + $"{(domains.Length == 1 ? "comes" : "come")} from the app's environment.";

    // Prefer a certificate from a CA, then the one that covers most services, then the one that expires last.
    private (InventoryCertificate? Certificate, string? Reason) Propose(ManifestService service)
    {
        var best = (rack.Certificates ?? [])
            .Where(c =>
                c.Status == ServiceCertificateStatus.Ready && c.Expires > now && c.Id != service.CertificateId && CoversAll(c, service))
            .Select(c => (Certificate: c, Services: manifest.Services.Count(s => CoversAll(c, s))))
            .OrderBy(c => c.Certificate.Issuer == Issuer.SelfSignedName)
            .ThenByDescending(c => c.Services)
            .ThenByDescending(c => c.Certificate.Expires)
            .FirstOrDefault();
        if (best.Certificate is not { } found)
        {
            return (null, null);
        }

        var wildcard = found.Domains.FirstOrDefault(domain => domain.StartsWith("*.", StringComparison.Ordinal));
        return best.Services > 1 && wildcard is not null
            ? (found, $"'{found.Id}' ({wildcard}) covers {best.Services} services of this manifest.")
            : (found, $"'{found.Id}' covers it.");
    }

    private static bool CoversAll(InventoryCertificate certificate, ManifestService service) =>
        service.Domains.Count > 0 && service.Domains.All(domain => Covers(certificate, domain));

    private static bool Covers(InventoryCertificate certificate, string domain)
    {
        try
        {
            return CertificateName.Parse(domain).IsCoveredBy(certificate.Domains);
        }
        catch (InvalidInputException)
        {
            // A domain that is not a valid name is not covered.
            return false;
        }
    }
}
