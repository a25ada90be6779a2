namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>A server does not begin TLS.</summary>
/// <param name="message">The reason, as a sentence without its subject, the server.</param>
internal sealed class StartTlsException(string message) : Exception(message);
