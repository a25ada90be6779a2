using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>The rack, the clock and the event sink that all parts of an issuance share.</summary>
/// <param name="Rack">The rack.</param>
/// <param name="Time">The clock.</param>
/// <param name="Events">Receives the events, from any thread.</param>
/// <param name="DescribeRemedy">Returns the text of a remedy.</param>
internal sealed record IssuanceContext(IRack Rack, TimeProvider Time, CertificateEvents Events, Func<Remedy, string?> DescribeRemedy)
{
    /// <summary>The time limit for cleaning up after an order, which continues after Ctrl+C and so needs one of its own.</summary>
    public static readonly TimeSpan MaxCleanup = TimeSpan.FromSeconds(30);

    /// <summary>The current time.</summary>
    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Reports that a step has begun.</summary>
    public void ReportStep(string text, int percent = -1) => Events.Report(new IssuanceEvent(IssuanceEventKind.Step, text, percent));

    /// <summary>Reports a detail for the log.</summary>
    public void ReportDetail(string text, Remedy? remedy = null) =>
        Events.Report(new IssuanceEvent(IssuanceEventKind.Detail, text, Remedy: remedy));

    /// <summary>Reports a problem that the user should know about.</summary>
    public void ReportWarning(string text, Remedy? remedy = null) =>
        Events.Report(new IssuanceEvent(IssuanceEventKind.Warning, text, Remedy: remedy));

    /// <summary>
    /// Returns the message of an exception with its remedy, for texts that outlive this run: remembered failures and messages to the
    /// webhook.
    /// </summary>
    public string DescribeFailure(Exception failure) =>
        Remedy.FromException(failure) is { } remedy && DescribeRemedy(remedy) is { } advice
            ? $"{failure.Message} {advice}"
            : failure.Message;

    /// <summary>True if cleanup failed in a way that a later run can make up for.</summary>
    public static bool IsCleanupFailure(Exception e) =>
        e is IOException or UnauthorizedAccessException or EngineException or OperationCanceledException;
}
