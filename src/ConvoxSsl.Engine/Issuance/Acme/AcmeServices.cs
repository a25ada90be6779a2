using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.RateLimits;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Engine.Issuance.Versions;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>The services that all orders share.</summary>
/// <param name="Context">The rack, the clock and the events.</param>
/// <param name="Accounts">The accounts at CAs.</param>
/// <param name="Solvers">The choice of a solver for each name.</param>
/// <param name="Keys">The keys of new versions.</param>
/// <param name="Journal">The journal of orders.</param>
/// <param name="Cleanup">The removal of published responses.</param>
/// <param name="Limits">The limits of CAs.</param>
/// <param name="Certificates">The store of certificates.</param>
internal sealed record AcmeServices(
    IssuanceContext Context,
    AcmeAccounts Accounts,
    SolverSelector Solvers,
    CertificateKeys Keys,
    OrderJournal Journal,
    ChallengeCleanup Cleanup,
    OrderLimits Limits,
    CertificateWriter Certificates);
