namespace ConvoxSsl.Engine.Issuance;

/// <summary>What every request must be like, whoever issues.</summary>
internal static class RequestRules
{
    /// <exception cref="InvalidInputException"><c>InvalidKeepVersions</c>; <c>InvalidDuration</c>; <c>IssuerNeeded</c>; <c>InvalidTimeout</c>.</exception>
    public static void Check(IssueRequest request)
    {
        if (request.KeepVersions < 1)
        {
            throw new InvalidInputException(ErrorCode.InvalidKeepVersions, $"{request.KeepVersions} versions can't be kept. Give at least 1.", request.KeepVersions);
        }

        if (request.Settings.Duration is { } duration && duration <= TimeSpan.Zero)
        {
            throw new InvalidInputException(ErrorCode.InvalidDuration, $"A certificate can't be valid for {duration}. Give a positive time span, such as 90.00:00:00.", duration);
        }

        if (request.SigningRequest is not null && request.Issuer.IsSelfSigned)
        {
            throw new InvalidInputException(ErrorCode.IssuerNeeded, "A certificate signing request needs an issuer that signs it. Name one with -Issuer, such as letsencrypt.");
        }

        if (request.Timeout <= TimeSpan.Zero)
        {
            throw new InvalidInputException(ErrorCode.InvalidTimeout, $"The CA can't answer within {request.Timeout}. Give a positive time.", request.Timeout);
        }
    }
}
