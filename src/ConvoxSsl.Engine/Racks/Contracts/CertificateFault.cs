namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>A fault of a stored certificate that another program has written or changed.</summary>
/// <param name="Kind">The kind of the fault.</param>
/// <param name="Message">The fault, as one sentence.</param>
public sealed record CertificateFault(CertificateFaultKind Kind, string Message)
{
    /// <summary>True if servers can use the certificate all the same.</summary>
    public bool IsUsable => Kind != CertificateFaultKind.Unusable;
}

/// <summary>The kind of a fault.</summary>
public enum CertificateFaultKind
{
    /// <summary>Servers or their clients reject the certificate.</summary>
    Unusable,

    /// <summary>The certificate is stored without its private key.</summary>
    NoKey,

    /// <summary>A copy in another format, beside the certificate, belongs to another version.</summary>
    OutdatedCopy,
}
