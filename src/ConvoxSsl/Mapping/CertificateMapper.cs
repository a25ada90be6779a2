using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Formatting;

namespace ConvoxSsl.Mapping;

/// <summary>Converts certificates of the engine to the objects that cmdlets output.</summary>
internal static class CertificateMapper
{
    /// <summary>Converts a certificate, which is stored or being issued.</summary>
    /// <param name="state">The certificate.</param>
    /// <param name="rack">The name of the rack.</param>
    /// <param name="now">The current time, which decides whether the certificate is valid.</param>
    public static ConvoxCertificate ToModel(this CertificateState state, string rack, DateTimeOffset now) => Sanitize(state switch
    {
        { Entry: { } entry } => ToModel(entry, state, rack, now),
        { Order: { } order } => ToModel(order, rack, now),
        _ => ToModel(state.Controlled!, rack, now),
    });

    // Names can come from an imported certificate, reasons from a CA or a cluster.
    private static ConvoxCertificate Sanitize(ConvoxCertificate certificate) => certificate with
    {
        Domain = DisplayText.OneLine(certificate.Domain),
        Domains = [.. certificate.Domains.Select(name => DisplayText.OneLine(name))],
        Issuer = DisplayText.OneLine(certificate.Issuer),
        StatusReason = DisplayText.Sanitize(certificate.StatusReason),
    };

    private static ConvoxCertificate ToModel(CertificateEntry entry, CertificateState state, string rack, DateTimeOffset now)
    {
        var live = entry.Live;
        return new ConvoxCertificate
        {
            Id = entry.Record.Id,
            Domain = entry.Record.Domains[0],
            Domains = entry.Record.Domains,
            Issuer = entry.Record.Issuer,
            Status = GetStatus(entry, now),
            StatusReason = StatusReason.Describe(entry, state, now),
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

    private static ConvoxCertificateStatus GetStatus(CertificateEntry entry, DateTimeOffset now) =>
        entry.Live.Revoked is not null ? ConvoxCertificateStatus.Revoked
        : entry.Live.Expires <= now ? ConvoxCertificateStatus.Expired
        : entry.Fault?.Value is { IsUsable: false } ? ConvoxCertificateStatus.Failed
        : entry.Live.NotBefore > now ? ConvoxCertificateStatus.Pending
        : ConvoxCertificateStatus.Ready;

    // A certificate whose first order is in progress or failed.
    private static ConvoxCertificate ToModel(OrderRecord order, string rack, DateTimeOffset now) => new()
    {
        Id = order.Certificate.Id,
        Domain = order.Certificate.Domains[0],
        Domains = order.Certificate.Domains,
        Issuer = order.Certificate.Issuer,
        Status = StatusReason.IsFailed(order) ? ConvoxCertificateStatus.Failed : ConvoxCertificateStatus.Pending,
        StatusReason = StatusReason.Describe(order, now),
        NextTry = order.Failure?.NextTry,
        Generated = order.Certificate.Generated,
        Rack = rack,
    };

    // A certificate that the rack's controller has not issued yet.
    private static ConvoxCertificate ToModel(ControlledCertificate controlled, string rack, DateTimeOffset now) => new()
    {
        Id = controlled.Certificate.Id,
        Domain = controlled.Certificate.Domains[0],
        Domains = controlled.Certificate.Domains,
        Issuer = controlled.Certificate.Issuer,
        Status = controlled.Phase == ControlledPhase.Failed ? ConvoxCertificateStatus.Failed : ConvoxCertificateStatus.Pending,
        StatusReason = StatusReason.Describe(controlled, now),
        NextTry = controlled.NextTry,
        Generated = controlled.Certificate.Generated,
        Rack = rack,
    };
}
