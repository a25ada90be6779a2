namespace ConvoxSsl.Engine.Issuance.Requests;

/// <summary>Checks the rules that apply to every request, whoever issues.</summary>
public static class RequestRules
{
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(36_525);

    // Above all sensible values, and below the limit of .NET's timers.
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(40);

    /// <summary>Checks a request.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidKeepVersions</c>; <c>InvalidDuration</c>; <c>IssuerNeeded</c>; <c>InvalidTimeout</c>.
    /// </exception>
    public static void Check(IssueRequest request)
    {
        if (request.KeepVersions < 1)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidKeepVersions, $"Cannot keep {request.KeepVersions} versions.", request.KeepVersions)
            {
                Remedy = "Give at least 1.",
            };
        }

        if (request.Settings.Duration is { } duration && (duration <= TimeSpan.Zero || duration > MaxDuration))
        {
            var reason = duration > MaxDuration ? "it is longer than 100 years" : "it is not positive";
            throw new InvalidInputException(
                ErrorCode.InvalidDuration, $"The duration '{DurationText.Format(duration)}' is not valid because {reason}.", duration)
            {
                Remedy = "Give a positive time span, such as 90d.",
            };
        }

        if (request.SigningRequest is not null && request.Issuer.IsSelfSigned)
        {
            throw new InvalidInputException(ErrorCode.IssuerNeeded, "A certificate signing request needs an issuer that signs it.");
        }

        RequireTimeout(request.Timeout);
        if (request.Settings.PropagationTimeout is { } propagation)
        {
            RequireTimeout(propagation);
        }
    }

    /// <summary>Checks a time limit.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidTimeout</c>.</exception>
    public static void RequireTimeout(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero || timeout > MaxTimeout)
        {
            var reason = timeout > MaxTimeout ? $"it is longer than {MaxTimeout.Days} days" : "it is not positive";
            throw new InvalidInputException(
                ErrorCode.InvalidTimeout, $"The timeout '{DurationText.Format(timeout)}' is not valid because {reason}.", timeout)
            {
                Remedy = "Give a positive time, such as 15m.",
            };
        }
    }
}
