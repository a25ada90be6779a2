using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Plans;

/// <summary>The ways in which a certificate is issued.</summary>
public enum IssuanceMethod
{
    /// <summary>The module signs the certificate with its own key.</summary>
    SelfSigned,

    /// <summary>The module orders the certificate from an ACME CA.</summary>
    Acme,

    /// <summary>The rack's controller, such as cert-manager, issues the certificate.</summary>
    Delegated,
}

/// <summary>
/// A checked request together with what was decided about it, once: who issues it, and which certificate it is for.
/// </summary>
public sealed record IssuancePlan
{
    /// <summary>The request. Its settings name the controller if one issues.</summary>
    public required IssueRequest Request { get; init; }

    /// <summary>The way in which the certificate is issued.</summary>
    public required IssuanceMethod Method { get; init; }

    /// <summary>The certificate of the rack for the same names; null if there is none yet.</summary>
    public CertificateEntry? Known { get; init; }

    /// <summary>
    /// True if <see cref="Known"/> satisfies the request: it is from the same issuer, not due, and no earlier order is open.
    /// </summary>
    public bool IsSatisfied { get; init; }

    /// <summary>The directory of the CA at which an account is needed; null if none is.</summary>
    public Uri? AccountDirectory => Method == IssuanceMethod.Acme ? Request.Issuer.DirectoryUrl : null;

    /// <summary>Identifies the plan in the events about it.</summary>
    public object Job { get; init; } = new();

    /// <summary>The id of the certificate, which is fixed under its lock.</summary>
    internal string? CertificateId { get; init; }

    /// <summary>The journaled order, as read under the certificate's lock; null if there is none.</summary>
    internal OrderRecord? Order { get; init; }

    /// <summary>The certificate to be issued.</summary>
    internal CertificateRecord Record => Request.ToRecord(
        CertificateId ?? throw new InvalidOperationException("The id is not fixed before the certificate is locked."), Known);
}
