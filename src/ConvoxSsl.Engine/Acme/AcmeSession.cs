using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>
/// Sends the requests of one account, signed with the account's key. Each resource's operations are in the resource's file.
/// </summary>
public sealed partial class AcmeSession
{
    private static readonly TimeSpan MaxNearRoundTrip = TimeSpan.FromMilliseconds(20);

    private readonly AcmeClient _client;
    private readonly PrivateKey _key;

    internal AcmeSession(AcmeClient client, PrivateKey key, AcmeAccount account)
    {
        _client = client;
        _key = key;
        Account = account;
    }

    /// <summary>The account in its last known state; only its URL is certain if the CA was not queried.</summary>
    public AcmeAccount Account { get; }

    /// <summary>The CA's directory.</summary>
    public AcmeDirectory Directory => _client.Directory;

    /// <summary>
    /// The number of an order's resources to read concurrently; 1 if the CA is near. Each concurrent request needs a nonce
    /// of its own, and fetching one from a near CA takes longer than waiting for the previous response.
    /// </summary>
    public int ReadConcurrency => _client.Transport.RoundTrip > MaxNearRoundTrip ? _client.Options.MaxConcurrentRequests : 1;

    private Task<AcmeResponse> PostAsync(Uri url, byte[] payload, RequestPriority priority, CancellationToken ct) =>
        _client.Transport.SendAsync(CreateRequest(url, payload, priority), ct);

    // RFC 8555 section 6.3: an empty payload makes a POST-as-GET request.
    private AcmeRequest CreateRequest(Uri url, byte[] payload, RequestPriority priority) =>
        new(url, priority) { Key = _key, Account = Account.Url, Payload = payload };

    private static byte[] Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);
}
