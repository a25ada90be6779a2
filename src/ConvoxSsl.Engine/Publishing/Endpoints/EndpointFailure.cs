namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>The reason why a server does not present a certificate, or presents another one.</summary>
/// <param name="Code">
/// <c>EndpointUnreachable</c>; <c>StartTlsRefused</c>: TLS does not begin; <c>TlsFailed</c>: the handshake fails;
/// <c>OtherCertificateServed</c>; <c>ChainNotServed</c>: an intermediate certificate is missing.
/// </param>
/// <param name="Message">The reason, as one sentence. It can quote the server, without control characters.</param>
/// <param name="Remedy">The advice, or null.</param>
public sealed record EndpointFailure(string Code, string Message, Remedy? Remedy);
