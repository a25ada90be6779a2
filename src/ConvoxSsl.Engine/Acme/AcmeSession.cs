using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>An account at work: everything that its key signs (RFC 8555 sections 7.3.2 to 7.6).</summary>
public sealed class AcmeSession
{
    private const int MostFinalizations = 5;
    private const int MostPages = 50;

    private static readonly TimeSpan Near = TimeSpan.FromMilliseconds(20);

    private readonly AcmeClient _client;
    private readonly PrivateKey _key;

    internal AcmeSession(AcmeClient client, PrivateKey key, AcmeAccount account)
    {
        _client = client;
        _key = key;
        Account = account;
    }

    /// <summary>The account as the CA last described it; only its URL is sure where it was not asked.</summary>
    public AcmeAccount Account { get; }

    /// <summary>The CA's directory.</summary>
    public AcmeDirectory Directory => _client.Directory;

    /// <summary>
    /// How many resources of one order are asked for at once. One after the other where the CA is near: each more at a
    /// time costs a nonce that has to be fetched, and saves less than that.
    /// </summary>
    public int Overlap => _client.Transport.RoundTrip > Near ? _client.Options.MaxConcurrentRequests : 1;

    /// <summary>What has to be published for a challenge of an authorization.</summary>
    /// <exception cref="AcmeException">The token is not base64url, and would end up in file names and headers.</exception>
    public KeyAuthorization CreateKeyAuthorization(AcmeAuthorization authorization, AcmeChallenge challenge) =>
        challenge.Token is { Length: > 0 } token && token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? new KeyAuthorization(challenge.Type, authorization.Identifier.Value, token, $"{token}.{Jwk.Thumbprint(_key)}")
            : throw new AcmeException(AcmeProblem.Create("malformedAnswer", "the token of its challenge is not base64url (RFC 8555 section 8.1)"), challenge.Url);

    /// <summary>The account as the CA has it.</summary>
    public Task<AcmeAccount> GetAccountAsync(CancellationToken ct) => PostAccountAsync([], ct);

    /// <summary>Replaces the contacts (RFC 8555 section 7.3.2).</summary>
    public Task<AcmeAccount> UpdateAsync(IReadOnlyList<string> contact, CancellationToken ct) =>
        PostAccountAsync(Json(new AccountPayload { Contact = contact }, AcmeJson.Default.AccountPayload), ct);

    /// <summary>Agrees to the terms of service that are in force now (RFC 8555 section 7.3.3).</summary>
    public Task<AcmeAccount> AgreeToTermsAsync(CancellationToken ct) =>
        PostAccountAsync(Json(new AccountPayload { TermsOfServiceAgreed = true }, AcmeJson.Default.AccountPayload), ct);

    /// <summary>Ends the account for good (RFC 8555 section 7.3.6).</summary>
    public Task<AcmeAccount> DeactivateAsync(CancellationToken ct) =>
        PostAccountAsync(Json(new AccountPayload { Status = "deactivated" }, AcmeJson.Default.AccountPayload), ct);

    /// <summary>
    /// Changes the account's key (RFC 8555 section 7.3.5). The caller has stored the new key before, so that a lost
    /// answer loses nothing: <see cref="AcmeClient.FindAccountAsync"/> tells which key is in force.
    /// </summary>
    /// <returns>The session under the new key.</returns>
    public async Task<AcmeSession> ChangeKeyAsync(PrivateKey newKey, CancellationToken ct)
    {
        var url = _client.Directory.KeyChange ?? throw _client.NotOffered("change of account keys");
        var inner = $$"""{"account":{{JsonSerializer.Serialize(Account.Url.OriginalString, AcmeJson.Default.String)}},"oldKey":{{Jwk.Canonical(_key)}}}""";
        var payload = Jws.SignKeyChange(newKey, url, System.Text.Encoding.UTF8.GetBytes(inner));
        await PostAsync(url, payload, RequestPriority.Begin, ct).ConfigureAwait(false);
        return new AcmeSession(_client, newKey, Account);
    }

    /// <summary>
    /// Orders a certificate. Whether the order is for what was asked is for the caller to see with
    /// <see cref="AcmeOrder.RequireIdentifiers"/>, who can still give its authorizations up.
    /// </summary>
    /// <param name="order">What is asked.</param>
    /// <param name="findLost">
    /// Where the order is that the CA has made, asked after each answer that was lost; null where there is none. Without
    /// it the CA may make two.
    /// </param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="AcmeException">The CA refused.</exception>
    public async Task<AcmeOrder> NewOrderAsync(NewOrder order, Func<Task<Uri?>>? findLost, CancellationToken ct)
    {
        var payload = Json(order, AcmeJson.Default.NewOrder);
        var answer = findLost is null
            ? await PostAsync(_client.Directory.NewOrder, payload, RequestPriority.Begin, ct).ConfigureAwait(false)
            : await _client.Transport.PostNewAsync(_client.Directory.NewOrder, _key, Account.Url, payload, ReadLostAsync, ct).ConfigureAwait(false);
        return ReadOrder(answer, answer.RequireLocation());

        async Task<AcmeResponse?> ReadLostAsync() =>
            await findLost().ConfigureAwait(false) is { } url ? (await PostAsync(url, [], RequestPriority.Begin, ct).ConfigureAwait(false)) with { Location = url } : null;
    }

    /// <summary>The order as it stands.</summary>
    public async Task<AcmeOrder> GetOrderAsync(Uri url, CancellationToken ct) =>
        ReadOrder(await PostAsync(url, [], RequestPriority.Finish, ct).ConfigureAwait(false), url);

    /// <summary>The account's orders, page after page (RFC 8555 section 7.1.2.1); none where the CA lists none.</summary>
    /// <exception cref="AcmeException">The CA refused.</exception>
    public async IAsyncEnumerable<Uri> ListOrdersAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var page = (await GetAccountAsync(ct).ConfigureAwait(false)).Orders;
        for (var read = 0; page is not null && read < MostPages; read++)
        {
            var answer = await PostAsync(page, [], RequestPriority.Begin, ct).ConfigureAwait(false);
            foreach (var order in answer.Read(AcmeJson.Default.OrderList).Orders)
            {
                yield return new Uri(page, order);
            }

            page = answer.Next;
        }
    }

    /// <summary>An authorization as it stands.</summary>
    public async Task<AcmeAuthorization> GetAuthorizationAsync(Uri url, CancellationToken ct) =>
        (await PostAsync(url, [], RequestPriority.Validate, ct).ConfigureAwait(false)).Read(AcmeJson.Default.AcmeAuthorization) with { Url = url };

    /// <summary>Looks at an authorization until it is no longer pending.</summary>
    public async Task<AcmeAuthorization> WaitForAuthorizationAsync(AcmeAuthorization authorization, CancellationToken ct)
    {
        var poll = new AcmePoll(_client.Transport, _client.Options.Time);
        DateTimeOffset? retryAt = null;
        while (authorization.Status == "pending")
        {
            await Task.Delay(poll.Next(retryAt), _client.Options.Time, ct).ConfigureAwait(false);
            var answer = await PostAsync(authorization.Url, [], RequestPriority.Validate, ct).ConfigureAwait(false);
            retryAt = answer.RetryAt;
            authorization = answer.Read(AcmeJson.Default.AcmeAuthorization) with { Url = authorization.Url };
        }

        return authorization;
    }

    /// <summary>Gives an authorization up, so that it does not count against the account's pending ones (RFC 8555 section 7.5.2).</summary>
    public Task DeactivateAuthorizationAsync(Uri url, CancellationToken ct) =>
        PostAsync(url, Json(new StatusRequest("deactivated"), AcmeJson.Default.StatusRequest), RequestPriority.Validate, ct);

    /// <summary>Tells the CA that a challenge can be validated (RFC 8555 section 7.5.1).</summary>
    /// <returns>When the CA wants to be asked for the outcome, if it said so.</returns>
    public async Task<DateTimeOffset?> AnswerChallengeAsync(Uri url, CancellationToken ct) =>
        (await PostAsync(url, "{}"u8.ToArray(), RequestPriority.Validate, ct).ConfigureAwait(false)).RetryAt;

    /// <summary>Looks at the order until <paramref name="done"/> says so, as often as the CA wants it.</summary>
    /// <param name="order">The order as last seen.</param>
    /// <param name="done">Whether the state is the awaited one.</param>
    /// <param name="isExpected">Whether the CA is known to have done its part, so that the first look may come at once.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<AcmeOrder> WaitForOrderAsync(AcmeOrder order, Func<AcmeOrder, bool> done, bool isExpected, CancellationToken ct)
    {
        var poll = new AcmePoll(_client.Transport, _client.Options.Time) { IsExpected = isExpected };
        while (!done(order))
        {
            var pause = poll.Next(order.RetryAt);
            _client.Options.ObserveWait?.Invoke(new AcmeWait($"order {order.Status}", pause));
            await Task.Delay(pause, _client.Options.Time, ct).ConfigureAwait(false);
            var now = await GetOrderAsync(order.Url, ct).ConfigureAwait(false);
            now.RequireIdentifiers(order.Identifiers);
            order = now;
        }

        return order;
    }

    /// <summary>
    /// Sends the signing request (RFC 8555 section 7.4). When the CA says that the order is not ready, an earlier call
    /// may have arrived already, or one part of the CA lags behind another: the order's state tells which.
    /// </summary>
    public async Task<AcmeOrder> FinalizeAsync(AcmeOrder order, SigningRequest request, CancellationToken ct)
    {
        var payload = Json(new FinalizeRequest(Base64Url.Encode(request.Der.Span)), AcmeJson.Default.FinalizeRequest);
        var poll = new AcmePoll(_client.Transport, _client.Options.Time);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var now = ReadOrder(await PostAsync(order.Finalize, payload, RequestPriority.Finish, ct).ConfigureAwait(false), order.Url);
                now.RequireIdentifiers(order.Identifiers);
                return now;
            }
            catch (AcmeException e) when (e.Problem.ShortType == "orderNotReady")
            {
                order = await GetOrderAsync(order.Url, ct).ConfigureAwait(false);
                if (order.Status is "processing" or "valid")
                {
                    return order;
                }

                if (order.Status == "invalid" || attempt == MostFinalizations)
                {
                    throw;
                }
            }

            await Task.Delay(poll.Next(order.RetryAt), _client.Options.Time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Downloads the certificate as PEM, and where its alternates are (RFC 8555 section 7.4.2).</summary>
    public async Task<AcmeCertificate> DownloadAsync(Uri url, CancellationToken ct)
    {
        var answer = await _client.Transport.PostAsync(url, _key, Account.Url, [], "application/pem-certificate-chain", RequestPriority.Finish, ct).ConfigureAwait(false);
        return new AcmeCertificate(answer.Text, answer.Alternates);
    }

    /// <summary>Revokes a certificate of this account's, or one for whose names it holds authorizations (RFC 8555 section 7.6).</summary>
    /// <exception cref="AcmeException">The CA refused; a certificate that was revoked before is no error.</exception>
    public Task RevokeAsync(ReadOnlyMemory<byte> certificate, RevocationReason reason, CancellationToken ct) =>
        _client.RevokeAsync(_key, Account.Url, certificate, reason, ct);

    private async Task<AcmeAccount> PostAccountAsync(byte[] payload, CancellationToken ct) =>
        (await PostAsync(Account.Url, payload, RequestPriority.Begin, ct).ConfigureAwait(false)).Read(AcmeJson.Default.AcmeAccount) with { Url = Account.Url };

    private Task<AcmeResponse> PostAsync(Uri url, byte[] payload, RequestPriority rank, CancellationToken ct) =>
        _client.Transport.PostAsync(url, _key, Account.Url, payload, null, rank, ct);

    // In a state that nobody knows, an order would be looked at without end.
    private static AcmeOrder ReadOrder(AcmeResponse answer, Uri url)
    {
        var order = answer.Read(AcmeJson.Default.AcmeOrder) with { Url = url, RetryAt = answer.RetryAt };
        return order.Status is "pending" or "ready" or "processing" or "valid" or "invalid"
            ? order
            : throw new AcmeException(AcmeProblem.Create("malformedAnswer", $"its order is '{order.Status}', which is no state of orders (RFC 8555 section 7.1.6)"), url);
    }

    private static byte[] Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);
}

/// <summary>A downloaded certificate.</summary>
/// <param name="Pem">The leaf and its chain.</param>
/// <param name="Alternates">Where the same certificate is with other chains.</param>
public sealed record AcmeCertificate(string Pem, IReadOnlyList<Uri> Alternates);
