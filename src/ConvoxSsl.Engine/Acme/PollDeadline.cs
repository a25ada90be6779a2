namespace ConvoxSsl.Engine.Acme;

/// <summary>The time limit of an order, by a clock that no adjustment affects.</summary>
/// <param name="time">The clock.</param>
/// <param name="limit">The time limit, from now on.</param>
public sealed class PollDeadline(TimeProvider time, TimeSpan limit)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The remaining time; zero or negative after the end.</summary>
    public TimeSpan Left => limit - time.GetElapsedTime(_start);
}

/// <summary>The CA asks to poll a resource again only after the time limit, and has not finished at the last poll before it.</summary>
/// <param name="status">The status of the resource at the last poll.</param>
/// <param name="retryAt">The time of the next poll that the CA asked for; null if it named none.</param>
public sealed class PollLimitException(string status, DateTimeOffset? retryAt)
    : OperationCanceledException($"The status was still '{status}' at the last poll before the time limit.")
{
    /// <summary>The status of the resource at the last poll.</summary>
    public string Status { get; } = status;

    /// <summary>The time of the next poll that the CA asked for; null if it named none.</summary>
    public DateTimeOffset? RetryAt { get; } = retryAt;
}
