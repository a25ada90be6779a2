namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>What a rack's orders have used up of their CAs' limits, and what CAs refused for a time.</summary>
public interface ILimitLedger
{
    /// <summary>What is recorded; nothing where nothing was.</summary>
    /// <exception cref="EngineException"><c>LimitsDamaged</c>.</exception>
    Task<LimitRecords> ReadAsync(CancellationToken ct);

    /// <summary>
    /// Changes what is recorded, in one step among all processes. Damaged records are kept aside and begun anew,
    /// because they are no reason not to go on.
    /// </summary>
    /// <param name="change">Makes the new records from those that are there; called again when another process was faster.</param>
    /// <param name="onDamaged">Told when what was there can't be read.</param>
    /// <param name="ct">Stops it.</param>
    Task UpdateAsync(Func<LimitRecords, LimitRecords> change, Action<EngineException>? onDamaged, CancellationToken ct);
}

/// <summary>What CAs count.</summary>
public enum LimitKind
{
    /// <summary>New orders of an account.</summary>
    NewOrders,

    /// <summary>Certificates for names below one registered domain, whoever orders them.</summary>
    RegisteredDomain,

    /// <summary>Certificates for exactly the same set of names, whoever orders them.</summary>
    ExactSet,

    /// <summary>Failed authorizations of one name under one account.</summary>
    FailedAuthorizations,
}

/// <summary>Everything that is recorded about limits.</summary>
public sealed record LimitRecords
{
    /// <summary>What was used, one entry for each limit of each account, domain, set or name.</summary>
    public IReadOnlyList<LimitUse> Uses { get; init; } = [];

    /// <summary>What CAs refused until a time.</summary>
    public IReadOnlyList<LimitRefusal> Refusals { get; init; } = [];
}

/// <summary>
/// How much of one limit is used: CAs' limits are token buckets, and the time at which one is full again tells all
/// that matters of what was taken from it before.
/// </summary>
public sealed record LimitUse
{
    /// <summary>The CA's directory.</summary>
    public required Uri DirectoryUrl { get; init; }

    /// <summary>What is counted.</summary>
    public required LimitKind Limit { get; init; }

    /// <summary>The account, domain, set or name that it is counted for.</summary>
    public required string Subject { get; init; }

    /// <summary>When it was last used.</summary>
    public required DateTimeOffset Used { get; init; }

    /// <summary>When nothing of it will be used any more.</summary>
    public required DateTimeOffset FullAgain { get; init; }
}

/// <summary>A refusal (RFC 8555 section 6.6) that holds until a time.</summary>
public sealed record LimitRefusal
{
    /// <summary>The CA's directory.</summary>
    public required Uri DirectoryUrl { get; init; }

    /// <summary>The limit that was reached; null where the CA did not say.</summary>
    public LimitKind? Limit { get; init; }

    /// <summary>The account, domain, set or name that was refused; the set of names where the limit is unknown.</summary>
    public required string Subject { get; init; }

    /// <summary>When it was refused.</summary>
    public required DateTimeOffset Refused { get; init; }

    /// <summary>Until when.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>What the CA said.</summary>
    public string? Detail { get; init; }
}
