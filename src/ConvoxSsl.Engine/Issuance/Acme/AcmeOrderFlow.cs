using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.RateLimits;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// Obtains one certificate from an ACME CA, step by step as in RFC 8555 section 7. What the next run needs to resume is in the
/// journal before each step. One instance serves one certificate, whose lock the caller holds.
/// </summary>
/// <param name="services">The services.</param>
/// <param name="plan">The plan, with the journaled order to resume if there is one.</param>
/// <param name="job">The job in the batch, which publishes with the others.</param>
internal sealed class AcmeOrderFlow(AcmeServices services, IssuancePlan plan, RecordBatchJob job)
{
    private readonly IssuanceContext _context = services.Context;
    private readonly OrderJournal _journal = services.Journal;
    private readonly RetryBackoff _backoff = new(services.Context);
    private readonly IssueRequest _request = plan.Request;
    private readonly Uri _directoryUrl = plan.Request.Issuer.DirectoryUrl!;
    private JournaledOrder? _journaled = plan.Order is null ? null : new JournaledOrder(services.Journal, plan.Order);

    /// <summary>
    /// Obtains and stores the certificate. Orders once more if the CA first wants something of the account that can be done.
    /// </summary>
    /// <exception cref="AcmeException">The CA refused.</exception>
    /// <exception cref="EngineException"><c>RetryLater</c>; <c>OrderTimedOut</c>; or what a step throws.</exception>
    public async Task<IssueOutcome> RunAsync(CancellationToken ct)
    {
        if (!_request.Force)
        {
            _backoff.RequireAttemptAllowed(plan.Order, plan.Record.Settings!);
        }

        AcmeException? accountProblem = null;
        while (true)
        {
            OrderAttempt? attempt = null;
            try
            {
                if (accountProblem is not null)
                {
                    await new AccountRepair(_context, services.Accounts)
                        .RunAsync(_directoryUrl, _request.Account, accountProblem, ct).ConfigureAwait(false);
                }

                attempt = await PrepareAsync(ct).ConfigureAwait(false);
                attempt.Order = await ResumeOrderAsync(attempt).ConfigureAwait(false)
                    ?? await CreateOrderAsync(attempt).ConfigureAwait(false);
                await ValidateAsync(attempt).ConfigureAwait(false);
                await FinalizeAsync(attempt).ConfigureAwait(false);
                await WaitForCertificateAsync(attempt).ConfigureAwait(false);
                var chain = await DownloadAsync(attempt).ConfigureAwait(false);
                return await StoreAsync(attempt, chain, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (accountProblem is null && AccountRepair.CanRepair(e, _request.Account))
            {
                accountProblem = (AcmeException)e;
                await services.Cleanup.JournalRemovalAsync(attempt).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                return await FailAsync(attempt, e, ct).ConfigureAwait(false);
            }
            finally
            {
                attempt?.Dispose();
            }
        }
    }

    /// <summary>Chooses solvers, opens the account and journals the order, before the CA is asked for anything.</summary>
    private async Task<OrderAttempt> PrepareAsync(CancellationToken ct)
    {
        // First, because a DNS credential that cannot be read must not cost a request to the CA.
        var solvers = await services.Solvers.ChooseAsync(_request.Names, _request.Settings, job, ct).ConfigureAwait(false);
        _context.ReportStep($"Opening the account at {_directoryUrl.Authority}", 0);
        var session = await services.Accounts.OpenAsync(_directoryUrl, _request.Account, ct).ConfigureAwait(false);
        ProfileRules.RequireListed(_request.Settings.Profile, session.Directory, _directoryUrl.Authority);
        var (journaled, key) = await OpenJournalAsync(session, ct).ConfigureAwait(false);
        var signingRequest = _request.SigningRequest ?? SigningRequest.Create(key!, _request.Names, UsesEmptySubject(_request.Settings));
        var limit = new CancellationTokenSource(_request.Timeout, _context.Time);
        var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        return new OrderAttempt(
            session, journaled, solvers, key, signingRequest, new PollDeadline(_context.Time, _request.Timeout), limit, either);
    }

    /// <summary>Finds the interrupted order to resume and its key, or begins a new one.</summary>
    private async Task<(JournaledOrder Order, PrivateKey? Key)> OpenJournalAsync(AcmeSession session, CancellationToken ct)
    {
        if (_journaled is { Record.Published.Count: > 0 })
        {
            _journaled = new JournaledOrder(_journal, await _journal.CleanUpAsync(_journaled.Record, ct).ConfigureAwait(false));
        }

        var earlier = _journaled?.Record;
        if (earlier is { IsResumable: true } && earlier.AccountUrl == session.Account.Url && IsForSameCertificate(earlier))
        {
            var stored = await _journal.ReadKeyAsync(earlier.Certificate.Id, ct).ConfigureAwait(false);
            if (_request.Key is null ? stored is not null || _request.SigningRequest is not null : stored?.IsSameAs(_request.Key) is true)
            {
                var recovery = new OrderRecovery(_context, session);
                if (earlier.OrderUrl is null
                    && await recovery.TryFindUrlAsync(earlier, _request.Names, ct).ConfigureAwait(false) is { } found)
                {
                    await _journaled!.SaveAsync(earlier with { OrderUrl = found }, ct).ConfigureAwait(false);
                }

                return (_journaled!, stored);
            }
        }

        var key = _request.SigningRequest is null ? await services.Keys.CreateAsync(_request, plan.Known, ct).ConfigureAwait(false) : null;
        var isReplacement = session.Directory.RenewalInfo is not null && plan.Known?.Record.Issuer == plan.Record.Issuer;
        var begun = new OrderRecord
        {
            Certificate = plan.Record,
            Version = _request.IsDryRun ? 0 : 1 + (plan.Known?.Versions.Max(v => v.Number) ?? 0),
            Started = _context.Now,
            AccountUrl = session.Account.Url,
            Replaces = isReplacement ? plan.Known!.Live.RenewalId : null,
            IsDryRun = _request.IsDryRun,
            Failure = earlier?.Failure,
        };
        await _journal.BeginAsync(begun, key, ct).ConfigureAwait(false);
        _journaled = new JournaledOrder(_journal, begun);
        return (_journaled, key);
    }

    /// <summary>Reads the order that an interrupted run has created; null if it cannot be used any more.</summary>
    private async Task<AcmeOrder?> ResumeOrderAsync(OrderAttempt attempt)
    {
        if (attempt.Record.OrderUrl is not { } url)
        {
            return null;
        }

        AcmeOrder order;
        try
        {
            order = await attempt.Session.GetOrderAsync(url, attempt.Token).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem.Status is 403 or 404 or 410)
        {
            return null;
        }

        if (attempt.Record.State == OrderState.WaitingForOwner)
        {
            // The domain's owner has declined. Another order would only ask again.
            RequireNotInvalid(order);
        }

        var isUsable = order.Status switch
        {
            // The certificate is issued, even if the order has expired since, or the clock is wrong.
            AcmeOrderStatus.Processing or AcmeOrderStatus.Valid => true,
            AcmeOrderStatus.Pending or AcmeOrderStatus.Ready => order.Expires is not { } end || end > _context.Now,
            _ => false,
        };
        if (isUsable)
        {
            _context.ReportDetail($"Resuming the order {url}, which is {order.Status}");
        }

        return isUsable ? order : null;
    }

    /// <summary>Creates the order (RFC 8555 section 7.4) if the CA's limits allow it, and journals its URL.</summary>
    private async Task<AcmeOrder> CreateOrderAsync(OrderAttempt attempt)
    {
        var (names, session, ct) = (_request.Names, attempt.Session, attempt.Token);
        var more = names.Count > 1 ? $" and {names.Count - 1} more" : string.Empty;
        _context.ReportStep($"Ordering a certificate for {names[0]}{more}", 10);
        AcmeOrder? order = null;
        while (order is null)
        {
            var record = attempt.Record;
            if (!_request.SkipLimitCheck)
            {
                await services.Limits.RequireQuotaAsync(_directoryUrl, session.Account.Url, names, KindOf(record), ct).ConfigureAwait(
                    false);
            }

            var newOrder = new NewOrder
            {
                Identifiers = [.. names.Select(AcmeIdentifier.FromName)],
                NotAfter = _request.Settings.Duration is { } duration ? _context.Now + duration : null,
                Profile = _request.Settings.Profile,
                Replaces = record.Replaces,
            };
            try
            {
                order = await session.NewOrderAsync(
                    newOrder, () => new OrderRecovery(_context, session).FindUrlAsync(record, names, ct), ct).ConfigureAwait(false);
            }
            catch (AcmeException e)
            {
                await services.Limits
                    .RecordRefusalAsync(_directoryUrl, session.Account.Url, names, e, CancellationToken.None).ConfigureAwait(false);
                if (record.Replaces is null || !RejectsReplacement(e.Problem))
                {
                    throw;
                }

                // RFC 9773 section 5: the CA may reject "replaces". The certificate is wanted all the same.
                var reason = $"{e.Problem.ShortType}: {e.Problem.Detail}";
                _context.ReportDetail($"The CA rejected the order as a replacement ({reason}); it is sent without 'replaces'.");
                attempt.Journaled.Change(record with { Replaces = null });
            }
        }

        await attempt.Journaled.SaveAsync(attempt.Record with { OrderUrl = order.Url }, ct).ConfigureAwait(false);
        await services.Limits.RecordOrderAsync(
            _directoryUrl, attempt.Record.AccountUrl!, names, KindOf(attempt.Record), CancellationToken.None).ConfigureAwait(false);
        return order;
    }

    /// <summary>Validates the names of a pending order (RFC 8555 section 7.5).</summary>
    private async Task ValidateAsync(OrderAttempt attempt)
    {
        attempt.Order!.RequireIdentifiers([.. _request.Names.Select(AcmeIdentifier.FromName)]);
        if (attempt.Order.Status == AcmeOrderStatus.Pending)
        {
            var validation = new AcmeValidation(services, plan, attempt.Session, attempt.Journaled, attempt.Solvers, job);
            attempt.Order = await validation.RunAsync(attempt.Order, attempt.Deadline, attempt.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Sends the signing request of a ready order (RFC 8555 section 7.4).</summary>
    private async Task FinalizeAsync(OrderAttempt attempt)
    {
        if (attempt.Order!.Status == AcmeOrderStatus.Ready)
        {
            _context.ReportStep("Requesting the certificate", 70);
            attempt.Order = await attempt.Session.FinalizeAsync(
                attempt.Order, attempt.SigningRequest, attempt.Deadline, attempt.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Polls the order until it has a certificate (RFC 8555 section 7.4).</summary>
    private async Task WaitForCertificateAsync(OrderAttempt attempt)
    {
        _context.ReportStep("Waiting for the certificate", 80);
        attempt.Order = await attempt.Session.WaitForOrderAsync(
            attempt.Order!,
            o => o.Status is AcmeOrderStatus.Invalid || (o.Status == AcmeOrderStatus.Valid && o.Certificate is not null),
            isExpected: false,
            attempt.Deadline,
            attempt.Token).ConfigureAwait(false);
        RequireNotInvalid(attempt.Order);
    }

    /// <summary>Downloads and verifies the certificate (RFC 8555 section 7.4.2).</summary>
    private async Task<CertificateChain> DownloadAsync(OrderAttempt attempt)
    {
        _context.ReportStep("Downloading the certificate", 90);
        var chain = await CertificateDownload.RunAsync(
            attempt.Session,
            attempt.Order!.Certificate!,
            attempt.SigningRequest,
            plan,
            _context,
            attempt.Token).ConfigureAwait(false);
        await services.Limits.RecordIssuedAsync(
            _directoryUrl, attempt.Record.AccountUrl!, _request.Names, KindOf(attempt.Record), CancellationToken.None)
            .ConfigureAwait(false);
        attempt.IsFulfilled = true;
        return chain;
    }

    /// <summary>Stores the certificate and makes it live, then ends the order. A dry run keeps neither.</summary>
    private async Task<IssueOutcome> StoreAsync(OrderAttempt attempt, CertificateChain chain, CancellationToken ct)
    {
        var order = attempt.Journaled;
        if (_request.IsDryRun)
        {
            attempt.Key?.Dispose();
            await (await order.Removal.ConfigureAwait(false)
                ? _journal.RemoveAsync(order.Record.Certificate.Id, CancellationToken.None)
                : _journal.DropAsync(order.Record)).ConfigureAwait(false);
            return new IssueOutcome { Trial = chain };
        }

        using var material = new CertificateWithKey(chain, attempt.Key);
        try
        {
            _context.ReportStep("Storing the certificate", 95);
            var entry = await services.Certificates
                .StoreAsync(attempt.RecordChallenges(plan.Record), material, _request.KeepVersions, ct).ConfigureAwait(false);
            _context.ReportDetail($"Version {entry.LiveVersion} of {entry.Record.Id} is live and valid until {entry.Live.Expires:u}");
            var isKept = await _journal.MarkStoredAsync(order.Record, order.Removal, ct).ConfigureAwait(false);
            return new IssueOutcome { Entry = entry, IsNew = true, IsRenewal = true, Removal = isKept ? order.Removal : null };
        }
        catch
        {
            // The solvers live no longer than this run.
            await order.Removal.ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Cleans up after a failure and journals it. Throws the error unless the webhook has to be notified first.</summary>
    private async Task<IssueOutcome> FailAsync(OrderAttempt? attempt, Exception error, CancellationToken ct)
    {
        await services.Cleanup.JournalRemovalAsync(attempt).ConfigureAwait(false);
        var isOver = attempt is { IsFulfilled: false } && OrderFailures.IsFinal(error);
        if (isOver && attempt!.Order is { } order)
        {
            await GiveUpAsync(attempt.Session, order).ConfigureAwait(false);
        }

        if (attempt?.IsTimedOutBy(error) is true && !ct.IsCancellationRequested)
        {
            error = OrderFailures.CreateTimeout(plan, _context.Events.CurrentStep, error);
        }

        if (_request.IsDryRun)
        {
            await (_journaled is null ? Task.CompletedTask : _journal.DropAsync(_journaled.Record)).ConfigureAwait(false);
            OrderFailures.Throw(error);
        }

        if (!RetryBackoff.IsRemembered(error))
        {
            await (isOver ? _journal.DropAsync(_journaled!.Record) : Task.CompletedTask).ConfigureAwait(false);
            return OrderFailures.CreateOutcome(error, plan.Record);
        }

        var failure = _backoff.Describe(plan.Order?.Failure, error);
        var remembered = isOver
            ? await _journal.MarkFailedAsync(_journaled!.Record, failure).ConfigureAwait(false)
            : await _journal.MarkInterruptedAsync(plan.Record, _journaled?.Record, failure).ConfigureAwait(false);
        return new IssueOutcome { Failure = new IssueFailure(error, plan.Record, remembered?.NextTry) };
    }

    /// <summary>
    /// Deactivates authorizations that are still pending (RFC 8555 section 7.5.2), so that they do not count against the account's
    /// limit.
    /// </summary>
    private async Task GiveUpAsync(AcmeSession session, AcmeOrder order)
    {
        using var limit = new CancellationTokenSource(IssuanceContext.MaxCleanup, _context.Time);
        foreach (var url in order.Authorizations)
        {
            try
            {
                if ((await session.GetAuthorizationAsync(url, limit.Token).ConfigureAwait(false)).Status == AcmeAuthorizationStatus.Pending)
                {
                    await session.DeactivateAuthorizationAsync(url, limit.Token).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is AcmeException or OperationCanceledException)
            {
                _context.ReportDetail($"A pending authorization could not be deactivated: {e.Message}", Remedy.FromException(e));
                if (e is not AcmeException { Problem.Status: < 500 })
                {
                    return;
                }
            }
        }
    }

    // Settings for the validation of names may change while an order is in progress.
    private bool IsForSameCertificate(OrderRecord order) =>
        order.Certificate.Issuer == plan.Record.Issuer
        && order.Certificate.Settings?.WithoutProof() == plan.Record.Settings?.WithoutProof()
        && _request.Names.SetEquals(order.Certificate.Domains);

    // Let's Encrypt's profiles without a common name: https://letsencrypt.org/docs/profiles
    private static bool UsesEmptySubject(IssuanceSettings settings) =>
        settings.EmptySubject || settings.Profile is "tlsserver" or "shortlived";

    // A CA may also have forgotten the certificate, or attribute it to another account.
    private static bool RejectsReplacement(AcmeProblem problem) =>
        problem.ShortType is AcmeProblemType.AlreadyReplaced or AcmeProblemType.Malformed or AcmeProblemType.Unauthorized
        || problem.Status is 404 or 409;

    private static void RequireNotInvalid(AcmeOrder order)
    {
        if (order.Status == AcmeOrderStatus.Invalid)
        {
            throw new AcmeException(
                order.Error ?? AcmeProblem.Create(AcmeProblemType.OrderInvalid, "it gave no reason"),
                order.Url);
        }
    }

    private static OrderKind KindOf(OrderRecord record) =>
        record.Replaces is not null ? OrderKind.Replacement
        : record.Version > 1 ? OrderKind.Renewal
        : OrderKind.New;
}
