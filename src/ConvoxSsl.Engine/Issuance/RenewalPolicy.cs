namespace ConvoxSsl.Engine.Issuance;

/// <summary>When a certificate should be renewed.</summary>
public static class RenewalPolicy
{
    private static readonly TimeSpan ShortLifetime = TimeSpan.FromDays(10);

    /// <summary>
    /// The moment without a word from the CA: when a third of the lifetime is left, or half of one under ten days, as
    /// https://letsencrypt.org/docs/integration-guide asks.
    /// </summary>
    public static DateTimeOffset RenewAfter(DateTimeOffset notBefore, DateTimeOffset expires)
    {
        var lifetime = expires - notBefore;
        return expires - (lifetime < ShortLifetime ? lifetime / 2 : lifetime / 3);
    }
}
