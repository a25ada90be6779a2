namespace ConvoxSsl.Engine.Issuance;

/// <summary>How important an event is to a person who watches.</summary>
public enum IssuanceEventKind
{
    /// <summary>A step of the way began.</summary>
    Step,

    /// <summary>Something worth a line in a log.</summary>
    Detail,

    /// <summary>Something that the user should know.</summary>
    Warning,

    /// <summary>An HTTP exchange, for debugging, without secrets.</summary>
    Exchange,
}

/// <summary>Something that happened on the way to a certificate.</summary>
/// <param name="Kind">How important it is.</param>
/// <param name="Text">What happened, in words.</param>
/// <param name="Percent">How far the way has been gone, 0 to 100; negative where the event does not tell.</param>
/// <param name="Left">How long the step still takes, where a Retry-After or a time limit tells.</param>
/// <param name="Certificate">The first name of the certificate that it is about; null where it is about none, or several.</param>
public sealed record IssuanceEvent(IssuanceEventKind Kind, string Text, int Percent = -1, TimeSpan? Left = null, string? Certificate = null);
