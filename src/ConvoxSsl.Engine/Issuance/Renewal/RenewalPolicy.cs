using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Renewal;

/// <summary>When a certificate should be renewed.</summary>
public static class RenewalPolicy
{
    private static readonly TimeSpan ShortLifetime = TimeSpan.FromDays(10);

    // Schedules run twice a day.
    private static readonly TimeSpan RunInterval = TimeSpan.FromHours(12);

    /// <summary>
    /// The moment without a word from the CA: when a third of the lifetime is left, or half of one under ten days, as
    /// https://letsencrypt.org/docs/integration-guide asks.
    /// </summary>
    public static DateTimeOffset GetRenewalTime(DateTimeOffset notBefore, DateTimeOffset expires)
    {
        var lifetime = expires - notBefore;
        return expires - (lifetime < ShortLifetime ? lifetime / 2 : lifetime / 3);
    }

    /// <summary>The moment that follows from the CA's advice; in the last twentieth of the lifetime, whatever the CA says.</summary>
    public static DateTimeOffset GetRenewalTime(CertificateVersion version, RenewalAdvice? advice)
    {
        var latest = version.Expires - ((version.Expires - version.NotBefore) / 20);
        return advice?.RenewAt is not { } at ? GetRenewalTime(version.NotBefore, version.Expires)
            : at < latest ? at
            : latest;
    }

    /// <summary>Whether it is time: also where the next run may come only when the CA's window has passed (RFC 9773 section 4.2).</summary>
    public static bool IsDue(CertificateVersion version, DateTimeOffset now) =>
        version.Revoked is not null
        || version.RenewAfter <= now
        || (version.Advice is { Start: { } start, End: { } end } && start <= now && end <= now + RunInterval);

    /// <summary>
    /// Whether somebody should be told that it is about to expire: half of the time that is meant for its renewal is over.
    /// </summary>
    public static bool IsExpiring(CertificateVersion version, DateTimeOffset now) =>
        version.Revoked is null && version.Expires - now < (version.Expires - GetRenewalTime(version.NotBefore, version.Expires)) / 2;

    /// <summary>
    /// Whether a window can be used. One that begins before the certificate itself would have it renewed for ever.
    /// </summary>
    public static bool IsUsable(DateTimeOffset start, DateTimeOffset end, DateTimeOffset notBefore) => end > start && start >= notBefore;
}
