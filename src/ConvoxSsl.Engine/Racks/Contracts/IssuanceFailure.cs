namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>Why the last try to issue a certificate failed, and when the next one may be made.</summary>
public sealed record IssuanceFailure
{
    /// <summary>The stable name of what went wrong, such as <c>AcmeProblem.unauthorized</c>.</summary>
    public required string Code { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>What went wrong, in words for the user.</summary>
    public required string Cause { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>When it failed.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How often it has failed since the last success, this time included.</summary>
    public required int Count { get; init; }

    /// <summary>Before when nothing is tried; null where time alone does not help, because somebody must act first.</summary>
    public DateTimeOffset? NextTry { get; init; }

    /// <summary>Whether <see cref="NextTry"/> is the CA's word, which holds whatever else is changed.</summary>
    public bool IsAskedByCa { get; init; }

    /// <summary>Where the user can act, if the CA said so.</summary>
    public string? HelpUrl { get; init; }

    /// <summary>Whether the next try has to wait. What failed in the future was noted under a wrong clock.</summary>
    public bool Holds(DateTimeOffset now) => At <= now && (NextTry is not { } next || next > now);
}
