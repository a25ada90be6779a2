using System.Buffers.Text;
using System.Formats.Asn1;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>Validates challenges (RFC 8555 section 8, RFC 8737, RFC 8738). All names resolve to 127.0.0.1.</summary>
internal sealed class ChallengeValidator(int httpPort, int tlsPort, Func<string, CancellationToken, Task<IReadOnlyList<string>>>? txt)
    : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
    })
    {
        Timeout = TestTime.Hang,
    };

    /// <returns>The problem; null if the challenge is valid.</returns>
    public async Task<CaProblem?> ValidateAsync(CaIdentifier identifier, CaChallenge challenge, string thumbprint, CancellationToken ct)
    {
        var keyAuthorization = $"{challenge.Token}.{thumbprint}";
        try
        {
            return challenge.Type switch
            {
                "http-01" => await HttpAsync(identifier, challenge.Token, keyAuthorization, ct),
                "dns-01" => await DnsAsync(identifier, keyAuthorization, ct),
                _ => await TlsAsync(identifier, keyAuthorization, ct),
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            return Failed("connection", e.Message);
        }
        catch (AuthenticationException e)
        {
            return Failed("tls", e.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<CaProblem?> HttpAsync(CaIdentifier identifier, string token, string expected, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri($"http://127.0.0.1:{httpPort}/.well-known/acme-challenge/{token}"));
        request.Headers.Host = identifier.Value;
        using var response = await _http.SendAsync(request, ct);
        var body = (await response.Content.ReadAsStringAsync(ct)).TrimEnd();
        return response.StatusCode == HttpStatusCode.OK && body == expected
            ? null
            : Failed(
                "unauthorized", $"The response was {(int)response.StatusCode} with another body than the key authorization");
    }

    private async Task<CaProblem?> DnsAsync(CaIdentifier identifier, string keyAuthorization, CancellationToken ct)
    {
        var name = "_acme-challenge." + identifier.Value;
        var values = txt is null ? [] : await txt(name, ct);
        return values.Contains(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(keyAuthorization))))
            ? null
            : Failed(
                values.Count == 0 ? "dns" : "unauthorized",
                $"None of {values.Count} TXT values at {name} is the expected one");
    }

    private async Task<CaProblem?> TlsAsync(CaIdentifier identifier, string keyAuthorization, CancellationToken ct)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, tlsPort, ct);
        await using var stream = new SslStream(socket.GetStream());
        X509Certificate2? presented = null;
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = identifier.Type == "ip" ? ReverseName(IPAddress.Parse(identifier.Value)) : identifier.Value,
                ApplicationProtocols = [new SslApplicationProtocol("acme-tls/1")],
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    presented = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
                    return true;
                },
            },
            ct);
        using (presented)
        {
            return presented is not null && IsProof(presented, identifier, SHA256.HashData(Encoding.ASCII.GetBytes(keyAuthorization)))
                ? null
                : Failed("unauthorized", "The certificate of the server is not the expected one");
        }
    }

    private static bool IsProof(X509Certificate2 certificate, CaIdentifier identifier, byte[] digest)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        var proof = certificate.Extensions.FirstOrDefault(e => e.Oid?.Value == "1.3.6.1.5.5.7.1.31");
        return names is not null && proof is { Critical: true }
            && names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(a => a.ToString())).SequenceEqual([identifier.Value])
            && AsnDecoder.ReadOctetString(proof.RawData, AsnEncodingRules.DER, out _).AsSpan().SequenceEqual(digest);
    }

    // RFC 8738 section 6: the TLS server name for an IP address is its reverse name.
    private static string ReverseName(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? string.Join('.', address.GetAddressBytes().Reverse()) + ".in-addr.arpa"
        : string.Join('.', Convert.ToHexStringLower(address.GetAddressBytes()).Reverse()) + ".ip6.arpa";

    private static CaProblem Failed(string type, string detail) => new() { Status = 403, Type = type, Detail = detail };
}
