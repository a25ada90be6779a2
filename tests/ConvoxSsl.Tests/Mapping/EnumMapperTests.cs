using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Manifests;
using ConvoxSsl.Mapping;

namespace ConvoxSsl.Tests.Mapping;

public sealed class EnumMapperTests
{
    [Fact]
    public void ToEngine_KeyAlgorithm_MapsEveryValue() =>
        AssertMapsAll<KeyAlgorithm, Engine.Certificates.KeyAlgorithm>(EnumMapper.ToEngine);

    [Fact]
    public void ToEngine_CertificateFormat_MapsEveryValue() =>
        AssertMapsAll<CertificateFormat, CertificateFileFormat>(EnumMapper.ToEngine);

    [Fact]
    public void ToEngine_RevocationReason_MapsEveryValue() =>
        AssertMapsAll<RevocationReason, Engine.Acme.RevocationReason>(EnumMapper.ToEngine);

    [Fact]
    public void ToEngine_StartTlsProtocol_MapsEveryValue() => AssertMapsAll<StartTlsProtocol, StartTls>(EnumMapper.ToEngine);

    [Fact]
    public void ToModel_StartTls_MapsEveryValue() => AssertMapsAll<StartTls, StartTlsProtocol>(EnumMapper.ToModel);

    [Fact]
    public void ToEngine_WebhookEvent_MapsEveryValue() => AssertMapsAll<ConvoxWebhookEvent, NoticeKind>(EnumMapper.ToEngine);

    [Fact]
    public void ToModel_NoticeKind_MapsEveryValue() => AssertMapsAll<NoticeKind, ConvoxWebhookEvent>(EnumMapper.ToModel);

    [Fact]
    public void ToModel_CopyResult_MapsEveryValue() => AssertMapsAll<CertificateCopyResult, ConvoxPublicationResult>(EnumMapper.ToModel);

    [Fact]
    public void ToModel_ServiceCertificateStatus_MapsEveryValue() =>
        AssertMapsAll<ServiceCertificateStatus, ConvoxServiceCertificateStatus>(EnumMapper.ToModel);

    [Fact]
    public void ToServiceStatus_CertificateStatus_MapsEveryValue()
    {
        foreach (var status in Enum.GetValues<ConvoxCertificateStatus>())
        {
            Assert.Equal(status.ToString(), status.ToServiceStatus().ToString());
        }
    }

    [Fact]
    public void ToWireName_ChallengeType_MapsEveryValue() =>
        Assert.Equal(["http-01", "dns-01", "tls-alpn-01"], Enum.GetValues<ChallengeType>().Select(type => type.ToWireName()));

    // Both enums have the same names, and each value maps to its namesake.
    private static void AssertMapsAll<TFrom, TTo>(Func<TFrom, TTo> map)
        where TFrom : struct, Enum
        where TTo : struct, Enum
    {
        Assert.Equal(Enum.GetNames<TFrom>().Order(), Enum.GetNames<TTo>().Order());
        foreach (var value in Enum.GetValues<TFrom>())
        {
            Assert.Equal(value.ToString(), map(value).ToString());
        }
    }
}
