using System.Net.Security;
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

    /// <summary>True if the server's certificate is for another host; its root does not matter then.</summary>
    public bool HasOtherName =>
        Untrusted?.Message.Contains(nameof(SslPolicyErrors.RemoteCertificateNameMismatch), StringComparison.Ordinal) is true;

    /// <summary>The reason as the end of a sentence, without the address that .NET adds.</summary>
    public string Reason => NetworkFault.Describe(Cause);
}
