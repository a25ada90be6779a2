using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>A request to the CA: an unsigned GET request, or a POST request signed with a key.</summary>
/// <param name="Url">The resource.</param>
/// <param name="Priority">The priority among queued requests.</param>
internal sealed record AcmeRequest(Uri Url, RequestPriority Priority)
{
    /// <summary>The key that signs; null for a GET request.</summary>
    public PrivateKey? Key { get; init; }

    /// <summary>The account's URL; null to sign with the key as <c>jwk</c>.</summary>
    public Uri? Account { get; init; }

    /// <summary>The payload of a POST request; empty for POST-as-GET (RFC 8555 section 6.3).</summary>
    public byte[] Payload { get; init; } = [];

    /// <summary>The media type for the Accept header; null for none.</summary>
    public string? Accept { get; init; }

    /// <summary>True to return a redirect instead of reporting it as an error.</summary>
    public bool ReturnsRedirect { get; init; }

    /// <summary>
    /// Gets the response in place of a lost one, for a request that creates a resource; its result is null if nothing was created.
    /// Called before the request is retried.
    /// </summary>
    public Func<Task<AcmeResponse?>>? FindCreatedAsync { get; init; }
}
