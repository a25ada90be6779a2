using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Requests;

/// <summary>A request for a certificate.</summary>
public sealed record IssueRequest
{
    /// <summary>The names; those of <see cref="SigningRequest"/> if there is one.</summary>
    public required CertificateNameSet Names { get; init; }

    /// <summary>The issuer.</summary>
    public required Issuer Issuer { get; init; }

    /// <summary>The settings, which are stored for renewals.</summary>
    public required IssuanceSettings Settings { get; init; }

    /// <summary>The id of the certificate to renew; null to find it by its names.</summary>
    internal string? CertificateId { get; init; }

    /// <summary>The route that the user chose.</summary>
    public IssuanceRoute Route { get; init; }

    /// <summary>True if the route is that of the certificate's previous issuance, and not the user's choice.</summary>
    internal bool IsRouteKept { get; init; }

    /// <summary>The user's own key; null for a new one, or for the current one if the settings reuse it.</summary>
    public PrivateKey? Key { get; init; }

    /// <summary>The user's own signing request.</summary>
    public SigningRequest? SigningRequest { get; init; }

    /// <summary>True to order even if the certificate is not due or the last attempt failed recently.</summary>
    public bool Force { get; init; }

    /// <summary>True to skip the local rate-limit check, such as if the CA has raised its limits.</summary>
    public bool SkipLimitCheck { get; init; }

    /// <summary>True to obtain a certificate from the CA's staging endpoint and discard it.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>The number of versions to keep, including the new one.</summary>
    public int KeepVersions { get; init; } = DefaultKeepVersions;

    /// <summary>The time limit for the CA; after it the order is left for the next run.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>The account to create if there is none.</summary>
    public AccountRequest Account { get; init; } = new();

    /// <summary>The default of <see cref="Timeout"/>.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(15);

    /// <summary>The default of <see cref="KeepVersions"/>.</summary>
    public const int DefaultKeepVersions = 3;

    /// <summary>Creates the request for some names.</summary>
    /// <param name="names">The names.</param>
    /// <param name="issuer">The issuer.</param>
    /// <param name="key">The user's own key, or null.</param>
    public static IssueRequest FromNames(CertificateNameSet names, Issuer issuer, PrivateKey? key) =>
        new() { Names = names, Issuer = issuer, Settings = new IssuanceSettings(), Key = key };

    /// <summary>Creates the request for the names of a user's own signing request.</summary>
    public static IssueRequest FromSigningRequest(SigningRequest signingRequest, Issuer issuer) => new()
    {
        Names = signingRequest.Names,
        Issuer = issuer,
        Settings = new IssuanceSettings { SigningRequest = signingRequest.ToPem() },
        SigningRequest = signingRequest,
    };

    /// <summary>Creates the record of the certificate.</summary>
    /// <param name="id">Its id, if there is no certificate yet.</param>
    /// <param name="known">The existing certificate, if any.</param>
    internal CertificateRecord ToRecord(string id, CertificateEntry? known) => new()
    {
        Id = known?.Record.Id ?? id,
        Domains = known?.Record.Domains ?? [.. Names.Select(n => n.Value)],
        Issuer = Issuer.Name,
        Generated = !Issuer.IsSelfSigned,
        Settings = Settings with { DirectoryUrl = Issuer.DirectoryUrl },
    };
}
