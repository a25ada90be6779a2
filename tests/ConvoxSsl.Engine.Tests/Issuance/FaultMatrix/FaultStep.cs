namespace ConvoxSsl.Engine.Tests.Issuance.FaultMatrix;

/// <summary>The steps, in the order of the table's columns.</summary>
public enum FaultStep
{
    /// <summary>Reading the directory.</summary>
    Directory,

    /// <summary>Fetching the first nonce.</summary>
    NewNonce,

    /// <summary>Creating the account.</summary>
    NewAccount,

    /// <summary>Ordering a certificate.</summary>
    NewOrder,

    /// <summary>Ordering a certificate that replaces another.</summary>
    Replacement,

    /// <summary>Reading the authorization.</summary>
    Authorization,

    /// <summary>Responding to the challenge.</summary>
    Challenge,

    /// <summary>Polling the order.</summary>
    Order,

    /// <summary>Sending the signing request.</summary>
    Finalize,

    /// <summary>Downloading the certificate.</summary>
    Certificate,

    /// <summary>Reading renewal information.</summary>
    RenewalInfo,

    /// <summary>Revoking the certificate.</summary>
    RevokeCertificate,

    /// <summary>Changing the account's key.</summary>
    KeyChange,
}
