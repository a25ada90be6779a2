using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Kubernetes.Tests.Connection;

/// <summary>A TLS server that asks for a client certificate, records what it receives, and rejects the connection.</summary>
internal sealed class ClientCertificateServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate = CreateCertificate();
    private readonly Task _serving;
    private volatile IReadOnlyList<string> _received = [];

    public ClientCertificateServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>The subjects of the last client's certificates.</summary>
    public IReadOnlyList<string> Received => _received;

    public void Clear() => _received = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _certificate.Dispose();
        _stop.Dispose();
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using var stream = new SslStream(client.GetStream());
                try
                {
                    await stream.AuthenticateAsServerAsync(Options(), _stop.Token);
                }
                catch (Exception e) when (e is IOException or AuthenticationException)
                {
                    // Rejecting the certificate ends the handshake.
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private SslServerAuthenticationOptions Options() => new()
    {
        ServerCertificate = _certificate,
        ClientCertificateRequired = true,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            var sent = chain?.ChainPolicy.ExtraStore.Select(item => item.Subject) ?? [];
            _received = [.. new[] { certificate?.Subject ?? string.Empty }.Concat(sent).Distinct()];
            return false;
        },
    };
}
