using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>
/// A journaled order, or the failure of one. The members are the format of <c>orders/&lt;id&gt;.json</c>; <see cref="State"/>
/// follows from them.
/// </summary>
public sealed record OrderRecord
{
    /// <summary>The certificate, with the settings that it is ordered with.</summary>
    public required CertificateRecord Certificate { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The number of the certificate version that the order is for; 0 for a dry run.</summary>
    public int Version { get; init; }

    /// <summary>The time at which the order was begun.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The URL of the account that orders; null if no account could be opened.</summary>
    public Uri? AccountUrl { get; init => field = JsonGuard.UrlOrNull(value); }

    /// <summary>The URL of the order; null until the CA has responded.</summary>
    public Uri? OrderUrl { get; init => field = JsonGuard.UrlOrNull(value); }

    /// <summary>The identifier of the certificate that this one replaces (RFC 9773 section 5).</summary>
    public string? Replaces { get; init; }

    /// <summary>The challenge responses that are, or may be, published.</summary>
    public IReadOnlyList<KeyAuthorization> Published { get; init => field = JsonGuard.Items(value ?? []); } = [];

    /// <summary>The action that the CA expects of a domain's owner, as text for the user.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>True if the certificate will not be kept.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>The failure of the last attempt; null if there was none since the last success.</summary>
    public IssuanceFailure? Failure { get; init; }

    /// <summary>True if the order is over, so that only <see cref="Failure"/> and <see cref="Published"/> matter.</summary>
    public bool IsEnded { get; init; }

    /// <summary>The state of the order.</summary>
    [JsonIgnore]
    public OrderState State =>
        IsEnded ? (Failure is null ? OrderState.Ended : OrderState.Failed)
        : OrderUrl is null ? OrderState.New
        : WaitsFor is null ? OrderState.Open
        : OrderState.WaitingForOwner;

    /// <summary>True if the next run can continue the order.</summary>
    [JsonIgnore]
    public bool IsResumable => State is OrderState.New or OrderState.Open or OrderState.WaitingForOwner;

    /// <summary>True if only cleanup is left to do: for a dry run that was killed, or a finished order.</summary>
    [JsonIgnore]
    public bool IsLeftover => IsDryRun || State == OrderState.Ended || (State == OrderState.Failed && Published.Count > 0);

    /// <summary>True if the order is for a certificate of exactly these names, in any order, that will be kept.</summary>
    public bool IsFor(CertificateNameSet names) => !IsDryRun && names.SetEquals(Certificate.Domains);
}
