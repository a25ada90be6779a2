namespace ConvoxSsl.Engine;

/// <summary>What kind of failure an <see cref="EngineException"/> is, so that callers can sort it without reading text.</summary>
public enum EngineErrorKind
{
    /// <summary>What was named does not exist.</summary>
    NotFound,

    /// <summary>Another process or program holds what is needed.</summary>
    Busy,

    /// <summary>The operating system or the cluster refuses access.</summary>
    Denied,

    /// <summary>What was read is damaged, or of a version that is not understood.</summary>
    InvalidData,

    /// <summary>The state of things does not allow the operation.</summary>
    InvalidState,

    /// <summary>It took longer than it may.</summary>
    TimedOut,

    /// <summary>The owner of a domain must act before it can go on.</summary>
    Waiting,

    /// <summary>A CA's limit is reached, for a time.</summary>
    Limited,

    /// <summary>A server could not be reached.</summary>
    Unreachable,
}

/// <summary>An operation could not be done, through no fault of its input. The message holds the remedy.</summary>
/// <param name="code">The stable name of what went wrong, such as <c>CertificateNotFound</c>.</param>
/// <param name="kind">What kind of failure this is.</param>
/// <param name="message">The text for the user.</param>
/// <param name="value">What it is about, unless it is a secret.</param>
/// <param name="innerException">What was caught, if anything.</param>
public sealed class EngineException(
    string code, EngineErrorKind kind, string message, object? value = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The stable name of what went wrong, such as <c>CertificateNotFound</c>.</summary>
    public string Code { get; } = code;

    /// <summary>What kind of failure this is.</summary>
    public EngineErrorKind Kind { get; } = kind;

    /// <summary>What it is about, or null.</summary>
    public object? Value { get; } = value;

    /// <summary>What the user can do about it: by default the remedy for the code, with the value as its argument.</summary>
    public Remedy? Remedy { get; init; } = RemedySentence.In(message) is { } sentence ? Remedy.FromText(sentence) : new Remedy(code, value);

    /// <summary>When it becomes possible, where that is known.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}
