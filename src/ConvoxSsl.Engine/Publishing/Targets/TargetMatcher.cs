using System.IO.Enumeration;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Publishing.Targets;

/// <summary>Selects the certificates of targets.</summary>
internal static class TargetMatcher
{
    /// <summary>Selects the certificates of a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="certificates">All certificates of the rack.</param>
    /// <param name="now">The current time.</param>
    /// <returns>
    /// All that match a pattern. Otherwise one: valid before expired or revoked, from a CA before self-signed, new before old.
    /// </returns>
    public static IEnumerable<CertificateEntry> Select(
        CertificateTarget target, IEnumerable<CertificateEntry> certificates, DateTimeOffset now)
    {
        var matches = certificates.Where(certificate => IsMatch(target, certificate.Record));
        return target.IsPattern
            ? matches
            : matches
                .OrderByDescending(certificate => certificate.Live.Expires > now && certificate.Live.Revoked is null)
                .ThenByDescending(certificate => certificate.Record.Generated)
                .ThenByDescending(certificate => certificate.Live.Stored)
                .Take(1);
    }

    private static bool IsMatch(CertificateTarget target, CertificateRecord record) =>
        (target.Certificate is null
            || IsMatch(target.Certificate, record.Id)
            || record.Domains.Any(domain => IsMatch(target.Certificate, domain)))
        && (target.Domain is null || record.Domains.Any(domain => IsMatch(target.Domain, domain)));

    private static bool IsMatch(string pattern, string text) =>
        FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: true);
}
