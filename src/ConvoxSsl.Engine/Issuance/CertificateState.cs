using ConvoxSsl.Engine.Issuance.Delegated;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>A certificate of a rack, as far as it has come; at least one of the three is there.</summary>
/// <param name="Entry">What is stored; null while its first version is being ordered.</param>
/// <param name="Order">The unfinished order for its next version, or null.</param>
/// <param name="Controlled">How far the rack's controller is with it, where that is not ready.</param>
public sealed record CertificateState(CertificateEntry? Entry, OrderRecord? Order, ControlledCertificate? Controlled = null)
{
    /// <summary>What the certificate is.</summary>
    public CertificateRecord Record => Entry?.Record ?? Order?.Certificate ?? Controlled!.Certificate;

    /// <summary>Why the last try to issue it failed; null where none did.</summary>
    public IssuanceFailure? Failure => Order?.Failure ?? (Controlled is { Phase: ControlledPhase.Failed } failed ? DelegatedIssuance.FailureOf(failed) : null);
}
