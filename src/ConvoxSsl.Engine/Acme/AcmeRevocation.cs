using System.Text.Json;
using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The reasons for a revocation that ACME clients may send (RFC 5280 section 5.3.1).</summary>
public enum RevocationReason
{
    /// <summary>No reason is given.</summary>
    Unspecified = 0,

    /// <summary>The private key may have been compromised.</summary>
    KeyCompromise = 1,

    /// <summary>The names or the organization changed.</summary>
    AffiliationChanged = 3,

    /// <summary>A newer certificate replaces this one.</summary>
    Superseded = 4,

    /// <summary>The service no longer exists.</summary>
    CessationOfOperation = 5,
}

internal sealed record RevocationRequest(
    [property: JsonPropertyName("certificate")] string Certificate,
    [property: JsonPropertyName("reason")] int Reason);

public sealed partial class AcmeClient
{
    /// <summary>Revokes a certificate with its own key, without an account (RFC 8555 section 7.6).</summary>
    /// <exception cref="AcmeException">The CA refused. A certificate that is already revoked is not an error.</exception>
    public Task RevokeAsync(PrivateKey certificateKey, ReadOnlyMemory<byte> certificate, RevocationReason reason, CancellationToken ct) =>
        RevokeAsync(certificateKey, null, certificate, reason, ct);

    internal async Task RevokeAsync(
        PrivateKey key, Uri? account, ReadOnlyMemory<byte> certificate, RevocationReason reason, CancellationToken ct)
    {
        var url = Directory.RevokeCertificate ?? throw NotOffered("revocation");
        var revocation = new RevocationRequest(Base64Url.Encode(certificate.Span), (int)reason);
        var payload = JsonSerializer.SerializeToUtf8Bytes(revocation, AcmeJson.Default.RevocationRequest);
        var request = new AcmeRequest(url, RequestPriority.Finish) { Key = key, Account = account, Payload = payload };
        try
        {
            await Transport.SendAsync(request, ct).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem.ShortType == AcmeProblemType.AlreadyRevoked)
        {
        }
    }
}

public sealed partial class AcmeSession
{
    /// <summary>Revokes a certificate of this account, or one for whose names it holds authorizations (RFC 8555 section 7.6).</summary>
    /// <exception cref="AcmeException">The CA refused. A certificate that is already revoked is not an error.</exception>
    public Task RevokeAsync(ReadOnlyMemory<byte> certificate, RevocationReason reason, CancellationToken ct) =>
        _client.RevokeAsync(_key, Account.Url, certificate, reason, ct);
}
