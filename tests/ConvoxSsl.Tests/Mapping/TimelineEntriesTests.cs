using ConvoxSsl.Mapping;
using ConvoxSsl.Timeline;

namespace ConvoxSsl.Tests.Mapping;

/// <summary>Conversion of certificates to timeline entries.</summary>
public sealed class TimelineEntriesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(ConvoxCertificateStatus.Ready, 75, TimelineState.Ready)]
    [InlineData(ConvoxCertificateStatus.Ready, 21, TimelineState.Due)]
    [InlineData(ConvoxCertificateStatus.Ready, -1, TimelineState.Expired)]
    [InlineData(ConvoxCertificateStatus.Expired, -6, TimelineState.Expired)]
    [InlineData(ConvoxCertificateStatus.Revoked, 60, TimelineState.Revoked)]
    [InlineData(ConvoxCertificateStatus.Pending, 60, TimelineState.Pending)]
    [InlineData(ConvoxCertificateStatus.Failed, 60, TimelineState.Failed)]
    public void State_follows_status_and_current_dates(ConvoxCertificateStatus status, int daysLeft, TimelineState state)
    {
        var certificate = CreateCertificate(status) with
        {
            NotBefore = Now.AddDays(daysLeft - 90),
            Expires = Now.AddDays(daysLeft),
            RenewAfter = Now.AddDays(daysLeft - 30),
        };

        var entry = certificate.ToTimelineEntry(Now);

        Assert.Equal(state, entry.State);
        Assert.Equal(
            (certificate.NotBefore, certificate.Expires, certificate.RenewAfter), (entry.NotBefore, entry.Expires, entry.RenewAfter));
    }

    [Fact]
    public void Entry_has_the_first_name_and_counts_the_others()
    {
        var entry = CreateCertificate(ConvoxCertificateStatus.Pending).ToTimelineEntry(Now);

        Assert.Equal(("www.example.org", 1), (entry.Name, entry.OtherNames));
        Assert.Null(entry.Expires);
    }

    private static ConvoxCertificate CreateCertificate(ConvoxCertificateStatus status) => new()
    {
        Id = "cert-1",
        Domain = "www.example.org",
        Domains = ["www.example.org", "example.org"],
        Issuer = "letsencrypt",
        Status = status,
        Generated = true,
        Rack = "local",
    };
}
