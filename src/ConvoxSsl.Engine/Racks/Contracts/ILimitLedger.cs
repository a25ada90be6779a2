namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>Records the quota of CAs' rate limits that a rack has used, and the rate limit errors of CAs.</summary>
public interface ILimitLedger
{
    /// <summary>Reads the records; empty if there are none.</summary>
    /// <exception cref="EngineException"><c>LimitsDamaged</c>.</exception>
    Task<LimitRecords> ReadAsync(CancellationToken ct);

    /// <summary>
    /// Changes the records atomically among all processes. Damaged records do not stop the caller: they are kept aside and
    /// replaced by empty ones.
    /// </summary>
    /// <param name="change">Returns the new records, given the current ones. Called again after a conflict.</param>
    /// <param name="onDamaged">Called if the records cannot be read.</param>
    /// <param name="ct">The cancellation token.</param>
    Task UpdateAsync(Func<LimitRecords, LimitRecords> change, Action<EngineException>? onDamaged, CancellationToken ct);
}

/// <summary>The rate limits of CAs.</summary>
public enum LimitKind
{
    /// <summary>New orders of an account.</summary>
    NewOrders,

    /// <summary>Certificates for names below one registered domain, for all accounts.</summary>
    RegisteredDomain,

    /// <summary>Certificates for the same set of names, for all accounts.</summary>
    ExactSet,

    /// <summary>Failed authorizations of one name for one account.</summary>
    FailedAuthorizations,
}

/// <summary>All records about rate limits.</summary>
public sealed record LimitRecords
{
    /// <summary>The used quota, one entry per limit and account, domain, set or name.</summary>
    public IReadOnlyList<LimitUse> Uses { get; init; } = [];

    /// <summary>The CAs' rate limit errors that may still apply.</summary>
    public IReadOnlyList<LimitRefusal> Refusals { get; init; } = [];
}

/// <summary>
/// The used quota of one limit. Limits are token buckets: the refill time captures the bucket's whole state.
/// </summary>
public sealed record LimitUse
{
    /// <summary>The CA's directory.</summary>
    public required Uri DirectoryUrl { get; init; }

    /// <summary>The limit.</summary>
    public required LimitKind Limit { get; init; }

    /// <summary>The account, domain, set or name that the limit applies to.</summary>
    public required string Subject { get; init; }

    /// <summary>The time of the last use.</summary>
    public required DateTimeOffset Used { get; init; }

    /// <summary>The time at which the bucket is full again.</summary>
    public required DateTimeOffset FullAgain { get; init; }
}

/// <summary>A rate limit error (RFC 8555 section 6.6) with its end.</summary>
public sealed record LimitRefusal
{
    /// <summary>The CA's directory.</summary>
    public required Uri DirectoryUrl { get; init; }

    /// <summary>The limit; null if the CA did not name it.</summary>
    public LimitKind? Limit { get; init; }

    /// <summary>The account, domain, set or name that the error is about; the set of names if the limit is unknown.</summary>
    public required string Subject { get; init; }

    /// <summary>The time of the error.</summary>
    public required DateTimeOffset Refused { get; init; }

    /// <summary>The time until which it applies.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>The CA's description.</summary>
    public string? Detail { get; init; }
}
