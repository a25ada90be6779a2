namespace ConvoxSsl.Engine.Issuance.Requests;

/// <summary>Checks the rules that apply to every request, whoever issues.</summary>
internal static class RequestRules
{
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

        if (request.Settings.Duration is { } duration && duration <= TimeSpan.Zero)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidDuration, $"The duration {duration} is not valid because it is not positive.", duration)
            {
                Remedy = "Give a positive time span, such as 90.00:00:00.",
            };
        }

        if (request.SigningRequest is not null && request.Issuer.IsSelfSigned)
        {
            throw new InvalidInputException(ErrorCode.IssuerNeeded, "A certificate signing request needs an issuer that signs it.");
        }

        if (request.Timeout <= TimeSpan.Zero)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidTimeout, $"The timeout {request.Timeout} is not valid because it is not positive.", request.Timeout)
            {
                Remedy = "Give a positive time.",
            };
        }
    }
}
