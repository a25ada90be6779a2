namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>The limits that a CA publishes; null stands for one that it does not have or does not tell.</summary>
public sealed record CaLimits
{
    /// <summary>New orders of an account.</summary>
    public TokenBucket? NewOrders { get; init; }

    /// <summary>Certificates for names below one registered domain.</summary>
    public TokenBucket? RegisteredDomain { get; init; }

    /// <summary>Certificates for exactly the same set of names.</summary>
    public TokenBucket? ExactSet { get; init; }

    /// <summary>Failed authorizations of one name under one account.</summary>
    public TokenBucket? FailedAuthorizations { get; init; }

    /// <summary>Whether another certificate for the same names counts only as <see cref="ExactSet"/>.</summary>
    public bool ExemptsRenewals { get; init; }

    /// <summary>Whether an order that names the certificate it replaces (RFC 9773 section 5) has no limit.</summary>
    public bool ExemptsReplacements { get; init; }

    /// <summary>The well-known issuer to make trials with; null where there is none.</summary>
    public string? TrialIssuer { get; init; }

    /// <summary>Where the CA publishes them.</summary>
    public required Uri Source { get; init; }

    /// <summary>The day on which the source said so.</summary>
    public required DateOnly AsOf { get; init; }
}
