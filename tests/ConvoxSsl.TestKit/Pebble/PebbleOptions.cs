using System.Net;

namespace ConvoxSsl.TestKit.Pebble;

/// <summary>How a Pebble behaves.</summary>
public sealed record PebbleOptions
{
    /// <summary>The share of good nonces that it refuses, in percent.</summary>
    public int RejectedNonces { get; init; }

    /// <summary>The share of valid authorizations that it uses again, in percent.</summary>
    public int ReusedAuthorizations { get; init; }

    /// <summary>How many roots it has beside the first; each gives an alternate chain.</summary>
    public int AlternateRoots { get; init; }

    /// <summary>Whether it refuses what the ACME standard is about to forbid.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether accounts must be bound to <see cref="ExternalKeyId"/>.</summary>
    public bool ExternalAccountRequired { get; init; }

    /// <summary>The seconds after which whoever has to wait is told to ask again; null to say nothing.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The DNS server that it asks; null for one of its own that resolves every name to 127.0.0.1.</summary>
    public IPEndPoint? DnsServer { get; init; }

    /// <summary>The only external account's key id.</summary>
    public const string ExternalKeyId = "kid-1";

    /// <summary>Its MAC key in base64url.</summary>
    public const string ExternalMacKey = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
}
