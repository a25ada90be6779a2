namespace ConvoxSsl.Engine.Acme;

/// <summary>The stable names of failures, in error IDs, remembered failures and messages to the webhook.</summary>
public static class FailureCode
{
    /// <summary>Gets the name of a failure: its code, or <c>AcmeProblem</c> with the type of the CA's problem document.</summary>
    /// <param name="failure">The failure.</param>
    public static string Get(Exception failure) => failure switch
    {
        AcmeException e => DisplayText.OneLine($"AcmeProblem.{e.Problem.ShortType}"),
        EngineException e => e.Code,
        InvalidInputException e => e.Code,
        UnauthorizedAccessException => ErrorCode.AccessDenied,
        IOException => ErrorCode.InputOutput,
        _ => ErrorCode.Unexpected,
    };
}
