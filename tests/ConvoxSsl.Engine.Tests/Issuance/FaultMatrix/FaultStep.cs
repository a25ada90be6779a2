namespace ConvoxSsl.Engine.Tests.Issuance.FaultMatrix;

/// <summary>The steps, in the order of the table's columns.</summary>
public enum FaultStep
{
    /// <summary>The directory is read.</summary>
    Directory,

    /// <summary>The first nonce is fetched.</summary>
    NewNonce,

    /// <summary>The account is created.</summary>
    NewAccount,

    /// <summary>A certificate is ordered.</summary>
    NewOrder,

    /// <summary>A certificate is ordered that replaces another.</summary>
    Replacement,

    /// <summary>The authorization is read.</summary>
    Authorization,

    /// <summary>The challenge is answered.</summary>
    Challenge,

    /// <summary>The order is polled.</summary>
    Order,

    /// <summary>The signing request is sent.</summary>
    Finalize,

    /// <summary>The certificate is downloaded.</summary>
    Certificate,

    /// <summary>Renewal information is read.</summary>
    RenewalInfo,

    /// <summary>The certificate is revoked.</summary>
    RevokeCertificate,

    /// <summary>The account's key is changed.</summary>
    KeyChange,
}
