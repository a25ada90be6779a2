using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>What is known of a certificate beyond its versions.</summary>
public sealed record CertificateRecord
{
    /// <summary>The id.</summary>
    public required string Id { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The names in the order given.</summary>
    public required IReadOnlyList<string> Domains { get; init => field = JsonGuard.Items(value); }

    /// <summary><c>self-signed</c>, <c>imported</c>, a well-known CA's name, or a directory URL.</summary>
    public required string Issuer { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>Whether an issuer made it for this rack; false for imported and self-signed ones, as with Convox.</summary>
    public bool Generated { get; init; }

    /// <summary>How it was issued, so that it is renewed the same way; null where it was imported.</summary>
    public IssuanceSettings? Settings { get; init; }

    /// <summary>Whether an app of the rack holds it itself: its id names the app's namespace after <c>@</c>.</summary>
    public bool IsOfApp() => Id.Contains('@', StringComparison.Ordinal);

    /// <summary>Whether it was made here for exactly these names: by a CA, or self-signed.</summary>
    public bool IsMadeFor(CertificateNameSet names, bool generated) => Generated == generated && Settings is not null && names.SetEquals(Domains);
}

/// <summary>What is remembered of an issuance for the next one.</summary>
public sealed record IssuanceSettings
{
    /// <summary>The CA's directory; null for a self-signed certificate.</summary>
    public Uri? DirectoryUrl { get; init => field = JsonGuard.UrlOrNull(value); }

    /// <summary>The rack's controller that issues it, such as <c>cert-manager</c>; null for the module's own engine.</summary>
    public string? Controller { get; init; }

    /// <summary>The type of new keys.</summary>
    public KeyAlgorithm KeyAlgorithm { get; init => field = JsonGuard.Defined(value); }

    /// <summary>The lifetime that was asked for; null for the issuer's own.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The certificate profile.</summary>
    public string? Profile { get; init; }

    /// <summary>Whether the request's subject is left empty.</summary>
    public bool EmptySubject { get; init; }

    /// <summary>The common name of the root or issuer whose chain is preferred.</summary>
    public string? PreferredChain { get; init; }

    /// <summary>The challenge type that was forced: <c>http-01</c>, <c>dns-01</c> or <c>tls-alpn-01</c>.</summary>
    public string? ChallengeType { get; init; }

    /// <summary>The port of the http-01 listener.</summary>
    public int? HttpPort { get; init; }

    /// <summary>The address that the http-01 and tls-alpn-01 listeners are bound to.</summary>
    public string? HttpAddress { get; init; }

    /// <summary>The port of the tls-alpn-01 listener.</summary>
    public int? TlsPort { get; init; }

    /// <summary>The root directory of the web server that answers http-01.</summary>
    public string? WebRoot { get; init; }

    /// <summary>The DNS servers that look-ups go to, as the user wrote them; null for the default.</summary>
    public string? DnsServers { get; init; }

    /// <summary>How long to wait until TXT records are everywhere; null for the default.</summary>
    public TimeSpan? PropagationTimeout { get; init; }

    /// <summary>Whether the CA is told at once, without asking the zone's name servers for the records.</summary>
    public bool SkipPropagationCheck { get; init; }

    /// <summary>The user's own signing request (PEM), whose key the rack never sees.</summary>
    public string? SigningRequest { get; init; }

    /// <summary>Whether a renewal keeps the key.</summary>
    public bool ReuseKey { get; init; }

    /// <summary>Only what the certificate will be like, without how its names are proved.</summary>
    public IssuanceSettings WithoutProof() => this with
    {
        ChallengeType = null,
        HttpPort = null,
        HttpAddress = null,
        TlsPort = null,
        WebRoot = null,
        DnsServers = null,
        PropagationTimeout = null,
        SkipPropagationCheck = false,
    };
}

/// <summary>One version of a certificate: facts that would otherwise cost parsing it.</summary>
public sealed record CertificateVersion
{
    /// <summary>The version's number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The begin of validity.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>The end of validity.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>When it should be renewed.</summary>
    public required DateTimeOffset RenewAfter { get; init; }

    /// <summary>The serial number in upper-case hex.</summary>
    public required string SerialNumber { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The SHA-1 thumbprint in upper-case hex, as Windows and .NET show it.</summary>
    public required string Thumbprint { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>What kind of key it has, such as <c>EcdsaP256</c>.</summary>
    public required string KeyAlgorithm { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>When it was stored.</summary>
    public required DateTimeOffset Stored { get; init; }

    /// <summary>Its identifier in renewal information (RFC 9773 section 4.1); null where it has none.</summary>
    public string? RenewalId { get; init; }

    /// <summary>When the CA wants it renewed; null where it has not said.</summary>
    public RenewalAdvice? Advice { get; init; }

    /// <summary>When the webhook was told last that it is about to expire.</summary>
    public DateTimeOffset? ExpiryNoticed { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>Why it was revoked.</summary>
    public string? RevocationReason { get; init; }
}

/// <summary>A certificate of a rack.</summary>
public sealed record CertificateEntry
{
    /// <summary>What it is.</summary>
    public required CertificateRecord Record { get; init; }

    /// <summary>Its kept versions, oldest first.</summary>
    public required IReadOnlyList<CertificateVersion> Versions { get; init; }

    /// <summary>The number of the version in use.</summary>
    public required int LiveVersion { get; init; }

    /// <summary>The directory of the live version, where there is one.</summary>
    public string? Path { get; init; }

    /// <summary>The live version's leaf certificate in DER, where reading it cost nothing more.</summary>
    public ReadOnlyMemory<byte>? Leaf { get; init; }

    /// <summary>The namespace, on a rack in a cluster.</summary>
    public string? Namespace { get; init; }

    /// <summary>The version in use.</summary>
    public CertificateVersion Live => Versions.First(v => v.Number == LiveVersion);

    /// <summary>The certificate with a version changed, which is known by its number.</summary>
    public CertificateEntry With(CertificateVersion changed) =>
        this with { Versions = [.. Versions.Select(v => v.Number == changed.Number ? changed : v)] };
}

/// <summary>Chain and key of one version. Holds key material: dispose it.</summary>
/// <param name="Chain">Leaf and issuers.</param>
/// <param name="Key">The private key; null where the user's own signing request was used.</param>
public sealed record CertificateWithKey(CertificateChain Chain, PrivateKey? Key) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Chain.Dispose();
        Key?.Dispose();
    }
}
