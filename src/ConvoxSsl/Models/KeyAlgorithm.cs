namespace ConvoxSsl;

/// <summary>The key types that public CAs accept.</summary>
public enum KeyAlgorithm
{
    /// <summary>ECDSA on NIST P-256: the default.</summary>
    EcdsaP256,

    /// <summary>ECDSA on NIST P-384.</summary>
    EcdsaP384,

    /// <summary>RSA with 2048 bits.</summary>
    Rsa2048,

    /// <summary>RSA with 3072 bits.</summary>
    Rsa3072,

    /// <summary>RSA with 4096 bits.</summary>
    Rsa4096,
}
