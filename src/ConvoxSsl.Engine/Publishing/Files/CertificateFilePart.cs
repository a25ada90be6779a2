namespace ConvoxSsl.Engine.Publishing.Files;

/// <summary>The contents of one file of a certificate.</summary>
public enum CertificateFilePart
{
    /// <summary>The private key.</summary>
    PrivateKey,

    /// <summary>The certificate.</summary>
    Certificate,

    /// <summary>The issuers.</summary>
    Chain,

    /// <summary>The certificate and its issuers.</summary>
    FullChain,

    /// <summary>The private key, the certificate and its issuers.</summary>
    All,
}

/// <summary>A file of a certificate.</summary>
/// <param name="Part">The contents.</param>
/// <param name="Path">The full path.</param>
public sealed record CertificateFile(CertificateFilePart Part, string Path)
{
    /// <summary>True if the file contains the private key.</summary>
    public bool IsSecret => Part is CertificateFilePart.PrivateKey or CertificateFilePart.All;

    /// <summary>True if the file, after it was written, contains the private key and users outside of its group can read it.</summary>
    public bool IsExposed { get; init; }
}
