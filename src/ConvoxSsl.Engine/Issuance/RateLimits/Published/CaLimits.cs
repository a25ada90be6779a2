namespace ConvoxSsl.Engine.Issuance.RateLimits.Published;

/// <summary>The rate limits that a CA publishes. A limit is null if the CA does not have or publish it.</summary>
public sealed record CaLimits
{
    /// <summary>The limit of new orders of an account.</summary>
    public TokenBucket? NewOrders { get; init; }

    /// <summary>The limit of certificates for names below one registered domain.</summary>
    public TokenBucket? RegisteredDomain { get; init; }

    /// <summary>The limit of certificates for exactly the same set of names.</summary>
    public TokenBucket? ExactSet { get; init; }

    /// <summary>The limit of failed authorizations of one name and account.</summary>
    public TokenBucket? FailedAuthorizations { get; init; }

    /// <summary>True if another certificate for the same names counts only towards <see cref="ExactSet"/>.</summary>
    public bool ExemptsRenewals { get; init; }

    /// <summary>True if orders that name the certificate they replace (RFC 9773 section 5) are exempt.</summary>
    public bool ExemptsReplacements { get; init; }

    /// <summary>The well-known issuer for tests; null if there is none.</summary>
    public string? TrialIssuer { get; init; }

    /// <summary>The page on which the CA publishes its limits.</summary>
    public required Uri Source { get; init; }

    /// <summary>The date on which the page was read.</summary>
    public required DateOnly AsOf { get; init; }
}
