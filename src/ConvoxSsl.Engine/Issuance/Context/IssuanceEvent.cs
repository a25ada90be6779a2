namespace ConvoxSsl.Engine.Issuance.Context;

/// <summary>The importance of an event to a user.</summary>
public enum IssuanceEventKind
{
    /// <summary>A step of the issuance has begun.</summary>
    Step,

    /// <summary>A detail for the log.</summary>
    Detail,

    /// <summary>A problem that the user should know about.</summary>
    Warning,

    /// <summary>An HTTP request and its response, for debugging, without secrets.</summary>
    Exchange,
}

/// <summary>Reports the progress of an issuance.</summary>
/// <param name="Kind">The importance.</param>
/// <param name="Text">The message.</param>
/// <param name="Percent">The progress, 0 to 100; negative if unknown.</param>
/// <param name="Left">The remaining time of the step, if a Retry-After header or a time limit gives it.</param>
/// <param name="Certificate">The first name of the certificate; null if the event concerns none, or several.</param>
/// <param name="Remedy">The advice to the user, if any.</param>
/// <param name="Job">Identifies the job of a batch that the event belongs to. Two jobs may be for the same names.</param>
public sealed record IssuanceEvent(
    IssuanceEventKind Kind,
    string Text,
    int Percent = -1,
    TimeSpan? Left = null,
    string? Certificate = null,
    Remedy? Remedy = null,
    object? Job = null)
{
    /// <summary>The message, prepared for display: it may quote a server.</summary>
    public string Text { get; init => field = DisplayText.Sanitize(value); } = DisplayText.Sanitize(Text);

    /// <summary>The first name of the certificate, prepared for display; null if the event concerns none, or several.</summary>
    public string? Certificate { get; init => field = DisplayText.Sanitize(value); } = DisplayText.Sanitize(Certificate);
}
