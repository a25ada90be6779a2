using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Renewal;

namespace ConvoxSsl.Formatting;

/// <summary>Explains the outcome of a renewal that did not end with an error.</summary>
internal static class RenewalText
{
    /// <summary>Returns the reason for an outcome.</summary>
    public static string Describe(RenewalOutcome outcome, DateTimeOffset now) => outcome.Result switch
    {
        RenewalResult.Renewed => $"Version {outcome.State.Entry!.LiveVersion} is live.",
        RenewalResult.Imported => "It was imported, so its issuer renews it.",
        RenewalResult.NotDue => DescribeNotDue(outcome.State),
        RenewalResult.NoLongerDue => "It is no longer due.",
        RenewalResult.AlreadyIssued => "It has already been issued.",
        RenewalResult.InProgress => DescribeInProgress(outcome.State, now),
        RenewalResult.BackingOff => DescribeFailure(outcome.State, now),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome.Result, null),
    };

    private static string DescribeNotDue(CertificateState state)
    {
        var live = state.Entry!.Live;
        var explanation = live.Advice?.ExplanationUrl is { } url ? $" The CA explains: {url}" : string.Empty;
        return $"Due {live.RenewAfter:u}.{explanation}";
    }

    private static string DescribeInProgress(CertificateState state, DateTimeOffset now) =>
        $"{state.Controlled!.Certificate.Settings?.Controller} is issuing it: {StatusReason.Describe(state.Controlled, now)}";

    private static string DescribeFailure(CertificateState state, DateTimeOffset now)
    {
        var failure = state.Failure!;
        return $"It failed at {failure.At:u}: {failure.Cause} {StatusReason.DescribeNextAttempt(state.Record.Id, failure, now)}";
    }
}
