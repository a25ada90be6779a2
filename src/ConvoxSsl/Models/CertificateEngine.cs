namespace ConvoxSsl;

/// <summary>The engines that can order certificates for a rack.</summary>
public enum CertificateEngine
{
    /// <summary>The module's own ACME client.</summary>
    Acme,

    /// <summary>The rack's cert-manager, which also renews automatically.</summary>
    CertManager,
}
