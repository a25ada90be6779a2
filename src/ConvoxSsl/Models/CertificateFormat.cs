namespace ConvoxSsl;

/// <summary>The formats in which certificates are written to files.</summary>
public enum CertificateFormat
{
    /// <summary>The files privkey.pem, cert.pem, chain.pem and fullchain.pem.</summary>
    Pem,

    /// <summary>One PEM file with key, certificate and chain, as HAProxy and Postfix read it.</summary>
    CombinedPem,

    /// <summary>A PFX file with key, certificate and chain.</summary>
    Pfx,

    /// <summary>A PFX file with the algorithms that old programs understand: Triple DES and SHA-1.</summary>
    LegacyPfx,

    /// <summary>A PKCS#7 file with certificate and chain, without the key.</summary>
    Pkcs7,

    /// <summary>The certificate in DER; in a directory also the key.</summary>
    Der,
}
