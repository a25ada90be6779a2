using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Engine.Issuance.Targets;
using ConvoxSsl.Engine.Issuance.Webhooks;

namespace ConvoxSsl.Engine.Issuance;

/// <content>The services on the rack.</content>
public sealed partial class IssuanceEngine
{
    /// <summary>Plans requests.</summary>
    public IssuancePlanner Planner { get; }

    /// <summary>The issuers of certificates if the user names none.</summary>
    public IssuerSelector Issuers { get; }

    /// <summary>The accounts of the rack.</summary>
    public AcmeAccounts Accounts { get; }

    /// <summary>The certificates of the rack.</summary>
    public CertificateCatalog Certificates { get; }

    /// <summary>The renewal times of the rack's certificates.</summary>
    public RenewalService Renewals { get; }

    /// <summary>The DNS solvers of the rack.</summary>
    public DnsSolverCatalog DnsSolvers { get; }

    /// <summary>The notices to the rack's webhook.</summary>
    public Notifier Notices { get; }

    /// <summary>The targets of the rack.</summary>
    public TargetCatalog Targets { get; }

    /// <summary>The deliveries to the targets of this machine.</summary>
    public DeliveryService Deliveries { get; }
}
