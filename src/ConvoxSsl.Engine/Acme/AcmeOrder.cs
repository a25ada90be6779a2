using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The statuses of an order (RFC 8555 section 7.1.6).</summary>
public static class AcmeOrderStatus
{
    /// <summary>Authorizations are not valid yet.</summary>
    public const string Pending = "pending";

    /// <summary>All authorizations are valid; the order waits for its signing request.</summary>
    public const string Ready = "ready";

    /// <summary>The certificate is being issued.</summary>
    public const string Processing = "processing";

    /// <summary>The certificate has been issued.</summary>
    public const string Valid = "valid";

    /// <summary>The order failed or expired.</summary>
    public const string Invalid = "invalid";
}

/// <summary>An order (RFC 8555 section 7.1.3).</summary>
public sealed record AcmeOrder
{
    /// <summary>The order's URL.</summary>
    [JsonIgnore]
    public Uri Url { get; init; } = null!;

    /// <summary>The time of the next poll, from Retry-After; null if the response had none.</summary>
    [JsonIgnore]
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>One of <see cref="AcmeOrderStatus"/>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The time at which the CA discards the order.</summary>
    [JsonPropertyName("expires")]
    [JsonConverter(typeof(OptionalTime))]
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The identifiers of the certificate, in any order.</summary>
    [JsonPropertyName("identifiers")]
    public required IReadOnlyList<AcmeIdentifier> Identifiers { get; init => field = JsonGuard.Items(value); }

    /// <summary>The requested start of validity.</summary>
    [JsonPropertyName("notBefore")]
    [JsonConverter(typeof(OptionalTime))]
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The requested end of validity.</summary>
    [JsonPropertyName("notAfter")]
    [JsonConverter(typeof(OptionalTime))]
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>The reason for which the order is invalid.</summary>
    [JsonPropertyName("error")]
    [JsonConverter(typeof(OptionalProblem))]
    public AcmeProblem? Error { get; init; }

    /// <summary>The URLs of the authorizations, in any order.</summary>
    [JsonPropertyName("authorizations")]
    public required IReadOnlyList<Uri> Authorizations
    {
        get;
        init => field = [.. JsonGuard.Items(value).Select(url => JsonGuard.Url(url))];
    }

    /// <summary>The URL for the signing request.</summary>
    [JsonPropertyName("finalize")]
    public required Uri Finalize { get; init => field = JsonGuard.Url(value); }

    /// <summary>The URL of the certificate, if the order is valid.</summary>
    [JsonPropertyName("certificate")]
    [JsonConverter(typeof(ConditionalUrl))]
    public Uri? Certificate { get; init; }

    /// <summary>The certificate profile (draft-ietf-acme-profiles).</summary>
    [JsonPropertyName("profile")]
    [JsonConverter(typeof(OptionalText))]
    public string? Profile { get; init; }

    /// <summary>The identifier of the certificate to replace, if the CA returns it (RFC 9773 section 5).</summary>
    [JsonPropertyName("replaces")]
    [JsonConverter(typeof(OptionalText))]
    public string? Replaces { get; init; }

    /// <summary>True if the order has exactly these identifiers, in any order and form.</summary>
    public bool IsFor(IReadOnlyList<AcmeIdentifier> requested) =>
        requested.Select(i => i.Canonical).ToHashSet().SetEquals(Identifiers.Select(i => i.Canonical));

    /// <summary>Throws if the order does not have exactly these identifiers, in any order and form.</summary>
    /// <exception cref="AcmeException"><c>orderMismatch</c>.</exception>
    public void RequireIdentifiers(IReadOnlyList<AcmeIdentifier> requested)
    {
        if (!IsFor(requested))
        {
            var detail = $"its order is for {string.Join(", ", Identifiers)} instead of {string.Join(", ", requested)}";
            throw new AcmeException(AcmeProblem.Create(AcmeProblemType.OrderMismatch, detail), Url);
        }
    }
}

/// <summary>The payload of newOrder (RFC 8555 section 7.4).</summary>
public sealed record NewOrder
{
    /// <summary>The names of the certificate.</summary>
    [JsonPropertyName("identifiers")]
    public required IReadOnlyList<AcmeIdentifier> Identifiers { get; init; }

    /// <summary>The requested start of validity.</summary>
    [JsonPropertyName("notBefore")]
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The requested end of validity.</summary>
    [JsonPropertyName("notAfter")]
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>A profile of the directory (draft-ietf-acme-profiles).</summary>
    [JsonPropertyName("profile")]
    public string? Profile { get; init; }

    /// <summary>The identifier of the certificate to replace (RFC 9773 section 5).</summary>
    [JsonPropertyName("replaces")]
    public string? Replaces { get; init; }
}

internal sealed record FinalizeRequest([property: JsonPropertyName("csr")] string Csr);

public sealed partial class AcmeSession
{
    private const int MaxFinalizeAttempts = 5;

    /// <summary>
    /// Orders a certificate. The caller must check the order with <see cref="AcmeOrder.RequireIdentifiers"/>; this method does
    /// not, so that the caller can still deactivate the authorizations of a wrong order.
    /// </summary>
    /// <param name="order">The requested certificate.</param>
    /// <param name="findCreatedAsync">
    /// Finds the URL of an order that the CA created although its response was lost; null if there is none. Without it a retry
    /// may create a second order.
    /// </param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="AcmeException">The CA refused.</exception>
    public async Task<AcmeOrder> NewOrderAsync(NewOrder order, Func<Task<Uri?>>? findCreatedAsync, CancellationToken ct)
    {
        var request = CreateRequest(_client.Directory.NewOrder, Json(order, AcmeJson.Default.NewOrder), RequestPriority.Begin) with
        {
            FindCreatedAsync = findCreatedAsync is null ? null : ReadCreatedAsync,
        };
        var response = await _client.Transport.SendAsync(request, ct).ConfigureAwait(false);
        return ReadOrder(response, response.RequireLocation());

        async Task<AcmeResponse?> ReadCreatedAsync()
        {
            var created = await findCreatedAsync().ConfigureAwait(false);
            return created is null
                ? null
                : await PostAsync(created, [], RequestPriority.Begin, ct).ConfigureAwait(false) with { Location = created };
        }
    }

    /// <summary>Gets an order.</summary>
    public async Task<AcmeOrder> GetOrderAsync(Uri url, CancellationToken ct) =>
        ReadOrder(await PostAsync(url, [], RequestPriority.Finish, ct).ConfigureAwait(false), url);

    /// <summary>Polls an order until <paramref name="done"/> returns true.</summary>
    /// <param name="order">The order in its last known state.</param>
    /// <param name="done">True for the expected states.</param>
    /// <param name="isExpected">True if the CA is known to be done, so that the first poll need not be delayed.</param>
    /// <param name="deadline">The time limit; null for none.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="PollLimitException">The CA has not finished within the time limit.</exception>
    public async Task<AcmeOrder> WaitForOrderAsync(
        AcmeOrder order, Func<AcmeOrder, bool> done, bool isExpected, PollDeadline? deadline, CancellationToken ct)
    {
        var delays = new PollDelay(_client.Transport, _client.Options.Time, deadline) { IsExpected = isExpected };
        while (!done(order))
        {
            var delay = delays.Next(order.Status, order.RetryAt);
            _client.Options.ObserveDelay?.Invoke(new AcmeDelay($"order {order.Status}", delay));
            await Task.Delay(delay, _client.Options.Time, ct).ConfigureAwait(false);
            var current = await GetOrderAsync(order.Url, ct).ConfigureAwait(false);
            current.RequireIdentifiers(order.Identifiers);
            order = current;
        }

        return order;
    }

    /// <summary>Finalizes an order with a signing request (RFC 8555 section 7.4).</summary>
    /// <param name="order">The order, which is ready.</param>
    /// <param name="request">The signing request.</param>
    /// <param name="deadline">The time limit; null for none.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="AcmeException">The CA refused, or the order is invalid.</exception>
    public async Task<AcmeOrder> FinalizeAsync(AcmeOrder order, SigningRequest request, PollDeadline? deadline, CancellationToken ct)
    {
        var payload = Json(new FinalizeRequest(Base64Url.Encode(request.Der.Span)), AcmeJson.Default.FinalizeRequest);
        var delays = new PollDelay(_client.Transport, _client.Options.Time, deadline);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var response = await PostAsync(order.Finalize, payload, RequestPriority.Finish, ct).ConfigureAwait(false);
                var finalized = ReadOrder(response, order.Url);
                finalized.RequireIdentifiers(order.Identifiers);
                return finalized;
            }
            catch (AcmeException e) when (e.Problem.ShortType == AcmeProblemType.OrderNotReady)
            {
                // An earlier request whose response was lost may have arrived, or one part of the CA may lag behind another.
                order = await GetOrderAsync(order.Url, ct).ConfigureAwait(false);
                if (order.Status is AcmeOrderStatus.Processing or AcmeOrderStatus.Valid)
                {
                    return order;
                }

                if (order.Status == AcmeOrderStatus.Invalid || attempt == MaxFinalizeAttempts)
                {
                    throw;
                }
            }

            await Task.Delay(delays.Next(order.Status, order.RetryAt), _client.Options.Time, ct).ConfigureAwait(false);
        }
    }

    // An order with an unknown status, or a valid one without a usable certificate URL, would be polled until the time limit.
    private static AcmeOrder ReadOrder(AcmeResponse response, Uri url)
    {
        var order = response.Read(AcmeJson.Default.AcmeOrder) with { Url = url, RetryAt = response.RetryAt };
        if (order.Certificate is { IsAbsoluteUri: false })
        {
            order = order.Status != AcmeOrderStatus.Valid
                ? order with { Certificate = null }
                : throw new AcmeException(
                    AcmeProblem.Create(AcmeProblemType.MalformedAnswer, "the certificate URL of its order is not an absolute URL"), url);
        }

        return order.Status is AcmeOrderStatus.Pending or AcmeOrderStatus.Ready or AcmeOrderStatus.Processing or AcmeOrderStatus.Valid
            or AcmeOrderStatus.Invalid
            ? order
            : throw new AcmeException(
                AcmeProblem.Create(
                    AcmeProblemType.MalformedAnswer, $"the status '{order.Status}' of its order is not one of RFC 8555 section 7.1.6"),
                url);
    }
}
