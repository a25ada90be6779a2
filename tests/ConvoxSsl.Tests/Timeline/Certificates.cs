using ConvoxSsl.Timeline;
using ConvoxSsl.Formatting;

namespace ConvoxSsl.Tests.Timeline;

/// <summary>Certificates to draw, seen from noon of a day in November.</summary>
internal static class Certificates
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>One with a lifetime, of which some has passed.</summary>
    /// <param name="name">Its names, with spaces between.</param>
    /// <param name="life">How long it lasts.</param>
    /// <param name="left">How much of that is left.</param>
    /// <param name="window">How long before its end it is renewed.</param>
    /// <param name="status">Its status.</param>
    public static ConvoxCertificate Lasting(string name, TimeSpan life, TimeSpan left, TimeSpan window, ConvoxCertificateStatus status = ConvoxCertificateStatus.Ready) =>
        New(name, status) with { NotBefore = Now + left - life, Expires = Now + left, RenewAfter = Now + left - window };

    /// <summary>As the other, in days.</summary>
    public static ConvoxCertificate Lasting(string name, double life, double left, double window, ConvoxCertificateStatus status = ConvoxCertificateStatus.Ready) =>
        Lasting(name, TimeSpan.FromDays(life), TimeSpan.FromDays(left), TimeSpan.FromDays(window), status);

    /// <summary>One that is not there yet.</summary>
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

    /// <summary>One of each state, of 90 days.</summary>
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
        string.Join('\n', TextTimeline.Draw(ExpiryTimeline.Create(certificates.Select(c => c.ToTimelineEntry(Now)), Now, within, first), width, glyphs ?? TimelineGlyphs.Unicode, colours ?? TimelineColours.None));
}
