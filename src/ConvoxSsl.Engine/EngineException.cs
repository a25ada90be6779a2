namespace ConvoxSsl.Engine;

/// <summary>The kinds of <see cref="EngineException"/>, so that callers can classify one without parsing its message.</summary>
public enum EngineErrorKind
{
    /// <summary>The named object does not exist.</summary>
    NotFound,

    /// <summary>Another process uses a needed resource.</summary>
    Busy,

    /// <summary>The operating system or the cluster denies access.</summary>
    Denied,

    /// <summary>The data is corrupt, or of an unsupported version.</summary>
    InvalidData,

    /// <summary>The current state does not allow the operation.</summary>
    InvalidState,

    /// <summary>The operation reached its time limit.</summary>
    TimedOut,

    /// <summary>The owner of a domain must act before the operation can continue.</summary>
    Waiting,

    /// <summary>A CA's rate limit is reached.</summary>
    Limited,

    /// <summary>A server is unreachable.</summary>
    Unreachable,
}

/// <summary>An operation failed although its input was valid.</summary>
/// <param name="code">The stable code of the failure, one of <see cref="ErrorCode"/>. It is also the key of the default remedy.</param>
/// <param name="kind">The kind of failure.</param>
/// <param name="message">The message for the user: what failed and why, without the remedy.</param>
/// <param name="value">The object of the failure, unless it is a secret. It is also the argument of the default remedy.</param>
/// <param name="innerException">The cause, or null.</param>
public sealed class EngineException(
    string code, EngineErrorKind kind, string message, object? value = null, Exception? innerException = null)
    : UserErrorException(message, new Remedy(code, value), innerException)
{
    /// <summary>The stable code of the failure, one of <see cref="ErrorCode"/>.</summary>
    public string Code { get; } = code;

    /// <summary>The kind of failure.</summary>
    public EngineErrorKind Kind { get; } = kind;

    /// <summary>The object of the failure, or null.</summary>
    public object? Value { get; } = value;

    /// <summary>The time from which the operation can succeed, if known.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}
