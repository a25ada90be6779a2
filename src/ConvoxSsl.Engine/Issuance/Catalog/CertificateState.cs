using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Catalog;

/// <summary>The state of a certificate: stored, being ordered, or being issued by the rack's controller. At least one applies.</summary>
/// <param name="Entry">The stored certificate; null while its first version is being ordered.</param>
/// <param name="Order">The journaled order for its next version; null if there is none.</param>
/// <param name="Controlled">The state at the rack's controller; null if the controller does not manage it, or it is ready.</param>
public sealed record CertificateState(CertificateEntry? Entry, OrderRecord? Order, ControlledCertificate? Controlled = null)
{
    /// <summary>The certificate's record.</summary>
    public CertificateRecord Record => Entry?.Record ?? Order?.Certificate ?? Controlled!.Certificate;

    /// <summary>The failure of the last attempt; null if there was none.</summary>
    public IssuanceFailure? Failure => Order?.Failure ?? Controlled?.Failure;

    /// <summary>Returns the stored certificate.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>: no version has been issued yet.</exception>
    public CertificateEntry RequireIssued() => Entry ?? throw new EngineException(
        ErrorCode.CertificateNotFound,
        EngineErrorKind.NotFound,
        $"{Record.GetTitle()} has not been issued yet{(Failure is { } failure ? $"; the last attempt failed: {failure.Cause}" : ".")}",
        Record.Id)
    {
        Remedy = Failure is null
            ? new Remedy("CertificateNotFound.NotIssued", Record.Id)
            : new Remedy("CertificateNotFound.Failed", Record.Id),
    };
}
