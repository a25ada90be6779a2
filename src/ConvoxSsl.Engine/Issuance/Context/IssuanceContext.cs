using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Context;

/// <summary>The rack, the clock, the event sink and the options that all parts of an engine share.</summary>
/// <param name="rack">The rack.</param>
/// <param name="time">The clock.</param>
/// <param name="events">Receives the events, from any thread.</param>
/// <param name="options">The options; null for the defaults.</param>
internal sealed class IssuanceContext(IRack rack, TimeProvider time, IProgress<IssuanceEvent> events, EngineOptions? options = null)
{
    /// <summary>The time limit for cleaning up after an order, which continues after Ctrl+C and so needs one of its own.</summary>
    public static readonly TimeSpan MaxCleanup = TimeSpan.FromSeconds(30);

    /// <summary>The rack.</summary>
    public IRack Rack { get; } = rack;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Receives the events, from any thread.</summary>
    public CertificateEvents Events { get; } = new(events);

    /// <summary>The options.</summary>
    public EngineOptions Options { get; } = options ?? new EngineOptions();

    /// <summary>The current time.</summary>
    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Reports that a step has begun, with its progress and its remaining time if they are known.</summary>
    public void ReportStep(string text, int percent = -1, TimeSpan? left = null) =>
        Events.Report(new IssuanceEvent(IssuanceEventKind.Step, text, percent, left));

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
    public string DescribeFailure(Exception failure) => DisplayText.Sanitize(
        Remedy.FromException(failure) is { } remedy && Options.DescribeRemedy(remedy) is { } advice
            ? $"{failure.Message} {advice}"
            : failure.Message);

    /// <summary>True if cleanup failed in a way that a later run can make up for.</summary>
    public static bool IsCleanupFailure(Exception e) =>
        e is IOException or UnauthorizedAccessException or EngineException or OperationCanceledException;
}
