using System.Net;

namespace ConvoxSsl.TestKit.Pebble;

/// <summary>The settings of a Pebble server.</summary>
public sealed record PebbleOptions
{
    /// <summary>The percentage of valid nonces that it rejects.</summary>
    public int RejectedNonces { get; init; }

    /// <summary>The percentage of valid authorizations that it reuses.</summary>
    public int ReusedAuthorizations { get; init; }

    /// <summary>The number of additional roots; each adds an alternate chain.</summary>
    public int AlternateRoots { get; init; }

    /// <summary>True to also reject what a future version of the ACME standard will forbid.</summary>
    public bool Strict { get; init; }

    /// <summary>True if accounts must be bound to <see cref="ExternalKeyId"/>.</summary>
    public bool ExternalAccountRequired { get; init; }

    /// <summary>The seconds of Retry-After in responses that are not final; null for no header.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The DNS server that it queries; null for its own one, which resolves every name to 127.0.0.1.</summary>
    public IPEndPoint? DnsServer { get; init; }

    /// <summary>The key id of the only external account.</summary>
    public const string ExternalKeyId = "kid-1";

    /// <summary>The MAC key of the external account, in base64url.</summary>
    public const string ExternalMacKey = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
}
