using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Versions;

/// <summary>Decides when a certificate is renewed.</summary>
public static class RenewalPolicy
{
    // Scheduled renewals run twice a day.
    private static readonly TimeSpan RunInterval = TimeSpan.FromHours(12);

    /// <summary>Returns the renewal time according to the CA's advice, at the latest when a twentieth of the lifetime is left.</summary>
    public static DateTimeOffset GetRenewalTime(CertificateVersion version, RenewalAdvice? advice)
    {
        var latest = version.Expires - ((version.Expires - version.NotBefore) / 20);
        return advice?.RenewAt is not { } at ? CertificateLifetime.GetRenewalTime(version.NotBefore, version.Expires)
            : at < latest ? at
            : latest;
    }

    /// <summary>Returns true if the renewal is due, or if the CA's window may end before the next run (RFC 9773 section 4.2).</summary>
    public static bool IsDue(CertificateVersion version, DateTimeOffset now) =>
        version.Revoked is not null
        || version.RenewAfter <= now
        || (version.Advice is { Start: { } start, End: { } end } && start <= now && end <= now + RunInterval);

    /// <summary>
    /// Returns true if the user should be warned of the expiry: half of the time reserved for the renewal has passed.
    /// </summary>
    public static bool IsExpiring(CertificateVersion version, DateTimeOffset now) =>
        version.Revoked is null && CertificateLifetime.IsExpiring(version.NotBefore, version.Expires, now);

    /// <summary>
    /// Returns true if a renewal window is valid. A window that begins before the certificate would renew it again and again.
    /// </summary>
    public static bool IsUsable(DateTimeOffset start, DateTimeOffset end, DateTimeOffset notBefore) => end > start && start >= notBefore;
}
