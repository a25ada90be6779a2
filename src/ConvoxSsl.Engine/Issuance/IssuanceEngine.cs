using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Delegated;
using ConvoxSsl.Engine.Issuance.RateLimits;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Engine.Issuance.Webhooks;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>
/// Requests in, certificates out: issues and renews the certificates of one rack. Reads each CA's
/// directory and account once in its lifetime.
/// </summary>
public sealed class IssuanceEngine : IDisposable
{
    private readonly IRack _rack;
    private readonly TimeProvider _time;
    private readonly CertificateEvents _events;
    private readonly CertificateLookup _lookup;
    private readonly SolverSelector _solvers;
    private readonly CertificateKeys _keys;
    private readonly OrderEnding _ending;
    private readonly AcmeIssuer _acme;
    private readonly IssuanceRouting _routing;
    private readonly DelegatedIssuance _delegated;
    private readonly RetryBackoff _memory;
    private readonly OrderLimits _limits;

    /// <param name="rack">Where certificates, accounts and unfinished orders are.</param>
    /// <param name="solvers">How names are proved; outlives the engine.</param>
    /// <param name="time">The clock.</param>
    /// <param name="events">Told what happens, from any thread.</param>
    /// <param name="options">What it is made of beyond these.</param>
    public IssuanceEngine(IRack rack, ChallengeSolvers solvers, TimeProvider time, IProgress<IssuanceEvent> events, EngineOptions? options = null)
    {
        _rack = rack;
        _time = time;
        _events = new CertificateEvents(events);
        var parts = options ?? new EngineOptions();
        Accounts = new AcmeAccounts(rack, time, _events, parts.Concurrency);
        _lookup = new CertificateLookup(rack, time, _events);
        _solvers = new SolverSelector(rack, solvers, parts, time, _events);
        _limits = new OrderLimits(rack, parts.Limits, time, _events);
        _keys = new CertificateKeys(rack);
        _ending = new OrderEnding(rack, _solvers, time, _events);
        _acme = new AcmeIssuer(rack, Accounts, _solvers, _keys, _ending, _limits, time, _events);
        _routing = new IssuanceRouting(rack);
        _memory = new RetryBackoff(rack, time);
        Certificates = new CertificateCatalog(rack, _acme, _ending, time, _events);
        Notices = new Notifier(rack, time, _events);
        Renewals = new RenewalService(rack, Certificates, new RenewalInfoService(rack, Accounts, time, _events), Notices, time, _events);
        DnsSolvers = new DnsSolverCatalog(rack, _solvers, time);
        _delegated = new DelegatedIssuance(rack, _routing, _lookup, Certificates, _ending, Notices, time, _events);
    }

    /// <summary>The rack's accounts.</summary>
    public AcmeAccounts Accounts { get; }

    /// <summary>The rack's certificates.</summary>
    public CertificateCatalog Certificates { get; }

    /// <summary>When the rack's certificates should be renewed.</summary>
    public RenewalService Renewals { get; }

    /// <summary>The rack's DNS solvers.</summary>
    public DnsSolverCatalog DnsSolvers { get; }

    /// <summary>Tells the rack's webhook.</summary>
    public Notifier Notices { get; }

    /// <summary>
    /// Checks a request as far as that goes without asking anyone but the rack: names against challenges, the user's key and
    /// signing request against each other, the settings.
    /// </summary>
    /// <exception cref="InvalidInputException">What can't be used.</exception>
    public async Task CheckAsync(IssueRequest request, CancellationToken ct)
    {
        RequestRules.Check(request);
        request = await _routing.ChooseAsync(request, ct).ConfigureAwait(false);
        if (request.Settings.Controller is not null)
        {
            _routing.Check(request);
            return;
        }

        AcmeAccounts.Check(request.Account);
        if (request.Issuer.DirectoryUrl is not null)
        {
            ProfileRules.Check(request.Issuer, request.Settings.Profile, request.Names);
            await _solvers.CheckAsync(request.Names, request.Settings, ct).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The certificate that <see cref="IssueAsync(IssueRequest, CancellationToken)"/> would return without ordering: for
    /// the same names, from the same issuer and not due; null where there is none, the request forces a new one, or an
    /// earlier order left something to do.
    /// </summary>
    public async Task<CertificateEntry?> FindCurrentAsync(IssueRequest request, CancellationToken ct)
    {
        var known = await _lookup.FindAsync(request.Names, request.Issuer, ct).ConfigureAwait(false);
        var order = known is null ? null : await _ending.TryFindOrderAsync(known.Record.Id, ct).ConfigureAwait(false);
        return known is not null && order is not { IsLeftover: true } && !GoesOn(order, request) && _lookup.IsCurrent(known, request) ? known : null;
    }

    /// <summary>
    /// The certificate for the request's names: the one that is there, where its issuer is the same and it is not
    /// due, else a new version.
    /// </summary>
    /// <exception cref="InvalidInputException">The request can't be used.</exception>
    /// <exception cref="AcmeException">The CA refused.</exception>
    /// <exception cref="EngineException">The rack or a challenge could not be used.</exception>
    public Task<CertificateEntry> IssueAsync(IssueRequest request, CancellationToken ct) => IssueAsync(request, _ => Task.CompletedTask, ct);

    /// <summary>
    /// As <see cref="IssueAsync(IssueRequest, CancellationToken)"/>, for whoever wants the certificate before all that
    /// was published for it is removed, which in a batch waits for the others.
    /// </summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="onLive">Given the certificate once, when it is live and no lock is held.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="InvalidInputException">The request can't be used.</exception>
    /// <exception cref="AcmeException">The CA refused.</exception>
    /// <exception cref="EngineException">The rack or a challenge could not be used.</exception>
    public async Task<CertificateEntry> IssueAsync(IssueRequest request, Func<CertificateEntry, Task> onLive, CancellationToken ct)
    {
        // Before the first wait, so that those that are asked for together know of each other.
        using var ticket = _solvers.Turn.Enter();
        return await IssueAsync(request, ticket, onLive, ct).ConfigureAwait(false);
    }

    private async Task<CertificateEntry> IssueAsync(
        IssueRequest request, PublishingTicket ticket, Func<CertificateEntry, Task> onLive, CancellationToken ct)
    {
        _events.Concern(request.Names[0].Value);
        await CheckAsync(request, ct).ConfigureAwait(false);
        request = await _routing.ChooseAsync(request, ct).ConfigureAwait(false);
        if (request.Settings.Controller is not null)
        {
            ticket.Dispose();
            await _rack.PrepareAsync(ct).ConfigureAwait(false);
            var issued = await _delegated.IssueAsync(request, ct).ConfigureAwait(false);
            await onLive(issued).ConfigureAwait(false);
            return issued;
        }

        if (request.Issuer.DirectoryUrl is { } directoryUrl)
        {
            await Accounts.RequireTermsAsync(directoryUrl, request.Account, ct).ConfigureAwait(false);
        }

        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        var notices = new List<Func<Task>>();
        (CertificateEntry Entry, Task<bool>? Removal)? outcome = null;
        try
        {
            try
            {
                outcome = await IssueLockedAsync(request, ticket, notices, ct).ConfigureAwait(false);
            }
            finally
            {
                ticket.Dispose();

                // Only now that the locks are free: a receiver may take its time.
                foreach (var tell in notices)
                {
                    await tell().ConfigureAwait(false);
                }
            }

            await onLive(outcome.Value.Entry).ConfigureAwait(false);
            return outcome.Value.Entry;
        }
        finally
        {
            if (outcome is ({ } stored, { } removal))
            {
                await _ending.EndRemovedAsync(stored, removal).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Asks the rack's controller for a certificate and does not wait for it; gives the one that is there, where its
    /// issuer is the same and it is not due.
    /// </summary>
    /// <exception cref="InvalidInputException">
    /// The request can't be used; <c>NoWaitNotPossible</c>: no controller goes on with it when nobody waits.
    /// </exception>
    public async Task<CertificateState> StartAsync(IssueRequest request, CancellationToken ct)
    {
        _events.Concern(request.Names[0].Value);
        await CheckAsync(request, ct).ConfigureAwait(false);
        request = await _routing.ChooseAsync(request, ct).ConfigureAwait(false);
        if (request.Settings.Controller is null)
        {
            throw new InvalidInputException(
                ErrorCode.NoWaitNotPossible, $"-NoWait is for certificates that cert-manager issues on a rack. This one comes from {request.Issuer} by the module's own engine, which has to wait for the CA. Leave it out.", request.Names[0].Value);
        }

        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        var (record, _, _) = await _delegated.StartAsync(request, ct).ConfigureAwait(false);
        return await Certificates.FindAsync(record.Id, ct).ConfigureAwait(false);
    }

    /// <summary>Asks the rack's controller for a certificate anew, and does not wait for it.</summary>
    /// <exception cref="InvalidInputException"><c>NoWaitNotPossible</c>.</exception>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>; <c>CertificateNotRenewable</c>; <c>RetryLater</c>.</exception>
    public async Task<CertificateState> StartRenewalAsync(string id, RenewalRequest request, CancellationToken ct)
    {
        var record = (await Certificates.FindAsync(id, ct).ConfigureAwait(false)).Record;
        return await StartAsync(request.ToIssueRequest(record), ct).ConfigureAwait(false);
    }

    /// <summary>Whether the request is one that the rack's controller issues, so that no account of ours is needed.</summary>
    public async Task<bool> IsDelegatedAsync(IssueRequest request, CancellationToken ct) =>
        (await _routing.ChooseAsync(request, ct).ConfigureAwait(false)).Settings.Controller is not null;

    /// <summary>
    /// Goes the whole way to a certificate at the CA's staging endpoint and keeps nothing of it but the account there,
    /// because CAs limit how many of those are made.
    /// </summary>
    /// <param name="request">The request, for the issuer that will be asked in earnest.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The chain that was issued and thrown away.</returns>
    /// <exception cref="InvalidInputException">The request can't be used; <c>NoStaging</c>: the CA has no endpoint for trials.</exception>
    /// <exception cref="AcmeException">The CA refused.</exception>
    /// <exception cref="EngineException">The rack or a challenge could not be used.</exception>
    public async Task<CertificateChain> TryAsync(IssueRequest request, CancellationToken ct)
    {
        _events.Concern(request.Names[0].Value);
        var trial = request.Issuer.Trial is { DirectoryUrl: not null } found ? found : throw new InvalidInputException(
            ErrorCode.NoStaging, $"'{request.Issuer}' has no staging endpoint for a dry run. Try with -Issuer letsencrypt-staging, or with the URL of a directory for trials.", request.Issuer.Name);
        request = request with { Issuer = trial, IsDryRun = true, Force = true, Route = IssuanceRoute.Engine };
        await CheckAsync(request, ct).ConfigureAwait(false);
        await Accounts.RequireTermsAsync(trial.DirectoryUrl!, request.Account, ct).ConfigureAwait(false);
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        var record = request.ToRecord(CertificateLookup.DryRunIdOf(request.Names), null);
        using var ticket = _solvers.Turn.Enter();
        await using var locked = await Certificates.LockAsync(record.Id, ticket.StepAside, ct).ConfigureAwait(false);
        ticket.Return();
        return await _acme.TryAsync(record, request, ticket, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Removes what killed dry runs and orders that have ended left published; what can't be removed stays for the next
    /// time, with a warning.
    /// </summary>
    public Task CleanUpLeftoversAsync(CancellationToken ct) => _ending.EndLeftoversAsync(ct);

    /// <summary>Looks at a name before anything is ordered for it, step by step; orders and writes nothing.</summary>
    /// <param name="name">The name.</param>
    /// <param name="issuer">The CA whose rules count.</param>
    /// <param name="settings">How the name would be proved.</param>
    /// <param name="caCertificate">The PEM of the root that the CA's endpoint is trusted by.</param>
    /// <param name="ct">Stops it.</param>
    public IAsyncEnumerable<DnsCheck> TestAsync(CertificateName name, Issuer issuer, IssuanceSettings settings, string? caCertificate, CancellationToken ct) =>
        new DomainPreflight(_rack, _solvers, Accounts, _limits, _time).RunAsync(name, issuer, settings, caCertificate, ct);

    /// <summary>
    /// Issues a certificate anew, with the settings of its first issuance but for the changes; goes on with an
    /// unfinished order where there is one.
    /// </summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>; <c>CertificateNotRenewable</c>: it was imported.</exception>
    public Task<CertificateEntry> RenewAsync(string id, RenewalRequest request, CancellationToken ct) => RenewAsync(id, request, _ => Task.CompletedTask, ct);

    /// <summary>
    /// As <see cref="RenewAsync(string, RenewalRequest, CancellationToken)"/>, for whoever wants the certificate before all
    /// that was published for it is removed.
    /// </summary>
    /// <param name="id">The certificate.</param>
    /// <param name="request">What is wanted anew.</param>
    /// <param name="onLive">Given the certificate once, when it is live and no lock is held.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>; <c>CertificateNotRenewable</c>: it was imported.</exception>
    public async Task<CertificateEntry> RenewAsync(string id, RenewalRequest request, Func<CertificateEntry, Task> onLive, CancellationToken ct)
    {
        using var ticket = _solvers.Turn.Enter();
        var record = (await Certificates.FindAsync(id, ct).ConfigureAwait(false)).Record;
        return await IssueAsync(request.ToIssueRequest(record), ticket, onLive, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Waits until a certificate is there: goes on with its unfinished order, and waits for the domain's owner where the
    /// CA does.
    /// </summary>
    /// <param name="id">The certificate.</param>
    /// <param name="request">How to go on; its time limit is that of the whole wait.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="EngineException">
    /// <c>CertificateNotFound</c>; <c>RetryLater</c>: it failed and is not tried now; <c>OrderTimedOut</c>.
    /// </exception>
    /// <exception cref="AcmeException">The CA refused.</exception>
    public Task<CertificateEntry> WaitAsync(string id, RenewalRequest request, CancellationToken ct) =>
        new IssuanceWait(this, _delegated, _time, _events).ForAsync(id, request, ct);

    /// <inheritdoc/>
    public void Dispose()
    {
        Accounts.Dispose();
        Notices.Dispose();
        _solvers.Dispose();
        _keys.Dispose();
    }

    /// <returns>The certificate, and where its order has still to be ended the removal that this waits for.</returns>
    private async Task<(CertificateEntry Entry, Task<bool>? Removal)> IssueLockedAsync(
        IssueRequest request, PublishingTicket ticket, List<Func<Task>> notices, CancellationToken ct)
    {
        var known = await _lookup.FindAsync(request.Names, request.Issuer, ct).ConfigureAwait(false);
        var id = known?.Record.Id ?? await _lookup.NewIdAsync(request, ct).ConfigureAwait(false);

        // By names first: runs for the same names in another order, or self-signed ones, have other ids.
        await using var lockedNames = await _lookup.LockNamesAsync(request.Names, ticket.StepAside, ct).ConfigureAwait(false);
        await using var locked = await Certificates.LockAsync(id, ticket.StepAside, ct).ConfigureAwait(false);
        ticket.Return();
        known = await _lookup.FindAsync(request.Names, request.Issuer, ct).ConfigureAwait(false);
        OrderRecord? before;
        if (known is null)
        {
            before = await _rack.Orders.FindAsync(id, ct).ConfigureAwait(false);
        }
        else
        {
            (known, before, var isFinished) = await _ending.SettleAsync(known, ct).ConfigureAwait(false);
            if ((isFinished && !Renewals.IsDue(known)) || (!GoesOn(before, request) && _lookup.IsCurrent(known, request)))
            {
                return (known, null);
            }
        }

        var record = request.ToRecord(id, known);
        return request.Issuer.DirectoryUrl is null
            ? (await SelfSignAsync(record, request, known, notices, ct).ConfigureAwait(false), null)
            : await OrderAsync(record, request, known, before, ticket, notices, ct).ConfigureAwait(false);
    }

    // An order that was broken off is finished first, also where the version before is not due.
    private bool GoesOn(OrderRecord? before, IssueRequest request) =>
        before is { IsEnded: false }
        && before.Certificate.Issuer == request.Issuer.Name
        && before.Failure?.Holds(_time.GetUtcNow()) is not true;

    private async Task<CertificateEntry> SelfSignAsync(
        CertificateRecord record, IssueRequest request, CertificateEntry? known, List<Func<Task>> notices, CancellationToken ct)
    {
        _events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Signing a certificate for {request.Names[0]} with its own key", 50));
        var key = await _keys.ForAsync(request, known, ct).ConfigureAwait(false);
        var chain = SelfSignedCertificate.Create(key, request.Names, _time.GetUtcNow(), request.Settings.Duration ?? SelfSignedCertificate.DefaultLifetime);
        var entry = await Certificates.StoreAsync(record, new CertificateWithKey(chain, key), request.KeepVersions, ct).ConfigureAwait(false);
        ReportLive(entry);
        notices.Add(() => Certificates.PublishAsync(entry.Record.Id, ct));
        return entry;
    }

    private async Task<(CertificateEntry Entry, Task<bool>? Removal)> OrderAsync(
        CertificateRecord record, IssueRequest request, CertificateEntry? known, OrderRecord? before, PublishingTicket ticket, List<Func<Task>> notices, CancellationToken ct)
    {
        if (!request.Force)
        {
            _memory.RequireTryAllowed(before, record.Settings!);
        }

        try
        {
            var (issued, removal) = await _acme.IssueAsync(record, request, known, ticket, ct).ConfigureAwait(false);
            using var material = issued;
            try
            {
                _events.Report(new IssuanceEvent(IssuanceEventKind.Step, "Storing the certificate", 95));
                var entry = await Certificates.StoreAsync(record, material, request.KeepVersions, ct).ConfigureAwait(false);
                ReportLive(entry);
                var isLeft = await _ending.EndStoredAsync(record.Id, removal, ct).ConfigureAwait(false);
                notices.Add(() => Certificates.PublishAsync(entry.Record.Id, ct));
                notices.Add(() => Notices.RenewedAsync(entry, ct));
                return (entry, isLeft ? removal : null);
            }
            catch
            {
                // The solver lives no longer than this run.
                await removal.ConfigureAwait(false);
                throw;
            }
        }
        catch (Exception e) when (RetryBackoff.IsRemembered(e))
        {
            var failure = await _memory.RememberAsync(record, before?.Failure, e).ConfigureAwait(false);
            notices.Add(() => Notices.FailedAsync(record, known, RetryBackoff.CodeOf(e), e.Message, failure?.NextTry, ct));
            throw;
        }
    }

    private void ReportLive(CertificateEntry entry) => _events.Report(new IssuanceEvent(
        IssuanceEventKind.Detail, $"Version {entry.LiveVersion} of {entry.Record.Id} is live and valid until {entry.Live.Expires:u}"));
}
