using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Delegated;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.RateLimits;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Engine.Issuance.Versions;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>
/// Checks requests as far as possible without a request to anyone but the rack, and decides once how each is issued.
/// </summary>
public sealed class IssuancePlanner
{
    private readonly IssuanceContext _context;
    private readonly CertificateLookup _lookup;
    private readonly ControllerRouting _routing;
    private readonly SolverSelector _solvers;
    private readonly OrderJournal _journal;
    private readonly OrderLimits _limits;

    internal IssuancePlanner(
        IssuanceContext context,
        CertificateLookup lookup,
        ControllerRouting routing,
        SolverSelector solvers,
        OrderJournal journal,
        OrderLimits limits)
    {
        _context = context;
        _lookup = lookup;
        _routing = routing;
        _solvers = solvers;
        _journal = journal;
        _limits = limits;
    }

    /// <summary>
    /// Checks a request, decides how it is issued and finds the certificate that it is for. The plan of a dry run is for the CA's
    /// staging endpoint.
    /// </summary>
    /// <exception cref="InvalidInputException">
    /// The request is not valid, or the rack cannot satisfy it; <c>NoStaging</c>: the CA has no staging endpoint.
    /// </exception>
    public async Task<IssuancePlan> PlanAsync(IssueRequest request, CancellationToken ct)
    {
        _context.Events.SetCurrent(request.Names[0].Value);
        var plan = await CheckAsync(request, ct).ConfigureAwait(false);
        if (request.IsDryRun)
        {
            return await PlanDryRunAsync(plan.Request, ct).ConfigureAwait(false);
        }

        var known = plan is { Method: IssuanceMethod.Delegated, Request.CertificateId: { } id }
            ? await _context.Rack.Certificates.FindAsync(id, ct).ConfigureAwait(false)
            : await _lookup.FindAsync(request.Names, request.Issuer, ct).ConfigureAwait(false);
        plan = plan with { Known = known };
        return known is null || known.Record.IsOfApp()
            ? plan
            : plan with { IsSatisfied = await IsSatisfiedAsync(plan, known, ct).ConfigureAwait(false) };
    }

    /// <summary>
    /// Verifies for a preview that an order is not delayed by an earlier failure or by a limit of the CA, as far as the rack has recorded
    /// them.
    /// </summary>
    /// <exception cref="EngineException"><c>RetryLater</c>, <c>LimitReached</c>.</exception>
    public async Task RequirePossibleAsync(IssuancePlan plan, CancellationToken ct)
    {
        if (plan.AccountDirectory is not { } directoryUrl || plan.Request.IsDryRun)
        {
            return;
        }

        var request = plan.Request;
        var id = plan.Known?.Record.Id ?? await _lookup.CreateIdAsync(request, ct).ConfigureAwait(false);
        var order = await _journal.TryFindAsync(id, ct).ConfigureAwait(false);
        if (!request.Force)
        {
            var record = request.ToRecord(id, plan.Known);
            new RetryBackoff(_context).RequireAttemptAllowed(order, record.Settings!);
        }

        if (!request.SkipLimitCheck
            && !Resumes(order, request)
            && await _context.Rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) is { Url: { } accountUrl })
        {
            // The directory, which is not read, decides if a certificate of the same CA is replaced.
            var kind = plan.Known is not { } known ? OrderKind.New
                : known.Record.Issuer == request.Issuer.Name && known.Live.RenewalId is not null ? OrderKind.Replacement
                : OrderKind.Renewal;
            await _limits.RequireQuotaAsync(directoryUrl, accountUrl, request.Names, kind, ct).ConfigureAwait(false);
        }
    }

    /// <summary>True if an interrupted order is to be finished first, even if the previous version is not due.</summary>
    internal bool Resumes(OrderRecord? order, IssueRequest request) =>
        order is { IsResumable: true }
        && order.Certificate.Issuer == request.Issuer.Name
        && order.Failure?.Holds(_context.Now) is not true;

    /// <summary>Checks a request and chooses the method, without a look at the rack's certificates.</summary>
    internal async Task<IssuancePlan> CheckAsync(IssueRequest request, CancellationToken ct)
    {
        RequestRules.Check(request);
        if (await _routing.FindControllerAsync(request, ct).ConfigureAwait(false) is { } controller)
        {
            request = request with { Route = IssuanceRoute.Controller, Settings = request.Settings with { Controller = controller.Name } };
            _routing.Check(request);
            return new IssuancePlan { Request = request, Method = IssuanceMethod.Delegated };
        }

        request = ControllerRouting.RequireOwn(request);
        AcmeAccounts.Check(request.Account);
        if (request.Issuer.DirectoryUrl is null)
        {
            return new IssuancePlan { Request = request, Method = IssuanceMethod.SelfSigned };
        }

        ProfileRules.Check(request.Issuer, request.Settings.Profile, request.Names);
        await _solvers.CheckAsync(request.Names, request.Settings, ct).ConfigureAwait(false);
        return new IssuancePlan { Request = request, Method = IssuanceMethod.Acme };
    }

    // A dry run orders from the CA's staging endpoint, under an id beside that of the certificate.
    private async Task<IssuancePlan> PlanDryRunAsync(IssueRequest request, CancellationToken ct)
    {
        var staging = request.Issuer.Trial is { DirectoryUrl: not null } found ? found : throw new InvalidInputException(
            ErrorCode.NoStaging, $"'{request.Issuer}' has no staging endpoint for a dry run.", request.Issuer.Name);
        request = request with { Issuer = staging, Force = true, Route = IssuanceRoute.Engine };
        var plan = await CheckAsync(request, ct).ConfigureAwait(false);
        return plan with { CertificateId = CertificateLookup.GetDryRunId(request.Names) };
    }

    private async Task<bool> IsSatisfiedAsync(IssuancePlan plan, CertificateEntry known, CancellationToken ct)
    {
        if (!_lookup.IsCurrent(known, plan.Request))
        {
            return false;
        }

        var order = await _journal.TryFindAsync(known.Record.Id, ct).ConfigureAwait(false);
        if (order is { IsLeftover: true } || Resumes(order, plan.Request))
        {
            return false;
        }

        _lookup.ReportCurrent(known);
        return true;
    }
}
