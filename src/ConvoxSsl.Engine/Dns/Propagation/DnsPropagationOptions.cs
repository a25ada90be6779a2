namespace ConvoxSsl.Engine.Dns.Propagation;

/// <summary>How a <see cref="DnsPropagation"/> asks, and for how long.</summary>
public sealed record DnsPropagationOptions
{
    /// <summary>How long to go on.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The first wait between two rounds; each further one is half as long again.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait between two rounds.</summary>
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether to ask the resolvers, where the zones' own name servers can't be reached from here. They may keep for
    /// a while that a name does not exist, so it takes longer and proves less.
    /// </summary>
    public bool AskResolvers { get; init; }

    /// <summary>How many servers are asked at the same time.</summary>
    public int Concurrency { get; init; } = 16;
}

/// <summary>How far the records have got.</summary>
/// <param name="Agreed">How many servers have all their records.</param>
/// <param name="Asked">How many servers are asked.</param>
/// <param name="Missing">What the others said last.</param>
/// <param name="Left">How long they are still waited for.</param>
public sealed record PropagationProgress(int Agreed, int Asked, IReadOnlyList<MissingRecord> Missing, TimeSpan Left = default);

/// <summary>A server that does not have the records of a name yet.</summary>
/// <param name="Server">Its host name, or the resolver as it was configured.</param>
/// <param name="Name">The name of the records.</param>
/// <param name="Reason">What it said.</param>
public sealed record MissingRecord(string Server, string Name, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Server}, asked for {Name}: {Reason}";
}
