using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Manifests;

namespace ConvoxSsl.Commands;

/// <summary>Holds the services of a manifest against the certificates of a rack.</summary>
internal sealed class ServiceCertificateEvaluator(Manifest manifest, RackCertificates rack, DateTimeOffset now)
{
    /// <summary>A service as users see it.</summary>
    public ConvoxServiceCertificate Describe(ManifestService service)
    {
        var held = rack.Certificates?.FirstOrDefault(c => c.Id == service.CertificateId);
        var (status, reason) = Judge(service, held);
        var (proposed, why) = status is ConvoxServiceCertificateStatus.Ready or ConvoxServiceCertificateStatus.Unknown or ConvoxServiceCertificateStatus.NoDomain ? (null, null) : Propose(service);
        return new ConvoxServiceCertificate
        {
            Service = service.Name,
            Domain = [.. service.Domains],
            CertificateId = service.CertificateId,
            Status = status,
            StatusReason = why is null ? reason : $"{reason} {why}".Trim(),
            Expires = held?.Expires,
            ProposedCertificateId = proposed?.Id,
            CertificateDuration = service.CertificateDuration,
            Path = manifest.Path,
            Rack = rack.Rack,
        };
    }

    // What is certain comes before what only the environment tells.
    private (ConvoxServiceCertificateStatus Status, string? Reason) Judge(ManifestService service, ConvoxCertificate? held)
    {
        var open = service.Domains.Where(ManifestService.IsInterpolated).ToArray();
        if (service.Domains.Count == 0)
        {
            return (ConvoxServiceCertificateStatus.NoDomain, "It has no domain of its own.");
        }

        if (service.CertificateId is not { } id)
        {
            return open.Length > 0
                ? (ConvoxServiceCertificateStatus.Unknown, $"It names no certificate, and only the app's environment tells {string.Join(", ", open)}.")
                : (ConvoxServiceCertificateStatus.Missing, "It names no certificate, so Convox makes one of its own.");
        }

        if (ManifestService.IsInterpolated(id))
        {
            return (ConvoxServiceCertificateStatus.Unknown, $"Only the app's environment tells {id}.");
        }

        return held is null ? JudgeAbsent(id) : JudgeHeld(service, held, open);
    }

    private (ConvoxServiceCertificateStatus Status, string? Reason) JudgeAbsent(string id) =>
        rack.Certificates is null ? (ConvoxServiceCertificateStatus.Unknown, $"Rack '{rack.Rack}' could not be asked for '{id}'.")
        : rack.Damaged.TryGetValue(id, out var damage) ? (ConvoxServiceCertificateStatus.Unknown, damage)
        : (ConvoxServiceCertificateStatus.Missing, $"Rack '{rack.Rack}' has no certificate '{id}'.");

    private static (ConvoxServiceCertificateStatus Status, string? Reason) JudgeHeld(ManifestService service, ConvoxCertificate held, string[] open)
    {
        if (held.Status != ConvoxCertificateStatus.Ready)
        {
            var reason = held.StatusReason ?? (held.Status == ConvoxCertificateStatus.Expired ? $"'{held.Id}' expired on {held.Expires:u}." : null);
            return (Enum.Parse<ConvoxServiceCertificateStatus>(held.Status.ToString()), reason);
        }

        var uncovered = service.Domains.Except(open).Where(d => !Covers(held, d)).ToArray();
        return uncovered.Length > 0
            ? (ConvoxServiceCertificateStatus.NotCovered, $"'{held.Id}' is for {string.Join(", ", held.Domains)} and does not cover {string.Join(", ", uncovered)}.")
            : open.Length > 0
                ? (ConvoxServiceCertificateStatus.Unknown, $"Only the app's environment tells {string.Join(", ", open)}.")
                : (ConvoxServiceCertificateStatus.Ready, held.StatusReason);
    }

    // One that a CA made comes first, then the wildcard that serves most services, then the one that lasts longest.
    private (ConvoxCertificate? Certificate, string? Why) Propose(ManifestService service)
    {
        var best = (rack.Certificates ?? [])
            .Where(c => c.Status == ConvoxCertificateStatus.Ready && c.Expires > now && c.Id != service.CertificateId && CoversAll(c, service))
            .Select(c => (Certificate: c, Services: manifest.Services.Count(s => CoversAll(c, s))))
            .OrderBy(c => c.Certificate.Issuer == Issuer.SelfSignedName)
            .ThenByDescending(c => c.Services)
            .ThenByDescending(c => c.Certificate.Expires)
            .FirstOrDefault();
        return best.Certificate is not { } found ? (null, null)
            : best.Services > 1 && found.Domains.FirstOrDefault(d => d.StartsWith("*.", StringComparison.Ordinal)) is { } wildcard
                ? (found, $"'{found.Id}' ({wildcard}) covers {best.Services} services of this manifest.")
                : (found, $"'{found.Id}' covers it.");
    }

    private static bool CoversAll(ConvoxCertificate certificate, ManifestService service) =>
        service.Domains.Count > 0 && service.Domains.All(d => Covers(certificate, d));

    private static bool Covers(ConvoxCertificate certificate, string domain)
    {
        try
        {
            return CertificateName.Parse(domain).IsCoveredBy(certificate.Domains);
        }
        catch (InvalidInputException)
        {
            // No certificate holds what is no name.
            return false;
        }
    }
}
