using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>The error of a try that would come too soon after a failure.</summary>
internal static class RetryLater
{
    public const string Code = "RetryLater";

    public static EngineException For(CertificateRecord certificate, IssuanceFailure failure)
    {
        var when = failure switch
        {
            { IsAskedByCa: true, NextTry: not null } => "Before that nothing is asked.",
            { NextTry: { } next } => $"The next try is at {next:u}.",
            { HelpUrl: { } url } => $"The CA has paused it until you visit {url}.",
            _ => "Somebody has to act first.",
        };
        var times = failure.Count == 1 ? string.Empty : $", {failure.Count} times in a row, the last one";
        return new EngineException(
            Code, EngineErrorKind.Waiting, $"'{certificate.Domains[0]}' failed{times} at {failure.At:u}: {failure.Cause} {when} -Force tries now.", certificate.Id)
        {
            RetryAt = failure.NextTry,
        };
    }
}
