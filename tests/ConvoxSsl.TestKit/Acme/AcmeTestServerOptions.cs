using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>The options of the server.</summary>
public sealed record AcmeTestServerOptions
{
    /// <summary>The clock of everything except the endpoint's own certificate.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The port of http-01 validation on 127.0.0.1; null for a free port.</summary>
    public int? HttpPort { get; init; }

    /// <summary>The port of tls-alpn-01 validation on 127.0.0.1; null for a free port.</summary>
    public int? TlsPort { get; init; }

    /// <summary>True to accept every challenge without validation.</summary>
    public bool AcceptsAllChallenges { get; init; }

    /// <summary>Returns the TXT values at a name for dns-01; if null, dns-01 fails.</summary>
    public Func<string, CancellationToken, Task<IReadOnlyList<string>>>? Txt { get; init; }

    /// <summary>
    /// Returns the challenge types to offer for a name. For a wildcard, http-01 and tls-alpn-01 are omitted. Other types are
    /// validated out of band: <see cref="AcmeTestServer.MakeValid"/> simulates the owner of the domain.
    /// </summary>
    public Func<string, IReadOnlyList<string>> Challenges { get; init; } = _ => ["http-01", "dns-01", "tls-alpn-01"];

    /// <summary>True to reuse valid authorizations of an account.</summary>
    public bool ReusesAuthorizations { get; init; }

    /// <summary>The lifetime of pending orders and authorizations.</summary>
    public TimeSpan OrderLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The lifetime of a certificate whose order requests none.</summary>
    public TimeSpan CertificateLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The number of polls in which an order is <c>processing</c> after finalize.</summary>
    public int ProcessingPolls { get; init; }

    /// <summary>
    /// Retry-After in seconds on orders that are not finished and on authorizations and challenges that are pending;
    /// null for none.
    /// </summary>
    public int? RetryAfter { get; init; }

    /// <summary>Retry-After in seconds on renewal information.</summary>
    public int RenewalInfoRetryAfter { get; init; } = 21600;

    /// <summary>The number of additional roots that sign the issuer; each adds an alternate chain.</summary>
    public int AlternateRoots { get; init; }

    /// <summary>The profiles and their descriptions.</summary>
    public IReadOnlyDictionary<string, string> Profiles { get; init; } = new Dictionary<string, string>();

    /// <summary>True if accounts must be bound to one of <see cref="ExternalAccounts"/>.</summary>
    public bool ExternalAccountRequired { get; init; }

    /// <summary>The external accounts: key id and MAC key in base64url.</summary>
    public IReadOnlyDictionary<string, string> ExternalAccounts { get; init; } = new Dictionary<string, string>();

    /// <summary>Returns a certificate's renewal window; null for one around the last third of the lifetime.</summary>
    public Func<X509Certificate2, (DateTimeOffset Start, DateTimeOffset End)>? RenewalWindow { get; init; }

    /// <summary>The explanation URL of renewal information.</summary>
    public string? RenewalExplanation { get; init; }

    /// <summary>True to offer renewal information.</summary>
    public bool OffersRenewalInfo { get; init; } = true;
}
