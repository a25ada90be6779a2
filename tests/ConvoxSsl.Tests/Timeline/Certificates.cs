using ConvoxSsl.Formatting;
using ConvoxSsl.Mapping;
using ConvoxSsl.Timeline;

namespace ConvoxSsl.Tests.Timeline;

/// <summary>Creates certificates to draw, relative to a fixed time in November.</summary>
internal static class Certificates
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Creates a certificate with a lifetime and a remaining time.</summary>
    /// <param name="name">The names, separated by spaces.</param>
    /// <param name="life">The lifetime.</param>
    /// <param name="left">The remaining time.</param>
    /// <param name="window">The time between the start of the renewal window and the expiry.</param>
    /// <param name="status">Its status.</param>
    public static ConvoxCertificate Lasting(string name, TimeSpan life, TimeSpan left, TimeSpan window, ConvoxCertificateStatus status = ConvoxCertificateStatus.Ready) =>
        New(name, status) with { NotBefore = Now + left - life, Expires = Now + left, RenewAfter = Now + left - window };

    /// <summary>Creates a certificate with times in days.</summary>
    public static ConvoxCertificate Lasting(string name, double life, double left, double window, ConvoxCertificateStatus status = ConvoxCertificateStatus.Ready) =>
        Lasting(name, TimeSpan.FromDays(life), TimeSpan.FromDays(left), TimeSpan.FromDays(window), status);

    /// <summary>Creates a certificate without a live version.</summary>
    public static ConvoxCertificate New(string name, ConvoxCertificateStatus status) => new()
    {
        Id = "cert-" + name.Length,
        Domain = name.Split(' ')[0],
        Domains = name.Split(' '),
        Issuer = "letsencrypt",
        Status = status,
        Generated = true,
        Rack = "local",
    };

    /// <summary>One certificate per status, with a lifetime of 90 days.</summary>
    public static IReadOnlyList<ConvoxCertificate> OfAllStates { get; } =
    [
        Lasting("www.example.org example.org", 90, 75, 30),
        Lasting("api.example.org", 90, 21, 30),
        Lasting("old.example.org", 90, -6, 30, ConvoxCertificateStatus.Expired),
        Lasting("lost.example.org", 90, 60, 30, ConvoxCertificateStatus.Revoked),
        New("new.example.org", ConvoxCertificateStatus.Pending),
        New("bad.example.org", ConvoxCertificateStatus.Failed),
    ];

    public static string Draw(IEnumerable<ConvoxCertificate> certificates, int width = 80, TimelineGlyphs? glyphs = null, TimelineColours? colours = null, TimeSpan? within = null, int first = 50) =>
        string.Join('\n', TextTimeline.Draw(ExpiryTimeline.Of(certificates.Select(c => c.ToTimelineEntry(Now)), Now, within, first), width, glyphs ?? TimelineGlyphs.Unicode, colours ?? TimelineColours.None));
}
