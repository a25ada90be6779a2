using ConvoxSsl.Engine.Racks;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>How a certificate is renewed.</summary>
public sealed record RenewalRequest
{
    /// <summary>What is different from now on.</summary>
    public Func<IssuanceSettings, IssuanceSettings> Change { get; init; } = settings => settings;

    /// <summary>Renew even if it is not due.</summary>
    public bool Force { get; init; }

    /// <summary>How the account is made where it is gone.</summary>
    public AccountRequest Account { get; init; } = new();

    /// <summary>How many versions stay, the new one included.</summary>
    public int KeepVersions { get; init; } = CertificateRequest.DefaultKeepVersions;

    /// <summary>How long the CA may take before the order is left for a later run.</summary>
    public TimeSpan Timeout { get; init; } = CertificateRequest.DefaultTimeout;
}
