namespace ConvoxSsl.Engine.Publishing.Files;

/// <summary>The formats of certificates in files.</summary>
public enum CertificateFileFormat
{
    /// <summary>Separate PEM files for key, certificate, issuers, and certificate with issuers.</summary>
    Pem,

    /// <summary>One PEM file with key, certificate and issuers.</summary>
    CombinedPem,

    /// <summary>A PKCS#12 archive with key, certificate and issuers.</summary>
    Pfx,

    /// <summary>A PKCS#12 archive with the algorithms of old programs: Triple DES and SHA-1.</summary>
    LegacyPfx,

    /// <summary>A PKCS#7 bundle of certificate and issuers, in PEM.</summary>
    Pkcs7,

    /// <summary>The certificate in DER; in a directory also the key.</summary>
    Der,
}
