using ConvoxSsl.Engine.Issuance.Requests;

namespace ConvoxSsl.Engine.Issuance.RateLimits.Published;

/// <summary>
/// The rate limits published by the well-known issuers. ZeroSSL, Google Trust Services and SSL.com publish none for ACME
/// orders.
/// </summary>
public static class WellKnownLimits
{
    private static readonly CaLimits LetsEncrypt = new()
    {
        NewOrders = new TokenBucket(300, TimeSpan.FromSeconds(36)),
        RegisteredDomain = new TokenBucket(50, TimeSpan.FromMinutes(202)),
        ExactSet = new TokenBucket(5, TimeSpan.FromHours(34)),
        FailedAuthorizations = new TokenBucket(5, TimeSpan.FromMinutes(12)),
        ExemptsRenewals = true,
        ExemptsReplacements = true,
        TrialIssuer = "letsencrypt-staging",
        Source = new Uri("https://letsencrypt.org/docs/rate-limits/"),
        AsOf = new DateOnly(2026, 8, 21),
    };

    // Published per period, such as 1500 in 3 hours. Certificates per domain are limited to 30000 a second: no limit here.
    private static readonly CaLimits LetsEncryptStaging = LetsEncrypt with
    {
        NewOrders = new TokenBucket(1500, TimeSpan.FromHours(3) / 1500),
        RegisteredDomain = null,
        ExactSet = new TokenBucket(30_000, TimeSpan.FromDays(7) / 30_000),
        FailedAuthorizations = new TokenBucket(200, TimeSpan.FromHours(1) / 200),
        TrialIssuer = null,
        Source = new Uri("https://letsencrypt.org/docs/staging-environment/"),
        AsOf = new DateOnly(2025, 11, 25),
    };

    /// <summary>Finds the limits of the CA with a directory URL, or returns null.</summary>
    public static CaLimits? Find(Uri directoryUrl) => Issuer.WellKnown.FirstOrDefault(i => i.DirectoryUrl == directoryUrl)?.Name switch
    {
        "letsencrypt" => LetsEncrypt,
        "letsencrypt-staging" => LetsEncryptStaging,
        _ => null,
    };
}
