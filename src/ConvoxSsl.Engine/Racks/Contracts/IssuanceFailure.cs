using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The failure of the last attempt to issue a certificate, and the time of the next attempt.</summary>
public sealed record IssuanceFailure
{
    /// <summary>The stable error code, such as <c>AcmeProblem.unauthorized</c>.</summary>
    public required string Code { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The user-facing cause.</summary>
    public required string Cause { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The time of the failure.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The number of failures since the last success, this one included.</summary>
    public required int Count { get; init; }

    /// <summary>The earliest time of the next attempt; null if the user has to act first.</summary>
    public DateTimeOffset? NextTry { get; init; }

    /// <summary>True if the CA set <see cref="NextTry"/>; it then applies even if the settings change.</summary>
    public bool IsAskedByCa { get; init; }

    /// <summary>The URL at which the user can act, if the CA returned one.</summary>
    public string? HelpUrl { get; init; }

    /// <summary>True if a time limit was reached.</summary>
    [JsonIgnore]
    public bool IsTimeout => Code is ErrorCode.OrderTimedOut or ErrorCode.DnsNotPropagated;

    /// <summary>True if the next attempt has to wait. A failure in the future was recorded with a wrong clock and is ignored.</summary>
    public bool Holds(DateTimeOffset now) => At <= now && (NextTry is not { } next || next > now);
}
