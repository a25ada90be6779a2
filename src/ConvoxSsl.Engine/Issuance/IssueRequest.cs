using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>What is asked of an issuer.</summary>
public sealed record IssueRequest
{
    /// <summary>The names; those of <see cref="SigningRequest"/> where there is one.</summary>
    public required CertificateNameSet Names { get; init; }

    /// <summary>Who makes it.</summary>
    public required Issuer Issuer { get; init; }

    /// <summary>How it is made, remembered for renewals.</summary>
    public required IssuanceSettings Settings { get; init; }

    /// <summary>The certificate that is renewed; null to find it by its names.</summary>
    internal string? CertificateId { get; init; }

    /// <summary>Which way it is issued.</summary>
    public IssuanceRoute Route { get; init; }

    /// <summary>The user's own key; null for a new one, or for the old one where the settings reuse it.</summary>
    public PrivateKey? Key { get; init; }

    /// <summary>The user's own signing request.</summary>
    public SigningRequest? SigningRequest { get; init; }

    /// <summary>Order even if there is a certificate that is not due, or the last try failed a moment ago.</summary>
    public bool Force { get; init; }

    /// <summary>Send also what the CA would refuse as far as this rack has counted, such as where the CA has raised its limits.</summary>
    public bool SkipLimitCheck { get; init; }

    /// <summary>Go the whole way and keep nothing of it.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>How many versions stay, the new one included.</summary>
    public int KeepVersions { get; init; } = DefaultKeepVersions;

    /// <summary>How long the CA may take before the order is left for a later run.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>How the account is made where there is none.</summary>
    public AccountRequest Account { get; init; } = new();

    /// <summary>How long the CA may take by default.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(15);

    /// <summary>How many versions stay by default.</summary>
    public const int DefaultKeepVersions = 3;

    /// <summary>What the certificate will be.</summary>
    /// <param name="id">Its id, where it is not known yet.</param>
    /// <param name="known">The certificate that is there.</param>
    internal CertificateRecord ToRecord(string id, CertificateEntry? known) => new()
    {
        Id = known?.Record.Id ?? id,
        Domains = known?.Record.Domains ?? [.. Names.Select(n => n.Value)],
        Issuer = Issuer.Name,
        Generated = !Issuer.IsSelfSigned,
        Settings = Settings with { DirectoryUrl = Issuer.DirectoryUrl },
    };
}
