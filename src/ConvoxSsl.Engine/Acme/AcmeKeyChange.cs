using System.Text;
using System.Text.Json;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Acme;

public sealed partial class AcmeSession
{
    /// <summary>
    /// Changes the account's key (RFC 8555 section 7.3.5). The caller must have stored the new key: if the response is lost,
    /// <see cref="AcmeClient.FindAccountAsync"/> tells which key is current.
    /// </summary>
    /// <returns>A session with the new key.</returns>
    /// <exception cref="AcmeException">The CA refused, or does not offer key changes.</exception>
    public async Task<AcmeSession> ChangeKeyAsync(PrivateKey newKey, CancellationToken ct)
    {
        var url = _client.Directory.KeyChange ?? throw _client.NotOffered("change of account keys");

        // The inner JWS is signed by the new key, the outer one by the old key.
        var account = JsonSerializer.Serialize(Account.Url.OriginalString, AcmeJson.Default.String);
        var inner = $$"""{"account":{{account}},"oldKey":{{Jwk.Format(_key)}}}""";
        await PostAsync(url, Jws.SignKeyChange(newKey, url, Encoding.UTF8.GetBytes(inner)), RequestPriority.Begin, ct).ConfigureAwait(
            false);
        return new AcmeSession(_client, newKey, Account);
    }
}
