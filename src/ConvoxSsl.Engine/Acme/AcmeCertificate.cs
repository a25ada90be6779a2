namespace ConvoxSsl.Engine.Acme;

/// <summary>A downloaded certificate.</summary>
/// <param name="Pem">The leaf and its chain.</param>
/// <param name="Alternates">The URLs of the same certificate with other chains.</param>
/// <param name="Sent">The time of the response by the CA's clock; null if the response had no date.</param>
public sealed record AcmeCertificate(string Pem, IReadOnlyList<Uri> Alternates, DateTimeOffset? Sent);

public sealed partial class AcmeSession
{
    private const string PemChain = "application/pem-certificate-chain";

    /// <summary>Downloads a certificate (RFC 8555 section 7.4.2).</summary>
    public async Task<AcmeCertificate> DownloadAsync(Uri url, CancellationToken ct)
    {
        var request = CreateRequest(url, [], RequestPriority.Finish) with { Accept = PemChain };
        var response = await _client.Transport.SendAsync(request, ct).ConfigureAwait(false);
        return new AcmeCertificate(response.Text, response.Alternates, response.Sent);
    }
}
