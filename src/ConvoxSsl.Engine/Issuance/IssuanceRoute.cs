namespace ConvoxSsl.Engine.Issuance;

/// <summary>Which way a certificate is issued.</summary>
public enum IssuanceRoute
{
    /// <summary>By the rack's controller where the issuer is the one that it is there for, else by the module's engine.</summary>
    Default,

    /// <summary>By the module's ACME engine.</summary>
    Engine,

    /// <summary>By the rack's controller, such as cert-manager.</summary>
    Controller,
}
