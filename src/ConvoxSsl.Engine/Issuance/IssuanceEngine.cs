using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Delegated;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.RateLimits;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Engine.Issuance.Targets;
using ConvoxSsl.Engine.Issuance.Versions;
using ConvoxSsl.Engine.Issuance.Webhooks;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>
/// Issues and renews the certificates of one rack: plan a request, then issue the plan, alone or in a batch. Reads each CA's
/// directory and account once in its lifetime.
/// </summary>
public sealed partial class IssuanceEngine : IDisposable
{
    private readonly IssuanceContext _context;
    private readonly CertificateLocks _locks;
    private readonly CertificateLookup _lookup;
    private readonly CertificateWriter _writer;
    private readonly OrderJournal _journal;
    private readonly AcmeServices _acme;
    private readonly DelegatedIssuance _delegated;

    /// <param name="rack">The rack with the certificates, accounts and orders.</param>
    /// <param name="solvers">The solvers for http-01 and tls-alpn-01. They must outlive the engine.</param>
    /// <param name="time">The clock.</param>
    /// <param name="events">Receives the events, from any thread.</param>
    /// <param name="options">The options; null for the defaults.</param>
    public IssuanceEngine(
        IRack rack, ChallengeSolvers solvers, TimeProvider time, IProgress<IssuanceEvent> events, EngineOptions? options = null)
    {
        var context = _context = new IssuanceContext(rack, time, events, options);
        _locks = new CertificateLocks(context);
        _lookup = new CertificateLookup(context);
        _writer = new CertificateWriter(context);
        Accounts = new AcmeAccounts(context);
        Notices = new Notifier(context);
        var selector = new SolverSelector(context, solvers);
        var cleanup = new ChallengeCleanup(context, selector);
        _journal = new OrderJournal(context, cleanup);
        var limits = new OrderLimits(context);
        _acme = new AcmeServices(context, Accounts, selector, new CertificateKeys(rack), _journal, cleanup, limits, _writer);
        var routing = new ControllerRouting(context);
        Planner = new IssuancePlanner(context, _lookup, routing, selector, _journal, limits);
        Issuers = new IssuerSelector(context, _lookup);
        Certificates = new CertificateCatalog(context, _locks, _writer, _journal, new CertificateRevocation(Accounts));
        Renewals = new RenewalService(context, Certificates, new RenewalInfoService(context, Accounts), Notices);
        DnsSolvers = new DnsSolverCatalog(context, selector);
        Targets = new TargetCatalog(context);
        Deliveries = new DeliveryService(context, Notices);
        var hiddenNames = new HiddenNameWarning(context, selector);
        _delegated = new DelegatedIssuance(context, routing, hiddenNames, _locks, _lookup, _writer, _journal, Notices);
    }

    /// <summary>
    /// Issues a batch of certificates, and returns each result as soon as its certificate is live. The jobs run at once and share
    /// the calls to DNS providers. The enumeration ends when all that was published is removed, or marked for the next run. A
    /// consumer that leaves it early cancels the rest.
    /// </summary>
    /// <param name="plans">The plans.</param>
    /// <param name="ct">The cancellation token. An order that it interrupts can be resumed later.</param>
    public IAsyncEnumerable<IssueResult> IssueAllAsync(IReadOnlyList<IssuancePlan> plans, CancellationToken ct) =>
        new IssuanceBatch<IssueResult>(plans.Count, _context.Time)
            .RunAsync((number, job, results, stop) => IssueAsync(plans[number], job, results, stop), ct);

    /// <summary>
    /// Returns a certificate for the names of a request: the existing one if its issuer is the same and it is not due, otherwise
    /// a new version.
    /// </summary>
    /// <exception cref="InvalidInputException">The request is not valid.</exception>
    /// <exception cref="AcmeException">The CA refused.</exception>
    /// <exception cref="EngineException">The rack or a challenge could not be used.</exception>
    public async Task<CertificateEntry> IssueAsync(IssueRequest request, CancellationToken ct) =>
        (await IssueOneAsync(await Planner.PlanAsync(request, ct).ConfigureAwait(false), ct).ConfigureAwait(false)).Entry!;

    /// <summary>
    /// Renews a certificate, with the settings of its first issuance unless the request changes them. Resumes an interrupted order
    /// if there is one.
    /// </summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>; <c>CertificateNotRenewable</c>: it was imported.</exception>
    public async Task<CertificateEntry> RenewAsync(string id, RenewalRequest request, CancellationToken ct)
    {
        var record = (await Certificates.FindAsync(id, ct).ConfigureAwait(false)).Record;
        return await IssueAsync(request.ToIssueRequest(record), ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Obtains a certificate from the CA's staging endpoint and keeps only the account there, because CAs limit how many accounts
    /// are created.
    /// </summary>
    /// <param name="request">The request, for the CA that would issue.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <returns>The chain, which is not stored.</returns>
    /// <exception cref="InvalidInputException">The request is not valid; <c>NoStaging</c>: the CA has no staging endpoint.</exception>
    /// <exception cref="AcmeException">The CA refused.</exception>
    /// <exception cref="EngineException">The rack or a challenge could not be used.</exception>
    public async Task<CertificateChain> TryAsync(IssueRequest request, CancellationToken ct)
    {
        var plan = await Planner.PlanAsync(request with { IsDryRun = true }, ct).ConfigureAwait(false);
        return (await IssueOneAsync(plan, ct).ConfigureAwait(false)).Trial!;
    }

    /// <summary>Requests a certificate as <see cref="StartAsync"/> does; its error is part of the result.</summary>
    public async Task<IssueResult> StartWithResultAsync(IssuancePlan plan, CancellationToken ct)
    {
        try
        {
            return new IssueResult(plan) { Started = await StartAsync(plan, ct).ConfigureAwait(false) };
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            return new IssueResult(plan) { Error = e };
        }
    }

    /// <summary>Requests a certificate from the rack's controller and does not wait for it, unless the existing one will do.</summary>
    /// <exception cref="InvalidInputException"><c>NoWaitNotPossible</c>: the module itself issues it.</exception>
    /// <exception cref="EngineException"><c>RetryLater</c>.</exception>
    public async Task<CertificateState> StartAsync(IssuancePlan plan, CancellationToken ct)
    {
        _context.Events.SetCurrent(plan.Request.Names[0].Value);
        RequireNoWait(plan);
        await _context.Rack.PrepareAsync(ct).ConfigureAwait(false);
        var started = await _delegated.StartAsync(plan, ct).ConfigureAwait(false);
        return await Certificates.FindAsync(started.Record.Id, ct).ConfigureAwait(false);
    }

    /// <summary>Verifies that a controller issues the certificate, so that nothing here has to wait for it.</summary>
    /// <exception cref="InvalidInputException"><c>NoWaitNotPossible</c>.</exception>
    public static void RequireNoWait(IssuancePlan plan)
    {
        if (plan.Method != IssuanceMethod.Delegated)
        {
            throw new InvalidInputException(
                ErrorCode.NoWaitNotPossible,
                plan.Method == IssuanceMethod.SelfSigned
                    ? "A self-signed certificate is created at once, so there is nothing to wait for."
                    : $"The module itself orders this certificate from {plan.Request.Issuer} and has to wait for the CA. "
                        + "Only cert-manager on a rack issues without that.",
                plan.Request.Names[0].Value)
            {
                Remedy = new Remedy(ErrorCode.NoWaitNotPossible),
            };
        }
    }

    /// <summary>
    /// Waits for certificates that are being issued, and returns each result as it comes: resumes their orders, or waits for the
    /// rack's controller or the owner of a domain. The jobs run at once and share the calls to DNS providers.
    /// </summary>
    /// <param name="ids">The certificates.</param>
    /// <param name="request">The renewal request; its time limit is that of the whole wait.</param>
    /// <param name="ct">The cancellation token.</param>
    public IAsyncEnumerable<WaitResult> WaitAllAsync(IReadOnlyList<string> ids, RenewalRequest request, CancellationToken ct)
    {
        var wait = new IssuanceWait(this, _delegated, _context, request);
        return new IssuanceBatch<WaitResult>(ids.Count, _context.Time)
            .RunAsync((number, job, results, stop) => wait.RunAsync(ids[number], job, results, stop), ct);
    }

    /// <summary>Waits for a certificate that is being issued. See <see cref="WaitAllAsync"/>.</summary>
    /// <exception cref="EngineException">
    /// <c>CertificateNotFound</c>; <c>RetryLater</c>: it failed, and its next attempt is later; <c>OrderTimedOut</c>.
    /// </exception>
    /// <exception cref="AcmeException">The CA refused.</exception>
    public async Task<CertificateEntry> WaitAsync(string id, RenewalRequest request, CancellationToken ct)
    {
        WaitResult? result = null;
        await foreach (var only in WaitAllAsync([id], request, ct).ConfigureAwait(false))
        {
            result = only;
        }

        ThrowIfFailed(result!.Error);
        return result.Entry!;
    }

    /// <summary>
    /// Removes what killed dry runs and ended orders left published. What cannot be removed stays for the next run, with a warning.
    /// </summary>
    public Task CleanUpLeftoversAsync(CancellationToken ct) => _journal.CleanUpLeftoversAsync(ct);

    /// <summary>Checks a name before anything is ordered for it, step by step; orders and writes nothing.</summary>
    /// <param name="name">The name.</param>
    /// <param name="issuer">The CA.</param>
    /// <param name="settings">The settings for the validation of the name.</param>
    /// <param name="caCertificate">The PEM of the root that the CA's endpoint is trusted by.</param>
    /// <param name="ct">The cancellation token.</param>
    public IAsyncEnumerable<DnsCheck> TestAsync(
        CertificateName name, Issuer issuer, IssuanceSettings settings, string? caCertificate, CancellationToken ct) =>
        new DomainPreflight(_context, _acme.Solvers, Accounts, _acme.Limits).RunAsync(name, issuer, settings, caCertificate, ct);

    /// <inheritdoc/>
    public void Dispose()
    {
        Accounts.Dispose();
        Notices.Dispose();
        _acme.Solvers.Dispose();
        _acme.Keys.Dispose();
    }

    /// <summary>Issues one certificate of a batch: takes the locks, follows the plan's method, then does what needs no lock.</summary>
    internal async Task IssueAsync(IssuancePlan plan, RecordBatchJob job, ChannelWriter<IssueResult> results, CancellationToken ct)
    {
        _context.Events.SetCurrent(plan.Request.Names[0].Value, plan.Job);
        IssueOutcome? outcome = null;
        try
        {
            if (plan.AccountDirectory is { } directoryUrl)
            {
                await Accounts.RequireTermsAsync(directoryUrl, plan.Request.Account, ct).ConfigureAwait(false);
            }

            await _context.Rack.PrepareAsync(ct).ConfigureAwait(false);
            if (plan.Method == IssuanceMethod.Delegated)
            {
                job.End();
                outcome = new IssueOutcome { Entry = await _delegated.IssueAsync(plan, ct).ConfigureAwait(false) };
            }
            else
            {
                await using var locked = await LockAsync(plan, job, ct).ConfigureAwait(false);
                plan = locked.Plan;
                outcome = plan.IsSatisfied ? new IssueOutcome { Entry = plan.Known }
                    : plan.Method == IssuanceMethod.SelfSigned ? await SelfSignAsync(plan, ct).ConfigureAwait(false)
                    : await new AcmeOrderFlow(_acme, plan, job).RunAsync(ct).ConfigureAwait(false);
            }

            job.End();
            await NotifyAsync(plan, outcome, ct).ConfigureAwait(false);
            results.TryWrite(new IssueResult(plan) { Entry = outcome.Entry, Trial = outcome.Trial, Error = outcome.Failure?.Error });
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            await NotifyFailureAsync(plan, e, ct).ConfigureAwait(false);
            results.TryWrite(new IssueResult(plan) { Error = e });
        }
        finally
        {
            job.End();
            if (outcome is { Entry: { } stored, Removal: { } removal })
            {
                await _journal.FinishAsync(stored, removal).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Takes the locks of a plan, and then reads again what it was based on: another process may have done its work.</summary>
    private async Task<LockedPlan> LockAsync(IssuancePlan plan, RecordBatchJob job, CancellationToken ct)
    {
        // Another job of the batch may hold the lock, and must not wait for this one before it publishes.
        void OnWait() => job.IsPreparing = false;
        var locks = new Stack<IAsyncDisposable>();
        try
        {
            // By names first: the same names in another order, or a self-signed certificate for them, have another id.
            var knownId = plan.CertificateId ?? plan.Known?.Record.Id;
            if (!plan.Request.IsDryRun)
            {
                locks.Push(await _locks.LockNamesAsync(plan.Request.Names, knownId, OnWait, ct).ConfigureAwait(false));
            }

            var id = knownId ?? await _lookup.CreateIdAsync(plan.Request, ct).ConfigureAwait(false);
            locks.Push(await _locks.LockAsync(id, OnWait, ct).ConfigureAwait(false));
            job.IsPreparing = true;
            var known = plan.Request.IsDryRun
                ? null
                : await _lookup.FindAsync(plan.Request.Names, plan.Request.Issuer, ct).ConfigureAwait(false);
            if (known is not null && known.Record.Id != id)
            {
                // It was stored under another id since it was planned.
                locks.Push(await _locks.LockAsync(known.Record.Id, OnWait, ct).ConfigureAwait(false));
                job.IsPreparing = true;
            }

            plan = plan with { CertificateId = known?.Record.Id ?? id, Known = known };
            return new LockedPlan(await ReadOrderAsync(plan, ct).ConfigureAwait(false), locks);
        }
        catch
        {
            await new LockedPlan(plan, locks).DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads the journaled order of a locked plan, and finishes it if its certificate is stored already.</summary>
    private async Task<IssuancePlan> ReadOrderAsync(IssuancePlan plan, CancellationToken ct)
    {
        if (plan.Known is null)
        {
            return plan with { Order = await _journal.FindAsync(plan.CertificateId!, ct).ConfigureAwait(false), IsSatisfied = false };
        }

        var recovered = await _journal.RecoverAsync(plan.Known, ct).ConfigureAwait(false);
        var isNew = recovered.IsFinished && !Renewals.IsDue(recovered.Known);
        var isCurrent = !Planner.Resumes(recovered.Order, plan.Request) && _lookup.IsCurrent(recovered.Known, plan.Request);
        if (isCurrent)
        {
            _lookup.ReportCurrent(recovered.Known);
        }

        return !isNew && !isCurrent && plan.Method == IssuanceMethod.Acme && recovered.Damage is { } damage
            ? throw damage
            : plan with { Known = recovered.Known, Order = recovered.Order, IsSatisfied = isNew || isCurrent };
    }

    private async Task<IssueOutcome> SelfSignAsync(IssuancePlan plan, CancellationToken ct)
    {
        var request = plan.Request;
        _context.ReportStep($"Signing a certificate for {request.Names[0]} with its own key", 50);
        var key = await _acme.Keys.CreateAsync(request, plan.Known, ct).ConfigureAwait(false);
        var chain = SelfSignedCertificate.Create(
            key, request.Names, _context.Now, request.Settings.Duration ?? SelfSignedCertificate.DefaultLifetime);
        var material = new CertificateWithKey(chain, key);
        var entry = await _writer.StoreAsync(plan.Record, material, request.KeepVersions, ct).ConfigureAwait(false);
        _context.ReportDetail($"Version {entry.LiveVersion} of {entry.Record.Id} is live and valid until {entry.Live.Expires:u}");
        return new IssueOutcome { Entry = entry, IsNew = true };
    }

    // After the locks are released, because apps and the webhook may take their time.
    private async Task NotifyAsync(IssuancePlan plan, IssueOutcome outcome, CancellationToken ct)
    {
        if (outcome is { IsNew: true, Entry: { } entry })
        {
            await _writer.PublishAsync(entry.Record.Id, ct).ConfigureAwait(false);
            if (outcome.IsRenewal)
            {
                await Notices.RenewedAsync(entry, ct).ConfigureAwait(false);
            }
        }

        if (outcome.Failure is { } failure)
        {
            await NotifyFailureAsync(failure.Record, plan.Known, failure.Error, failure.NextTry, ct).ConfigureAwait(false);
        }
    }

    // A renewal can also fail before its first step. DelegatedIssuance has notified of its own failures.
    private Task NotifyFailureAsync(IssuancePlan plan, Exception error, CancellationToken ct) =>
        plan is { Known: { } known, Request.IsDryRun: false }
        && OrderFailures.IsReported(error)
        && error is not EngineException { Code: ErrorCode.IssuanceFailed or ErrorCode.OrderTimedOut }
            ? NotifyFailureAsync(known.Record, known, error, null, ct)
            : Task.CompletedTask;

    private Task NotifyFailureAsync(
        CertificateRecord record, CertificateEntry? known, Exception error, DateTimeOffset? nextTry, CancellationToken ct) =>
        Notices.FailedAsync(record, known, FailureCode.Get(error), _context.DescribeFailure(error), nextTry, ct);

    private async Task<IssueResult> IssueOneAsync(IssuancePlan plan, CancellationToken ct)
    {
        IssueResult? result = null;
        await foreach (var only in IssueAllAsync([plan], ct).ConfigureAwait(false))
        {
            result = only;
        }

        ThrowIfFailed(result!.Error);
        return result;
    }

    private static void ThrowIfFailed(Exception? error)
    {
        if (error is not null)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }
}
