using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Manifests;
using EngineKeyAlgorithm = ConvoxSsl.Engine.Certificates.KeyAlgorithm;
using EngineRevocationReason = ConvoxSsl.Engine.Acme.RevocationReason;

namespace ConvoxSsl.Mapping;

/// <summary>
/// Converts between the enums of the module and those of the engine. Scripts need the module's enums, because PowerShell resolves
/// type literals only in ConvoxSsl.dll, and a forwarded type would load the engine before <c>OnImport</c>.
/// </summary>
internal static class EnumMapper
{
    public static EngineKeyAlgorithm ToEngine(this KeyAlgorithm algorithm) => algorithm switch
    {
        KeyAlgorithm.EcdsaP256 => EngineKeyAlgorithm.EcdsaP256,
        KeyAlgorithm.EcdsaP384 => EngineKeyAlgorithm.EcdsaP384,
        KeyAlgorithm.Rsa2048 => EngineKeyAlgorithm.Rsa2048,
        KeyAlgorithm.Rsa3072 => EngineKeyAlgorithm.Rsa3072,
        KeyAlgorithm.Rsa4096 => EngineKeyAlgorithm.Rsa4096,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, null),
    };

    public static EngineRevocationReason ToEngine(this RevocationReason reason) => reason switch
    {
        RevocationReason.Unspecified => EngineRevocationReason.Unspecified,
        RevocationReason.KeyCompromise => EngineRevocationReason.KeyCompromise,
        RevocationReason.AffiliationChanged => EngineRevocationReason.AffiliationChanged,
        RevocationReason.Superseded => EngineRevocationReason.Superseded,
        RevocationReason.CessationOfOperation => EngineRevocationReason.CessationOfOperation,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    public static CertificateFileFormat ToEngine(this CertificateFormat format) => format switch
    {
        CertificateFormat.Pem => CertificateFileFormat.Pem,
        CertificateFormat.CombinedPem => CertificateFileFormat.CombinedPem,
        CertificateFormat.Pfx => CertificateFileFormat.Pfx,
        CertificateFormat.LegacyPfx => CertificateFileFormat.LegacyPfx,
        CertificateFormat.Pkcs7 => CertificateFileFormat.Pkcs7,
        CertificateFormat.Der => CertificateFileFormat.Der,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };

    public static NoticeKind ToEngine(this ConvoxWebhookEvent webhookEvent) => webhookEvent switch
    {
        ConvoxWebhookEvent.Renewed => NoticeKind.Renewed,
        ConvoxWebhookEvent.Failed => NoticeKind.Failed,
        ConvoxWebhookEvent.Expiring => NoticeKind.Expiring,
        _ => throw new ArgumentOutOfRangeException(nameof(webhookEvent), webhookEvent, null),
    };

    public static StartTls ToEngine(this StartTlsProtocol protocol) => protocol switch
    {
        StartTlsProtocol.Smtp => StartTls.Smtp,
        StartTlsProtocol.Imap => StartTls.Imap,
        StartTlsProtocol.Pop3 => StartTls.Pop3,
        StartTlsProtocol.Ldap => StartTls.Ldap,
        StartTlsProtocol.Postgres => StartTls.Postgres,
        StartTlsProtocol.MySql => StartTls.MySql,
        StartTlsProtocol.Ftp => StartTls.Ftp,
        StartTlsProtocol.Xmpp => StartTls.Xmpp,
        StartTlsProtocol.Rdp => StartTls.Rdp,
        _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, null),
    };

    public static StartTlsProtocol ToModel(this StartTls protocol) => protocol switch
    {
        StartTls.Smtp => StartTlsProtocol.Smtp,
        StartTls.Imap => StartTlsProtocol.Imap,
        StartTls.Pop3 => StartTlsProtocol.Pop3,
        StartTls.Ldap => StartTlsProtocol.Ldap,
        StartTls.Postgres => StartTlsProtocol.Postgres,
        StartTls.MySql => StartTlsProtocol.MySql,
        StartTls.Ftp => StartTlsProtocol.Ftp,
        StartTls.Xmpp => StartTlsProtocol.Xmpp,
        StartTls.Rdp => StartTlsProtocol.Rdp,
        _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, null),
    };

    /// <summary>Returns the route of an issuance; the default route if no engine was given.</summary>
    public static IssuanceRoute ToRoute(this CertificateEngine? engine) => engine switch
    {
        CertificateEngine.Acme => IssuanceRoute.Engine,
        CertificateEngine.CertManager => IssuanceRoute.Controller,
        _ => IssuanceRoute.Default,
    };

    /// <summary>Returns the name of a challenge type in ACME.</summary>
    public static string ToWireName(this ChallengeType type) => type switch
    {
        ChallengeType.Http01 => ChallengeTypes.Http01,
        ChallengeType.Dns01 => ChallengeTypes.Dns01,
        ChallengeType.TlsAlpn01 => ChallengeTypes.TlsAlpn01,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    public static ConvoxWebhookEvent ToModel(this NoticeKind kind) => kind switch
    {
        NoticeKind.Renewed => ConvoxWebhookEvent.Renewed,
        NoticeKind.Failed => ConvoxWebhookEvent.Failed,
        NoticeKind.Expiring => ConvoxWebhookEvent.Expiring,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static ConvoxPublicationResult ToModel(this CertificateCopyResult result) => result switch
    {
        CertificateCopyResult.Current => ConvoxPublicationResult.Current,
        CertificateCopyResult.Updated => ConvoxPublicationResult.Updated,
        CertificateCopyResult.Created => ConvoxPublicationResult.Created,
        CertificateCopyResult.Failed => ConvoxPublicationResult.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, null),
    };

    public static ServiceCertificateStatus ToServiceStatus(this ConvoxCertificateStatus status) => status switch
    {
        ConvoxCertificateStatus.Ready => ServiceCertificateStatus.Ready,
        ConvoxCertificateStatus.Pending => ServiceCertificateStatus.Pending,
        ConvoxCertificateStatus.Failed => ServiceCertificateStatus.Failed,
        ConvoxCertificateStatus.Expired => ServiceCertificateStatus.Expired,
        ConvoxCertificateStatus.Revoked => ServiceCertificateStatus.Revoked,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    public static ConvoxServiceCertificateStatus ToModel(this ServiceCertificateStatus status) => status switch
    {
        ServiceCertificateStatus.Ready => ConvoxServiceCertificateStatus.Ready,
        ServiceCertificateStatus.Missing => ConvoxServiceCertificateStatus.Missing,
        ServiceCertificateStatus.NotCovered => ConvoxServiceCertificateStatus.NotCovered,
        ServiceCertificateStatus.Expired => ConvoxServiceCertificateStatus.Expired,
        ServiceCertificateStatus.Pending => ConvoxServiceCertificateStatus.Pending,
        ServiceCertificateStatus.Failed => ConvoxServiceCertificateStatus.Failed,
        ServiceCertificateStatus.Revoked => ConvoxServiceCertificateStatus.Revoked,
        ServiceCertificateStatus.Unknown => ConvoxServiceCertificateStatus.Unknown,
        ServiceCertificateStatus.NoDomain => ConvoxServiceCertificateStatus.NoDomain,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}
