namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>A server does not begin TLS.</summary>
/// <param name="message">The reason, as a sentence without its subject, the server.</param>
internal sealed class StartTlsException(string message) : Exception(message)
{
    /// <summary>Creates the exception for an unexpected response.</summary>
    /// <param name="command">The command; null for the greeting.</param>
    /// <param name="response">The response, quoted.</param>
    /// <param name="expected">The expected response.</param>
    public static StartTlsException Unexpected(string? command, string response, string expected) =>
        new($"{(command is null ? "greeted" : $"responded to {command}")} with {response} instead of {expected}.");
}
