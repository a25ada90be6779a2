using System.Security.Authentication;

namespace ConvoxSsl.Engine.Http;

/// <summary>A request got no complete response: the connection failed, or the time limit was reached.</summary>
/// <param name="cause">What failed; a <see cref="TimeoutException"/> at the time limit.</param>
internal sealed class NetworkFaultException(Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>The failure; a <see cref="TimeoutException"/> at the time limit.</summary>
    public Exception Cause => InnerException!;

    /// <summary>The failed TLS handshake; null if something else failed.</summary>
    public AuthenticationException? Untrusted => Cause is HttpRequestException ? Cause.InnerException as AuthenticationException : null;
}
