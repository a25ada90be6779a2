using System.Formats.Asn1;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>
/// Solves tls-alpn-01 with a TLS server of its own (RFC 8737). It presents the validation certificate to clients that offer
/// <c>acme-tls/1</c> for a published name, rejects all others, and runs only while there is such a name.
/// </summary>
public sealed class TlsAlpn01Listener : IChallengeSolver, IAsyncDisposable
{
    private const string AcmeIdentifierOid = "1.3.6.1.5.5.7.1.31";
    private static readonly SslApplicationProtocol Protocol = new("acme-tls/1");

    private readonly ListenerSolver _solver;

    /// <param name="endpoint">The endpoint to listen on; CAs connect to port 443.</param>
    public TlsAlpn01Listener(ListenerEndpoint endpoint) => _solver =
        new ListenerSolver(endpoint, c => ToKey(ToServerName(c.Name)), ServeAsync);

    /// <inheritdoc/>
    public string Type => ChallengeTypes.TlsAlpn01;

    /// <inheritdoc/>
    public bool OutlivesProcess => false;

    /// <inheritdoc/>
    public string? WaitsFor => _solver.WaitsFor;

    /// <inheritdoc/>
    public Task PresentAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) => _solver.PresentAsync(challenges, ct);

    /// <inheritdoc/>
    public Task WaitUntilVisibleAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<bool> WaitUntilVisitedAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) =>
        _solver.WaitUntilVisitedAsync(challenges, ct);

    /// <inheritdoc/>
    public Task CleanUpAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) => _solver.CleanUpAsync(challenges, ct);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _solver.DisposeAsync();

    /// <summary>Gets the server name that the client sends: for an IP address, its reverse name (RFC 8738 section 6).</summary>
    internal static string ToServerName(string name)
    {
        if (!IPAddress.TryParse(name, out var address))
        {
            return name;
        }

        var bytes = address.GetAddressBytes();
        return bytes.Length == 4
            ? string.Join('.', Enumerable.Reverse(bytes)) + ".in-addr.arpa"
            : string.Join('.', Enumerable.Reverse(Convert.ToHexString(bytes).ToLowerInvariant())) + ".ip6.arpa";
    }

    // .NET converts the A-labels that the client sends to Unicode, so the names of challenges are compared in that form.
    private static string ToKey(string serverName)
    {
        try
        {
            return new IdnMapping { AllowUnassigned = true }.GetUnicode(serverName).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return serverName.ToLowerInvariant();
        }
    }

    /// <summary>Creates the validation certificate (RFC 8737 section 3).</summary>
    internal static X509Certificate2 CreateCertificate(KeyAuthorization challenge)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ACME validation", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(challenge.Name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(challenge.Name);
        }

        request.CertificateExtensions.Add(names.Build());
        var digest = new AsnWriter(AsnEncodingRules.DER);
        digest.WriteOctetString(SHA256.HashData(Encoding.ASCII.GetBytes(challenge.Value)));
        request.CertificateExtensions.Add(new X509Extension(AcmeIdentifierOid, digest.Encode(), critical: true));
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(7));

        // The TLS stack of Windows cannot use a key that exists only in memory.
        return OperatingSystem.IsWindows()
            ? new X509Certificate2(certificate.Export(X509ContentType.Pfx), (string?)null)
            : new X509Certificate2(certificate);
    }

    private static async Task ServeAsync(LiveChallenges live, Stream stream, CancellationToken ct)
    {
        string? visited = null;
        await using var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsServerAsync(
            (_, hello, _, _) =>
            {
                visited = ToKey(hello.ServerName);
                var challenge = live.Find(visited)
                    ?? throw new System.Security.Authentication.AuthenticationException("There is no challenge for that name.");
                return ValueTask.FromResult(new SslServerAuthenticationOptions
                {
                    ServerCertificate = CreateCertificate(challenge),
                    ApplicationProtocols = [Protocol],
                    ClientCertificateRequired = false,
                });
            },
            null,
            ct).ConfigureAwait(false);
        if (tls.NegotiatedApplicationProtocol == Protocol && visited is not null)
        {
            live.ReportVisit(visited);
        }

        await tls.ShutdownAsync().ConfigureAwait(false);
    }
}
