using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>The result of one plan of a batch: a certificate, the chain of a dry run, or an error.</summary>
/// <param name="Plan">The plan.</param>
public sealed record IssueResult(IssuancePlan Plan)
{
    /// <summary>The certificate, which is live; null after an error or a dry run.</summary>
    public CertificateEntry? Entry { get; init; }

    /// <summary>The chain that a dry run obtained. The receiver disposes it.</summary>
    public CertificateChain? Trial { get; init; }

    /// <summary>The state of a certificate that was only requested from the rack's controller.</summary>
    public CertificateState? Started { get; init; }

    /// <summary>The error; null after a success. An error of one plan does not affect the others.</summary>
    public Exception? Error { get; init; }
}
