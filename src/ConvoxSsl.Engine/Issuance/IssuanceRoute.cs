namespace ConvoxSsl.Engine.Issuance;

/// <summary>Which way a certificate is issued.</summary>
public enum IssuanceRoute
{
    /// <summary>By the rack's controller where it has that issuer and can do what is asked, else by the module's engine.</summary>
    Default,

    /// <summary>By the module's ACME engine.</summary>
    Engine,

    /// <summary>By the rack's controller, such as cert-manager.</summary>
    Controller,
}
