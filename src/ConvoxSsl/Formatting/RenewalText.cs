using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Renewal;

namespace ConvoxSsl.Formatting;

/// <summary>Explains why a certificate was not renewed.</summary>
internal static class RenewalText
{
    /// <summary>Returns the result and its reason for a decision other than <see cref="RenewalDecision.Renew"/>.</summary>
    public static (ConvoxRenewalResult Result, string Reason) Describe(
        this RenewalDecision decision, CertificateState state, DateTimeOffset now) =>
        decision switch
        {
            RenewalDecision.Imported => (ConvoxRenewalResult.NotDue, "It was imported, so its issuer renews it."),
            RenewalDecision.NotDue => (ConvoxRenewalResult.NotDue, DescribeNotDue(state)),
            RenewalDecision.InProgress => (ConvoxRenewalResult.Waiting, DescribeInProgress(state, now)),
            RenewalDecision.BackingOff => (ConvoxRenewalResult.Waiting, DescribeFailure(state, now)),
            _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, null),
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
        return $"It failed at {failure.At:u}: {failure.Cause} {StatusReason.DescribeNextAttempt(failure, now)}";
    }
}
