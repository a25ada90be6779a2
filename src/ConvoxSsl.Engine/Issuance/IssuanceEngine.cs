using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Issuance.Limits;
using ConvoxSsl.Engine.Issuance.Notices;
using ConvoxSsl.Engine.Racks;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>
/// Requests in, certificates out: issues and renews the certificates of one rack. Reads each CA's
/// directory and account once in its lifetime.
/// </summary>
public sealed class IssuanceEngine : IDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly IRack _rack;
    private readonly TimeProvider _time;
    private readonly IProgress<IssuanceEvent> _events;
    private readonly CertificateLookup _lookup;
    private readonly SolverChoice _solvers;
    private readonly AcmeIssuer _acme;
    private readonly DelegatedIssuance _delegated;
    private readonly FailureMemory _memory;
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
        _events = events;
        var parts = options ?? new EngineOptions();
        Accounts = new AcmeAccounts(rack, time, events, parts.Concurrency);
        _lookup = new CertificateLookup(rack);
        _solvers = new SolverChoice(rack, solvers, parts, time, events);
        _limits = new OrderLimits(rack, parts.Limits, time, events);
        _acme = new AcmeIssuer(rack, Accounts, _solvers, _limits, time, events);
        _delegated = new DelegatedIssuance(rack, time, events);
        _memory = new FailureMemory(rack, time);
        Certificates = new CertificateCatalog(rack, _acme, time, events);
        Notices = new Notifier(rack, time, events);
        Renewals = new RenewalWatch(rack, Certificates, new RenewalAdvisor(rack, Accounts, time, events), Notices, time, events);
        DnsSolvers = new DnsSolverCatalog(rack, _solvers, time);
    }

    /// <summary>The rack's accounts.</summary>
    public AcmeAccounts Accounts { get; }

    /// <summary>The rack's certificates.</summary>
    public CertificateCatalog Certificates { get; }

    /// <summary>When the rack's certificates should be renewed.</summary>
    public RenewalWatch Renewals { get; }

    /// <summary>The rack's DNS solvers.</summary>
    public DnsSolverCatalog DnsSolvers { get; }

    /// <summary>Tells the rack's webhook.</summary>
    public Notifier Notices { get; }

    /// <summary>
    /// Checks a request as far as that goes without asking anyone but the rack: names against challenges, the user's key and
    /// signing request against each other, the settings.
    /// </summary>
    /// <exception cref="InvalidInputException">What can't be used.</exception>
    public async Task CheckAsync(CertificateRequest request, CancellationToken ct)
    {
        if (request.KeepVersions < 1)
        {
            throw new InvalidInputException("InvalidKeepVersions", $"{request.KeepVersions} versions can't be kept. Give at least 1.", request.KeepVersions);
        }

        if (request.Settings.Duration is { } duration && duration <= TimeSpan.Zero)
        {
            throw new InvalidInputException("InvalidDuration", $"A certificate can't be valid for {duration}. Give a positive time span, such as 90.00:00:00.", duration);
        }

        if (request.SigningRequest is not null && request.Issuer.DirectoryUrl is null)
        {
            throw new InvalidInputException("IssuerNeeded", "A certificate signing request needs an issuer that signs it. Name one with -Issuer, such as letsencrypt.");
        }

        if (request.Timeout <= TimeSpan.Zero)
        {
            throw new InvalidInputException("InvalidTimeout", $"The CA can't answer within {request.Timeout}. Give a positive time.", request.Timeout);
        }

        request = await RouteAsync(request, ct).ConfigureAwait(false);
        if (request.Settings.Controller is { } name)
        {
            CheckDelegation(request);
            _delegated.Require(name).Check(NewRecord(request.Names.ToCertificateId(), null, request));
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
    /// The certificate that <see cref="IssueAsync"/> would return without ordering: for the same names, from the same
    /// issuer and not due; null where there is none, or the request forces a new one.
    /// </summary>
    public async Task<CertificateEntry?> FindCurrentAsync(CertificateRequest request, CancellationToken ct)
    {
        var known = await _lookup.FindAsync(request.Names, request.Issuer, ct).ConfigureAwait(false);
        return known is not null && !GoesOn(await _acme.TryFindOrderAsync(known.Record.Id, ct).ConfigureAwait(false), request) && IsCurrent(known, request)
            ? known
            : null;
    }

    /// <summary>
    /// The certificate for the request's names: the one that is there, where its issuer is the same and it is not
    /// due, else a new version.
    /// </summary>
    /// <exception cref="InvalidInputException">The request can't be used.</exception>
    /// <exception cref="AcmeException">The CA refused.</exception>
    /// <exception cref="EngineException">The rack or a challenge could not be used.</exception>
    public async Task<CertificateEntry> IssueAsync(CertificateRequest request, CancellationToken ct)
    {
        await CheckAsync(request, ct).ConfigureAwait(false);
        request = await RouteAsync(request, ct).ConfigureAwait(false);
        if (request is { Issuer.DirectoryUrl: { } directoryUrl, Settings.Controller: null })
        {
            await Accounts.RequireTermsAsync(directoryUrl, request.Account, ct).ConfigureAwait(false);
        }

        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        var notices = new List<Func<Task>>();
        try
        {
            return await IssueLockedAsync(request, notices, ct).ConfigureAwait(false);
        }
        finally
        {
            // Only now that the locks are free: a receiver may take its time.
            foreach (var tell in notices)
            {
                await tell().ConfigureAwait(false);
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
    public async Task<CertificateState> StartAsync(CertificateRequest request, CancellationToken ct)
    {
        await CheckAsync(request, ct).ConfigureAwait(false);
        request = await RouteAsync(request, ct).ConfigureAwait(false);
        if (request.Settings.Controller is null)
        {
            throw new InvalidInputException(
                "NoWaitNotPossible", $"-NoWait is for certificates that cert-manager issues on a rack. This one comes from {request.Issuer} by the module's own engine, which has to wait for the CA.", request.Names[0].Value);
        }

        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        var known = await _lookup.FindAsync(request.Names, request.Issuer, ct).ConfigureAwait(false);
        var record = NewRecord(known?.Record.Id ?? await _lookup.NewIdAsync(request, ct).ConfigureAwait(false), known, request);
        await using var locked = await Certificates.LockAsync(record.Id, ct).ConfigureAwait(false);
        if (known is null || !IsCurrent(known, request))
        {
            await _delegated.StartAsync(record, request.Force, ct).ConfigureAwait(false);
        }

        return await Certificates.FindAsync(record.Id, ct).ConfigureAwait(false);
    }

    /// <summary>Whether the request is one that the rack's controller issues, so that no account of ours is needed.</summary>
    public async Task<bool> IsDelegatedAsync(CertificateRequest request, CancellationToken ct) =>
        (await RouteAsync(request, ct).ConfigureAwait(false)).Settings.Controller is not null;

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
    public async Task<CertificateChain> TryAsync(CertificateRequest request, CancellationToken ct)
    {
        var trial = request.Issuer.Trial is { DirectoryUrl: not null } found ? found : throw new InvalidInputException(
            "NoStaging", $"'{request.Issuer}' has no staging endpoint for a dry run. Try with -Issuer letsencrypt-staging, or with the URL of a directory for trials.", request.Issuer.Name);
        request = request with { Issuer = trial, IsDryRun = true, Force = true, Route = IssuanceRoute.Engine };
        await CheckAsync(request, ct).ConfigureAwait(false);
        await Accounts.RequireTermsAsync(trial.DirectoryUrl!, request.Account, ct).ConfigureAwait(false);
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        var record = NewRecord(CertificateLookup.DryRunIdOf(request.Names), null, request);
        await using var locked = await Certificates.LockAsync(record.Id, ct).ConfigureAwait(false);
        try
        {
            var material = await _acme.IssueAsync(record, request, null, ct).ConfigureAwait(false);
            material.Key?.Dispose();
            return material.Chain;
        }
        finally
        {
            await _acme.DropAsync(record.Id).ConfigureAwait(false);
        }
    }

    /// <summary>Ends dry runs that were killed, and removes what they left published.</summary>
    public async Task CleanUpDryRunsAsync(CancellationToken ct)
    {
        await foreach (var order in _rack.Orders.ListAsync(null, ct).ConfigureAwait(false))
        {
            if (order.IsDryRun)
            {
                await using var locked = await Certificates.LockAsync(order.Certificate.Id, ct).ConfigureAwait(false);
                await _acme.AbandonAsync(order.Certificate.Id, ct).ConfigureAwait(false);
            }
        }
    }

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
    public async Task<CertificateEntry> RenewAsync(string id, RenewalRequest request, CancellationToken ct)
    {
        var record = (await Certificates.FindAsync(id, ct).ConfigureAwait(false)).Record;
        return await IssueAsync(request.For(record), ct).ConfigureAwait(false);
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
    public async Task<CertificateEntry> WaitAsync(string id, RenewalRequest request, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(request.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            for (var pause = ShortestWait; ; pause = pause * 2 < LongestWait ? pause * 2 : LongestWait)
            {
                var state = await Certificates.FindAsync(id, either.Token).ConfigureAwait(false);
                if (state.Controlled is { Phase: ControlledPhase.Issuing } controlled)
                {
                    return await FinishDelegatedAsync(controlled.Certificate, request.Timeout, request.KeepVersions, either.Token).ConfigureAwait(false);
                }

                if (state is { Entry: null, Order: null, Controlled: { } failed })
                {
                    throw RetryLater.For(failed.Certificate, DelegatedIssuance.FailureOf(failed));
                }

                if (state.Order is not { IsEnded: false })
                {
                    return state.Entry ?? throw RetryLater.For(state.Record, state.Order!.Failure!);
                }

                try
                {
                    return await RenewAsync(id, request, either.Token).ConfigureAwait(false);
                }
                catch (EngineException e) when (e.Code is AcmeIssuance.ValidationPending or RetryLater.Code && Renewals.HoldingBack(state) is not { NextTry: null })
                {
                    var wait = Renewals.HoldingBack(state)?.NextTry - _time.GetUtcNow() ?? pause;
                    _events.Report(new IssuanceEvent(IssuanceEventKind.Step, e.Message, Left: wait));

                    // In short waits, because the clock can be set meanwhile and a CA can ask for a year.
                    await Task.Delay(wait < LongestWait ? Max(wait, ShortestWait) : LongestWait, _time, either.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new EngineException(
                "OrderTimedOut", EngineErrorKind.TimedOut, $"'{id}' was not there within {request.Timeout}. Wait again, or run Update-ConvoxCertificate later: the order goes on where it stands.", id);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Accounts.Dispose();
        Notices.Dispose();
        _solvers.Dispose();
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private async Task<CertificateEntry> IssueLockedAsync(CertificateRequest request, List<Func<Task>> notices, CancellationToken ct)
    {
        var known = await _lookup.FindAsync(request.Names, request.Issuer, ct).ConfigureAwait(false);
        var id = known?.Record.Id ?? await _lookup.NewIdAsync(request, ct).ConfigureAwait(false);

        // By names first: runs for the same names in another order, or self-signed ones, have other ids.
        await using var lockedNames = await _rack.LockAsync($"names/{CertificateLookup.SetIdOf(request.Names)}", () => Certificates.ReportWait(request.Names[0].Value), ct).ConfigureAwait(false);
        await using var locked = await Certificates.LockAsync(id, ct).ConfigureAwait(false);
        known = await _lookup.FindAsync(request.Names, request.Issuer, ct).ConfigureAwait(false);
        OrderRecord? before;
        if (known is null)
        {
            before = await _rack.Orders.FindAsync(id, ct).ConfigureAwait(false);
        }
        else
        {
            (known, before, var isFinished) = await _acme.SettleAsync(known, ct).ConfigureAwait(false);
            if ((isFinished && !Renewals.IsDue(known)) || (!GoesOn(before, request) && IsCurrent(known, request)))
            {
                return known;
            }
        }

        var record = NewRecord(id, known, request);
        if (record.Settings!.Controller is not null)
        {
            return await DelegateAsync(record, request, known, notices, ct).ConfigureAwait(false);
        }

        return request.Issuer.DirectoryUrl is null
            ? await SelfSignAsync(record, request, known, ct).ConfigureAwait(false)
            : await OrderAsync(record, request, known, before, notices, ct).ConfigureAwait(false);
    }

    private static CertificateRecord NewRecord(string id, CertificateEntry? known, CertificateRequest request) => new()
    {
        Id = known?.Record.Id ?? id,
        Domains = known?.Record.Domains ?? [.. request.Names.Select(n => n.Value)],
        Issuer = request.Issuer.Name,
        Generated = request.Issuer.DirectoryUrl is not null,
        Settings = request.Settings with { DirectoryUrl = request.Issuer.DirectoryUrl },
    };

    // An order that was broken off is finished first, also where the version before is not due.
    private bool GoesOn(OrderRecord? before, CertificateRequest request) =>
        before is { IsEnded: false }
        && before.Certificate.Issuer == request.Issuer.Name
        && before.Failure?.Holds(_time.GetUtcNow()) is not true;

    private bool IsCurrent(CertificateEntry known, CertificateRequest request)
    {
        if (request.Force || known.Record.Issuer != request.Issuer.Name || Renewals.IsDue(known))
        {
            return false;
        }

        _events.Report(new IssuanceEvent(
            IssuanceEventKind.Detail, $"{known.Record.Id} for {request.Names[0]} is valid until {known.Live.Expires:u} and not due before {known.Live.RenewAfter:u}: nothing is ordered. Use -Force to order anyway."));
        return true;
    }

    private async Task<CertificateEntry> SelfSignAsync(CertificateRecord record, CertificateRequest request, CertificateEntry? known, CancellationToken ct)
    {
        _events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Signing a certificate for {request.Names[0]} with its own key", 50));
        var key = await CertificateKeys.ForAsync(_rack, request, known, ct).ConfigureAwait(false);
        var chain = SelfSignedCertificate.Create(key, request.Names, _time.GetUtcNow(), request.Settings.Duration ?? SelfSignedCertificate.DefaultLifetime);
        return await Certificates.StoreAsync(record, new CertificateMaterial(chain, key), request.KeepVersions, ct).ConfigureAwait(false);
    }

    private async Task<CertificateEntry> OrderAsync(
        CertificateRecord record, CertificateRequest request, CertificateEntry? known, OrderRecord? before, List<Func<Task>> notices, CancellationToken ct)
    {
        if (!request.Force)
        {
            _memory.RequireTryAllowed(before, record.Settings!);
        }

        try
        {
            using var material = await _acme.IssueAsync(record, request, known, ct).ConfigureAwait(false);
            _events.Report(new IssuanceEvent(IssuanceEventKind.Step, "Storing the certificate", 95));
            var entry = await Certificates.StoreAsync(record, material, request.KeepVersions, ct).ConfigureAwait(false);
            await _acme.EndAsync(record.Id, ct).ConfigureAwait(false);
            notices.Add(() => Certificates.PublishAsync(entry.Record.Id, ct));
            notices.Add(() => Notices.RenewedAsync(entry, ct));
            return entry;
        }
        catch (Exception e) when (FailureMemory.IsRemembered(e))
        {
            var failure = await _memory.RememberAsync(record, before?.Failure, e).ConfigureAwait(false);
            notices.Add(() => Notices.FailedAsync(record, known, FailureMemory.CodeOf(e), e.Message, failure?.NextTry, ct));
            throw;
        }
    }

    private async Task<CertificateEntry> DelegateAsync(
        CertificateRecord record, CertificateRequest request, CertificateEntry? known, List<Func<Task>> notices, CancellationToken ct)
    {
        try
        {
            await _acme.AbandonAsync(record.Id, ct).ConfigureAwait(false);
            await _delegated.StartAsync(record, request.Force, ct).ConfigureAwait(false);
            var entry = await _delegated.FinishAsync(record, request.Timeout, request.KeepVersions, ct).ConfigureAwait(false);
            notices.Add(() => Certificates.PublishAsync(record.Id, ct));
            notices.Add(() => Notices.RenewedAsync(entry, ct));
            return entry;
        }
        catch (EngineException e) when (e.Code == DelegatedIssuance.FailedCode)
        {
            notices.Add(() => Notices.FailedAsync(record, known, e.Code, e.Message, e.RetryAt, ct));
            throw;
        }
    }

    /// <summary>Waits for what the controller is issuing, on whoever's word, and records it.</summary>
    private async Task<CertificateEntry> FinishDelegatedAsync(CertificateRecord record, TimeSpan timeout, int keepVersions, CancellationToken ct)
    {
        CertificateEntry entry;
        await using (await Certificates.LockAsync(record.Id, ct).ConfigureAwait(false))
        {
            entry = await _delegated.FinishAsync(record, timeout, keepVersions, ct).ConfigureAwait(false);
        }

        await Certificates.PublishAsync(record.Id, ct).ConfigureAwait(false);
        return entry;
    }

    /// <summary>The request with the controller that issues it, where one does.</summary>
    private async Task<CertificateRequest> RouteAsync(CertificateRequest request, CancellationToken ct)
    {
        if (request.Route == IssuanceRoute.Engine || (request.Route == IssuanceRoute.Default && (request.IsDryRun || _rack.Controller is null)))
        {
            return request with { Route = IssuanceRoute.Engine, Settings = request.Settings with { Controller = null } };
        }

        var controller = _rack.Controller ?? _delegated.Require(request.Settings.Controller ?? "cert-manager");
        if (await controller.IssuesAsync(request.Issuer.Name, ct).ConfigureAwait(false))
        {
            return request with { Route = IssuanceRoute.Controller, Settings = request.Settings with { Controller = controller.Name } };
        }

        return request.Route == IssuanceRoute.Default
            ? request with { Route = IssuanceRoute.Engine, Settings = request.Settings with { Controller = null } }
            : throw new InvalidInputException(
                "NoController", $"{controller.Name} on the rack '{_rack.Name}' has no issuer '{request.Issuer}', or is not there. Let the module issue by itself with -Engine Acme.", request.Issuer.Name);
    }

    private static void CheckDelegation(CertificateRequest request)
    {
        if (request.SigningRequest is not null || request.Key is not null)
        {
            throw new InvalidInputException(
                "NotDelegable", $"{request.Settings.Controller} makes the key by itself and takes neither a signing request nor a key. Add -Engine Acme, so that the module issues.", request.Names[0].Value);
        }
    }
}
