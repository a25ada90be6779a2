using ConvoxSsl.Timeline;

namespace ConvoxSsl.Mapping;

/// <summary>Converts certificates to rows of the expiry timeline.</summary>
internal static class TimelineMapper
{
    /// <summary>Creates the timeline of some certificates.</summary>
    /// <param name="certificates">The certificates.</param>
    /// <param name="now">The current time.</param>
    /// <param name="within">Leaves out certificates that expire after this time; null for no limit.</param>
    /// <param name="maxRows">The maximum number of rows.</param>
    public static ExpiryTimeline ToTimeline(
        this IEnumerable<ConvoxCertificate> certificates, DateTimeOffset now, TimeSpan? within, int maxRows)
    {
        var timeline = ExpiryTimeline.Create(certificates.Select(certificate => certificate.ToTimelineEntry(now)), now, within, maxRows);
        return timeline with
        {
            OmittedHint = FormattableString.Invariant($"; -First {timeline.Entries.Count + timeline.Omitted} shows all"),
        };
    }

    /// <summary>Creates the row of a certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="now">The current time, which decides whether the certificate is due or has expired.</param>
    public static TimelineEntry ToTimelineEntry(this ConvoxCertificate certificate, DateTimeOffset now) => new()
    {
        Name = certificate.Domain,
        OtherNames = Math.Max(0, certificate.Domains.Count - 1),
        State = GetState(certificate, now),
        NotBefore = certificate.NotBefore,
        Expires = certificate.Expires,
        RenewAfter = certificate.RenewAfter,
    };

    // The status dates from when the certificate was read, which may be long ago.
    private static TimelineState GetState(ConvoxCertificate certificate, DateTimeOffset now) => certificate.Status switch
    {
        ConvoxCertificateStatus.Revoked => TimelineState.Revoked,
        ConvoxCertificateStatus.Expired => TimelineState.Expired,
        ConvoxCertificateStatus.Failed => TimelineState.Failed,
        ConvoxCertificateStatus.Pending => TimelineState.Pending,
        _ when certificate.Expires <= now => TimelineState.Expired,
        _ when certificate.RenewAfter <= now => TimelineState.Due,
        _ => TimelineState.Ready,
    };
}
