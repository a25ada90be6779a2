using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The metadata that all versions of a certificate share.</summary>
public sealed record CertificateRecord
{
    /// <summary>The certificate's id.</summary>
    public required string Id { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The domain names in the order in which they were specified.</summary>
    public required IReadOnlyList<string> Domains { get; init => field = JsonGuard.Items(value); }

    /// <summary><c>self-signed</c>, <c>imported</c>, a well-known CA's name, or a directory URL.</summary>
    public required string Issuer { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>True if an issuer issued it for this rack; false for imported and self-signed certificates, as in Convox.</summary>
    public bool Generated { get; init; }

    /// <summary>The settings of its issuance, which renewals reuse; null for an imported certificate.</summary>
    public IssuanceSettings? Settings { get; init; }

    /// <summary>Returns the id and the names, for messages.</summary>
    public string GetTitle() => $"{Id} ({string.Join(", ", Domains)})";

    /// <summary>True if the certificate belongs to an app of the rack. Its id then ends with <c>@</c> and the app's namespace.</summary>
    public bool IsOfApp() => Id.Contains('@', StringComparison.Ordinal);

    /// <summary>True if this rack's certificate, issued by a CA or self-signed, has exactly these names.</summary>
    public bool IsMadeFor(CertificateNameSet names, bool generated) =>
        Generated == generated && Settings is not null && names.SetEquals(Domains);

    /// <summary>True if the certificate was created elsewhere and has exactly these names.</summary>
    public bool IsImportedFor(CertificateNameSet names) => Settings is null && names.SetEquals(Domains);
}

/// <summary>The settings of an issuance, which renewals reuse.</summary>
public sealed record IssuanceSettings
{
    /// <summary>The CA's directory; null for a self-signed certificate.</summary>
    public Uri? DirectoryUrl { get; init => field = JsonGuard.UrlOrNull(value); }

    /// <summary>The name of the rack's controller that issues it, such as <c>cert-manager</c>; null for the module's own engine.</summary>
    public string? Controller { get; init; }

    /// <summary>The algorithm of new keys.</summary>
    public KeyAlgorithm KeyAlgorithm { get; init => field = JsonGuard.Defined(value); }

    /// <summary>The requested lifetime; null for the issuer's default.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The certificate profile.</summary>
    public string? Profile { get; init; }

    /// <summary>True if the subject of the signing request is empty.</summary>
    public bool EmptySubject { get; init; }

    /// <summary>The common name of the preferred chain's root or issuer.</summary>
    public string? PreferredChain { get; init; }

    /// <summary>The required challenge type: <c>http-01</c>, <c>dns-01</c> or <c>tls-alpn-01</c>; null for automatic selection.</summary>
    public string? ChallengeType { get; init; }

    /// <summary>
    /// The names that were validated with http-01 because the type was selected automatically, separated by commas. Renewals keep it,
    /// and dns-01 for the other names. Null if no selection is known.
    /// </summary>
    public string? Http01Names { get; init; }

    /// <summary>The port of the http-01 listener.</summary>
    public int? HttpPort { get; init; }

    /// <summary>The address that the http-01 and tls-alpn-01 listeners bind to.</summary>
    public string? HttpAddress { get; init; }

    /// <summary>The port of the tls-alpn-01 listener.</summary>
    public int? TlsPort { get; init; }

    /// <summary>The root directory of the web server that serves the http-01 response.</summary>
    public string? WebRoot { get; init; }

    /// <summary>The DNS servers for lookups, as the user specified them; null for the default.</summary>
    public string? DnsServers { get; init; }

    /// <summary>The maximum time to wait for the propagation of TXT records; null for the default.</summary>
    public TimeSpan? PropagationTimeout { get; init; }

    /// <summary>True to validate without querying the zone's name servers for the records first.</summary>
    public bool SkipPropagationCheck { get; init; }

    /// <summary>The user's own signing request (PEM), whose key the rack does not have.</summary>
    public string? SigningRequest { get; init; }

    /// <summary>True if renewals keep the key.</summary>
    public bool ReuseKey { get; init; }

    /// <summary>Copies the settings that affect the certificate, without those for the validation of its names.</summary>
    public IssuanceSettings WithoutProof() => this with
    {
        ChallengeType = null,
        Http01Names = null,
        HttpPort = null,
        HttpAddress = null,
        TlsPort = null,
        WebRoot = null,
        DnsServers = null,
        PropagationTimeout = null,
        SkipPropagationCheck = false,
    };
}

/// <summary>The metadata of one version of a certificate, so that readers do not have to parse it.</summary>
public sealed record CertificateVersion
{
    /// <summary>The version's number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The start of the validity period.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>The end of the validity period.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>The time from which it is due for renewal.</summary>
    public required DateTimeOffset RenewAfter { get; init; }

    /// <summary>The serial number in upper-case hex.</summary>
    public required string SerialNumber { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The SHA-1 thumbprint in upper-case hex, as Windows and .NET show it.</summary>
    public required string Thumbprint { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The key algorithm, such as <c>EcdsaP256</c>.</summary>
    public required string KeyAlgorithm { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The time at which it was stored.</summary>
    public required DateTimeOffset Stored { get; init; }

    /// <summary>The unique identifier for renewal information (RFC 9773 section 4.1); null if it has none.</summary>
    public string? RenewalId { get; init; }

    /// <summary>The CA's renewal information; null if there is none.</summary>
    public RenewalAdvice? Advice { get; init; }

    /// <summary>The time of the last expiry notification to the webhook.</summary>
    public DateTimeOffset? ExpiryNoticed { get; init; }

    /// <summary>The time of revocation; null if it was not revoked.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>The reason for the revocation.</summary>
    public string? RevocationReason { get; init; }
}

/// <summary>A stored certificate with the metadata of its versions.</summary>
public sealed record CertificateEntry
{
    /// <summary>The metadata that all versions share.</summary>
    public required CertificateRecord Record { get; init; }

    /// <summary>The metadata of the kept versions, oldest first.</summary>
    public required IReadOnlyList<CertificateVersion> Versions { get; init; }

    /// <summary>The number of the live version.</summary>
    public required int LiveVersion { get; init; }

    /// <summary>The directory of the live version; null on a Kubernetes rack.</summary>
    public string? Path { get; init; }

    /// <summary>The live version's leaf certificate in DER, if the rack had read it anyway.</summary>
    public ReadOnlyMemory<byte>? Leaf { get; init; }

    /// <summary>The namespace of the Secret; null on a local rack.</summary>
    public string? Namespace { get; init; }

    /// <summary>
    /// The fault of the live version's certificate, if the rack lets other programs write certificates. It is determined on first
    /// use, because that requires parsing.
    /// </summary>
    public Lazy<CertificateFault?>? Fault { get; init; }

    /// <summary>The metadata of the live version.</summary>
    public CertificateVersion Live => Versions.First(v => v.Number == LiveVersion);

    /// <summary>Copies the entry with a changed version, which replaces the version with the same number.</summary>
    public CertificateEntry With(CertificateVersion changed) =>
        this with { Versions = [.. Versions.Select(v => v.Number == changed.Number ? changed : v)] };
}

/// <summary>The chain and key of one version. Dispose it, because it holds key material.</summary>
/// <param name="Chain">The leaf and intermediate certificates.</param>
/// <param name="Key">The private key; null if the certificate was issued for the user's own signing request.</param>
public sealed record CertificateWithKey(CertificateChain Chain, PrivateKey? Key) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Chain.Dispose();
        Key?.Dispose();
    }
}
