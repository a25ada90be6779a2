using ConvoxSsl.Engine.Issuance;

namespace ConvoxSsl;

/// <summary>Who orders certificates on a rack.</summary>
public enum CertificateEngine
{
    /// <summary>The module itself: it speaks ACME with the CA.</summary>
    Acme,

    /// <summary>The rack's cert-manager, which also renews by itself.</summary>
    CertManager,
}

/// <summary>What the choice means to the engine.</summary>
internal static class CertificateEngines
{
    /// <summary>The way that was chosen.</summary>
    public static IssuanceRoute ToRoute(this CertificateEngine? engine) => engine switch
    {
        CertificateEngine.Acme => IssuanceRoute.Engine,
        CertificateEngine.CertManager => IssuanceRoute.Controller,
        _ => IssuanceRoute.Default,
    };
}
