using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl;

/// <summary>A certificate of a rack.</summary>
public sealed record ConvoxCertificate
{
    /// <summary>Its id on the rack.</summary>
    public required string Id { get; init; }

    /// <summary>The first name.</summary>
    public required string Domain { get; init; }

    /// <summary>All names, in the order given.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>Who made it: <c>self-signed</c>, <c>imported</c>, a well-known CA, or an ACME directory.</summary>
    public required string Issuer { get; init; }

    /// <summary>Whether it can be used.</summary>
    public required ConvoxCertificateStatus Status { get; init; }

    /// <summary>Why the status is what it is, where there is more to say.</summary>
    public string? StatusReason { get; init; }

    /// <summary>Begin of validity, in UTC; empty while there is no certificate yet.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>End of validity, in UTC.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When <c>Update-ConvoxCertificate</c> renews it, in UTC.</summary>
    public DateTimeOffset? RenewAfter { get; init; }

    /// <summary>Before when a failed issuance is not tried again, in UTC; empty where none failed, or somebody has to act first.</summary>
    public DateTimeOffset? NextTry { get; init; }

    /// <summary>The serial number in hex.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>The SHA-1 thumbprint in hex.</summary>
    public string? Thumbprint { get; init; }

    /// <summary>What kind of key it has, such as <c>EcdsaP256</c>.</summary>
    public string? KeyAlgorithm { get; init; }

    /// <summary>Whether a CA made it for this rack; false for imported and self-signed ones.</summary>
    public required bool Generated { get; init; }

    /// <summary>The rack's name.</summary>
    public required string Rack { get; init; }

    /// <summary>The directory of the live version, on a local rack.</summary>
    public string? Path { get; init; }

    /// <summary>The namespace of its Secret, on a rack in a cluster.</summary>
    public string? Namespace { get; init; }

    /// <summary>The number of the live version; 0 while there is none.</summary>
    public int Version { get; init; }

    /// <summary>The kept versions; <c>Restore-ConvoxCertificate</c> takes one of them.</summary>
    public IReadOnlyList<int> Versions { get; init; } = [];

    /// <summary>
    /// The certificate without its key, read now; empty where it is gone. In PowerShell it is the property
    /// <c>Certificate</c> too, which no listing and no JSON shows.
    /// </summary>
    public X509Certificate2? ReadCertificate() => Leaf is { } leaf ? new X509Certificate2(leaf.Span)
        : Path is { } path && File.Exists(System.IO.Path.Combine(path, "cert.pem"))
            ? X509Certificate2.CreateFromPem(File.ReadAllText(System.IO.Path.Combine(path, "cert.pem")))
            : null;

    /// <summary>The certificate in DER, where it came with the rest.</summary>
    internal ReadOnlyMemory<byte>? Leaf { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id;

    /// <summary>Describes a certificate, as far as it has come.</summary>
    /// <param name="state">The certificate.</param>
    /// <param name="rack">The rack's name.</param>
    /// <param name="now">The time that tells whether it has expired.</param>
    internal static ConvoxCertificate Of(CertificateState state, string rack, DateTimeOffset now) => state switch
    {
        { Entry: { } entry } => Of(entry, state, rack, now),
        { Order: { } order } => Of(order, rack, now),
        _ => Of(state.Controlled!, rack, now),
    };

    private static ConvoxCertificate Of(CertificateEntry entry, CertificateState state, string rack, DateTimeOffset now)
    {
        var live = entry.Live;
        return new ConvoxCertificate
        {
            Id = entry.Record.Id,
            Domain = entry.Record.Domains[0],
            Domains = entry.Record.Domains,
            Issuer = entry.Record.Issuer,
            Status = live.Revoked is not null ? ConvoxCertificateStatus.Revoked : live.Expires <= now ? ConvoxCertificateStatus.Expired : ConvoxCertificateStatus.Ready,
            StatusReason = Formatting.StatusReason.Describe(entry, state, now),
            NextTry = state.Failure?.NextTry,
            NotBefore = live.NotBefore,
            Expires = live.Expires,
            RenewAfter = live.RenewAfter,
            SerialNumber = live.SerialNumber,
            Thumbprint = live.Thumbprint,
            KeyAlgorithm = live.KeyAlgorithm,
            Generated = entry.Record.Generated,
            Rack = rack,
            Path = entry.Path,
            Namespace = entry.Namespace,
            Leaf = entry.Leaf,
            Version = entry.LiveVersion,
            Versions = [.. entry.Versions.Select(v => v.Number)],
        };
    }

    /// <summary>Describes a certificate that is still being ordered, or whose first order failed.</summary>
    private static ConvoxCertificate Of(OrderRecord order, string rack, DateTimeOffset now) => new()
    {
        Id = order.Certificate.Id,
        Domain = order.Certificate.Domains[0],
        Domains = order.Certificate.Domains,
        Issuer = order.Certificate.Issuer,
        Status = order is { Failure: not null, OrderUrl: null } ? ConvoxCertificateStatus.Failed : ConvoxCertificateStatus.Pending,
        StatusReason = Formatting.StatusReason.Describe(order, now),
        NextTry = order.Failure?.NextTry,
        Generated = order.Certificate.Generated,
        Rack = rack,
    };

    /// <summary>Describes a certificate that the rack's controller has not issued yet.</summary>
    private static ConvoxCertificate Of(ControlledCertificate controlled, string rack, DateTimeOffset now) => new()
    {
        Id = controlled.Certificate.Id,
        Domain = controlled.Certificate.Domains[0],
        Domains = controlled.Certificate.Domains,
        Issuer = controlled.Certificate.Issuer,
        Status = controlled.Phase == ControlledPhase.Failed ? ConvoxCertificateStatus.Failed : ConvoxCertificateStatus.Pending,
        StatusReason = Formatting.StatusReason.Describe(controlled, now),
        NextTry = controlled.NextTry,
        Generated = controlled.Certificate.Generated,
        Rack = rack,
    };
}

/// <summary>Whether a certificate can be used.</summary>
public enum ConvoxCertificateStatus
{
    /// <summary>It can be used.</summary>
    Ready,

    /// <summary>Its issuance has begun and not ended.</summary>
    Pending,

    /// <summary>Its issuance failed.</summary>
    Failed,

    /// <summary>Its validity has ended.</summary>
    Expired,

    /// <summary>It was revoked.</summary>
    Revoked,
}
