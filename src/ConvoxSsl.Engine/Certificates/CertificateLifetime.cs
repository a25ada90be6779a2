namespace ConvoxSsl.Engine.Certificates;

/// <summary>Derives times from the validity period of a certificate.</summary>
public static class CertificateLifetime
{
    private static readonly TimeSpan ShortLifetime = TimeSpan.FromDays(10);

    /// <summary>
    /// Returns the renewal time without advice from the CA: when a third of the lifetime is left, or half of a lifetime under
    /// ten days (https://letsencrypt.org/docs/integration-guide).
    /// </summary>
    public static DateTimeOffset GetRenewalTime(DateTimeOffset notBefore, DateTimeOffset expires)
    {
        var lifetime = expires - notBefore;
        return expires - (lifetime < ShortLifetime ? lifetime / 2 : lifetime / 3);
    }

    /// <summary>
    /// Returns true if the user should be warned of the expiry: half of the time reserved for the renewal has passed.
    /// </summary>
    public static bool IsExpiring(DateTimeOffset notBefore, DateTimeOffset expires, DateTimeOffset now) =>
        expires - now < (expires - GetRenewalTime(notBefore, expires)) / 2;
}
