using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Errors;
using ConvoxSsl.Formatting;

namespace ConvoxSsl.Mapping;

/// <summary>Converts outcomes of renewals to the objects that cmdlets output.</summary>
internal static class RenewalMapper
{
    /// <summary>Converts an outcome.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="rack">The name of the rack.</param>
    /// <param name="now">The current time.</param>
    public static ConvoxRenewal ToModel(this RenewalOutcome outcome, string rack, DateTimeOffset now) => new()
    {
        Id = outcome.State.Record.Id,
        Domain = DisplayText.OneLine(outcome.State.Record.Domains[0]),
        Domains = [.. outcome.State.Record.Domains.Select(name => DisplayText.OneLine(name))],
        Result = outcome.Result.ToModel(),
        Reason = DisplayText.Sanitize(
            outcome.Error is { } error ? ErrorRecords.DescribeFailure(error) : RenewalText.Describe(outcome, now)),
        Expires = outcome.State.Entry?.Live.Expires,
        RenewAfter = outcome.State.Entry?.Live.RenewAfter,
        WaitsUntil = outcome.NextAttempt,
        Certificate = outcome.State.ToModel(rack, now),
        Rack = rack,
    };

    private static ConvoxRenewalResult ToModel(this RenewalResult result) => result switch
    {
        RenewalResult.Renewed => ConvoxRenewalResult.Renewed,
        RenewalResult.Imported or RenewalResult.NotDue or RenewalResult.NoLongerDue or RenewalResult.AlreadyIssued =>
            ConvoxRenewalResult.NotDue,
        RenewalResult.InProgress or RenewalResult.BackingOff or RenewalResult.Delayed => ConvoxRenewalResult.Waiting,
        RenewalResult.Failed => ConvoxRenewalResult.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, null),
    };
}
