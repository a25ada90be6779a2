namespace ConvoxSsl.Engine.Issuance.Requests;

/// <summary>The route that a user chooses for a certificate.</summary>
public enum IssuanceRoute
{
    /// <summary>The rack's controller if the issuer is its default issuer, otherwise the module's own engine.</summary>
    Default,

    /// <summary>The module's own engine.</summary>
    Engine,

    /// <summary>The rack's controller, such as cert-manager.</summary>
    Controller,
}
