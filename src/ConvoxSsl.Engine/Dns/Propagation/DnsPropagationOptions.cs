namespace ConvoxSsl.Engine.Dns.Propagation;

/// <summary>The options of a <see cref="DnsPropagation"/>.</summary>
public sealed record DnsPropagationOptions
{
    /// <summary>The timeout.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The first delay between two rounds; each further one is 1.5 times as long.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The maximum delay between two rounds.</summary>
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// True to query the resolvers, for networks from which the zones' name servers are unreachable. Resolvers cache negative
    /// responses, so this takes longer and proves less.
    /// </summary>
    public bool UseResolvers { get; init; }

    /// <summary>The maximum number of concurrent queries.</summary>
    public int Concurrency { get; init; } = 16;
}

/// <summary>The propagation state of the records.</summary>
/// <param name="Agreed">The number of servers that have all their records.</param>
/// <param name="Asked">The number of queried servers.</param>
/// <param name="Missing">The last responses of the other servers.</param>
/// <param name="Left">The time until the timeout.</param>
public sealed record PropagationProgress(int Agreed, int Asked, IReadOnlyList<MissingRecord> Missing, TimeSpan Left = default);

/// <summary>A server that does not have the records of a name yet.</summary>
/// <param name="Server">The host name, or the configured resolver.</param>
/// <param name="Name">The name of the records.</param>
/// <param name="Reason">The server's response.</param>
public sealed record MissingRecord(string Server, string Name, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Server}, queried for {Name}: {Reason}";
}
