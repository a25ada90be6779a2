using System.Runtime.ExceptionServices;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Issuance.Limits;
using ConvoxSsl.Engine.Racks;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>
/// Has certificates issued by ACME CAs: opens the account and the journal, and answers what can be answered when the
/// CA wants something of the account first.
/// </summary>
internal sealed class AcmeIssuer(IRack rack, AcmeAccounts accounts, SolverChoice solvers, OrderLimits limits, TimeProvider time, IProgress<IssuanceEvent> events)
{
    /// <summary>
    /// Orders, and once more where the CA wants something of the account that can be given. The order stays in the
    /// journal until <see cref="EndAsync"/>.
    /// </summary>
    public async Task<CertificateMaterial> IssueAsync(CertificateRecord record, CertificateRequest request, CertificateEntry? known, CancellationToken ct)
    {
        var directoryUrl = request.Issuer.DirectoryUrl!;
        try
        {
            return await OrderOnceAsync(record, request, known, ct).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem.ShortType == "accountDoesNotExist")
        {
            events.Report(new IssuanceEvent(IssuanceEventKind.Warning, $"The CA at {directoryUrl.Host} does not know the account any more. It is made again with the same key."));
            await accounts.MakeAgainAsync(directoryUrl, request.Account.ExternalAccount, ct).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem.ShortType == "userActionRequired" && request.Account.AcceptTermsOfService)
        {
            events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"The CA at {directoryUrl.Host} has new terms of service, which -AcceptTermsOfService accepts."));
            await AgreeToTermsAsync(directoryUrl, e, ct).ConfigureAwait(false);
        }

        return await OrderOnceAsync(record, request, known, ct).ConfigureAwait(false);
    }

    /// <summary>Ends an order whose certificate is stored.</summary>
    public Task EndAsync(string id, CancellationToken ct) => rack.Orders.EndAsync(id, ct);

    /// <summary>Ends an order without a certificate; what could not be removed yet stays in the journal for the next run.</summary>
    public async Task DropAsync(string id)
    {
        if (await rack.Orders.FindAsync(id, CancellationToken.None).ConfigureAwait(false) is { Published.Count: > 0 } left)
        {
            await rack.Orders.SaveAsync(left with { OrderUrl = null, IsEnded = true }, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        await rack.Orders.EndAsync(id, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The unfinished order for a certificate; a damaged one is as none, because it matters only to who has to go on with it.</summary>
    public async Task<OrderRecord?> TryFindOrderAsync(string id, CancellationToken ct)
    {
        try
        {
            return await rack.Orders.FindAsync(id, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.InvalidData)
        {
            return null;
        }
    }

    /// <summary>Removes what an order that nobody goes on with left published, and ends it, also a damaged one.</summary>
    public async Task AbandonAsync(string id, CancellationToken ct)
    {
        if (await TryFindOrderAsync(id, ct).ConfigureAwait(false) is { Published.Count: > 0 } order)
        {
            await CleanUpLeftoversAsync(order, ct).ConfigureAwait(false);
        }

        await EndAsync(id, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Finishes an order whose certificate is stored already, because the run was killed after that: makes its version
    /// live, ends it and removes what that run left. A damaged order matters only to who has to go on with it.
    /// </summary>
    /// <returns>The certificate, the order where there is still something to do for it, and whether one was finished.</returns>
    public async Task<(CertificateEntry Known, OrderRecord? Order, bool IsFinished)> SettleAsync(CertificateEntry known, CancellationToken ct)
    {
        var id = known.Record.Id;
        OrderRecord? order;
        try
        {
            order = await rack.Orders.FindAsync(id, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.InvalidData)
        {
            events.Report(new IssuanceEvent(IssuanceEventKind.Detail, e.Message));
            return (known, null, false);
        }

        if (order is null)
        {
            // A kill between the two files of an order leaves its key.
            await EndAsync(id, ct).ConfigureAwait(false);
            return (known, null, false);
        }

        if (order.Version == 0 || known.Versions.All(v => v.Number < order.Version))
        {
            return (known, order, false);
        }

        events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"The certificate of the order that broke off, {order.OrderUrl}, is stored already."));
        if (known.LiveVersion < order.Version && known.Versions.Any(v => v.Number == order.Version))
        {
            known = await rack.Certificates.SwitchAsync(id, order.Version, ct).ConfigureAwait(false);
        }

        await AbandonAsync(id, ct).ConfigureAwait(false);
        await rack.Certificates.RemoveLeftoversAsync(id, ct).ConfigureAwait(false);
        return (known, null, true);
    }

    /// <summary>Removes what a killed run left published.</summary>
    public async Task<OrderRecord> CleanUpLeftoversAsync(OrderRecord broken, CancellationToken ct)
    {
        var bySolver = new Dictionary<IChallengeSolver, List<ChallengeResponse>>();
        foreach (var response in broken.Published)
        {
            var solver = await solvers.ForPublishedAsync(response, broken.Certificate.Settings ?? new IssuanceSettings(), ct).ConfigureAwait(false);
            bySolver.TryAdd(solver, []);
            bySolver[solver].Add(response);
        }

        foreach (var (solver, responses) in bySolver)
        {
            await solver.CleanUpAsync(responses, ct).ConfigureAwait(false);
        }

        broken = broken with { Published = [] };
        await rack.Orders.SaveAsync(broken, ct).ConfigureAwait(false);
        return broken;
    }

    /// <summary>Revokes a certificate: under the account where the rack has it, else with the certificate's own key.</summary>
    /// <exception cref="EngineException"><c>CertificateNotRevocable</c>: the rack has neither.</exception>
    public async Task RevokeAsync(CertificateMaterial material, Uri directoryUrl, RevocationReason reason, string? caCertificate, CancellationToken ct)
    {
        var certificate = material.Chain.Leaf.RawDataMemory;
        if (!await accounts.IsMissingAsync(directoryUrl, ct).ConfigureAwait(false))
        {
            var session = await accounts.OpenExistingAsync(directoryUrl, ct).ConfigureAwait(false);
            try
            {
                await session.RevokeAsync(certificate, reason, ct).ConfigureAwait(false);
                return;
            }
            catch (AcmeException e) when (e.Problem.ShortType is "unauthorized" or "accountDoesNotExist" && material.Key is not null)
            {
                // Issued under another account, or the account is gone: the certificate's own key still proves ownership.
            }
        }

        var key = material.Key ?? throw new EngineException(
            "CertificateNotRevocable", EngineErrorKind.InvalidState, $"This rack has neither the account nor the key of the certificate, and the CA wants one of them. Revoke it where they are.");
        var client = await accounts.ConnectAsync(directoryUrl, caCertificate, ct).ConfigureAwait(false);
        await client.RevokeAsync(key, certificate, reason, ct).ConfigureAwait(false);
    }

    private async Task AgreeToTermsAsync(Uri directoryUrl, AcmeException asked, CancellationToken ct)
    {
        if (await accounts.IsMissingAsync(directoryUrl, ct).ConfigureAwait(false))
        {
            // Said of the account that was to be made, with which they were agreed to.
            ExceptionDispatchInfo.Throw(asked);
        }

        var session = await accounts.OpenExistingAsync(directoryUrl, ct).ConfigureAwait(false);
        try
        {
            await session.AgreeToTermsAsync(ct).ConfigureAwait(false);
        }
        catch (AcmeException)
        {
            // RFC 8555 section 7.3.2 lets a CA ignore or refuse this; then only a visit to the page that it named helps.
            ExceptionDispatchInfo.Throw(asked);
        }
    }

    private async Task<CertificateMaterial> OrderOnceAsync(CertificateRecord record, CertificateRequest request, CertificateEntry? known, CancellationToken ct)
    {
        using var turn = solvers.Turn.Enter();

        // Before the CA is asked for anything: a credential that can't be read is no reason to bother it.
        var chosen = await solvers.ForAsync(request.Names, request.Settings, ct).ConfigureAwait(false);
        events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Opening the account at {request.Issuer.DirectoryUrl!.Host}", 0));
        var session = await accounts.OpenAsync(request.Issuer.DirectoryUrl, request.Account, ct).ConfigureAwait(false);
        ProfileRules.RequireListed(request.Settings.Profile, session.Directory, request.Issuer.DirectoryUrl.Host);
        var lost = new LostOrder(rack.Orders, session, time, events);
        var (journaled, key) = await OpenJournalAsync(record, request, known, session, lost, ct).ConfigureAwait(false);
        var signingRequest = request.SigningRequest ?? SigningRequest.Create(key!, request.Names, WantsEmptySubject(request.Settings));
        var counted = new CountedOrder(limits, request.Issuer.DirectoryUrl, request.Names, isHeldBack: !request.SkipLimitCheck);
        var issuance = new AcmeIssuance(rack.Orders, session, counted, lost, chosen, turn, time, events);
        try
        {
            return new CertificateMaterial(await RunAsync(issuance, journaled, signingRequest, request.Timeout, ct).ConfigureAwait(false), key);
        }
        catch (Exception e) when (AcmeIssuance.IsFinal(e))
        {
            await (FailureMemory.IsRemembered(e) && !request.IsDryRun ? CloseAsync(record.Id) : DropAsync(record.Id)).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends an order that failed and keeps the place where its failure is remembered.</summary>
    private async Task CloseAsync(string id)
    {
        if (await rack.Orders.FindAsync(id, CancellationToken.None).ConfigureAwait(false) is { } order)
        {
            var closed = order with { OrderUrl = null, WaitsFor = null, IsEnded = true };
            await (closed.Published.Count > 0 ? rack.Orders.SaveAsync(closed, CancellationToken.None) : rack.Orders.BeginAsync(closed, null, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    private async Task<CertificateChain> RunAsync(AcmeIssuance issuance, OrderRecord order, SigningRequest signingRequest, TimeSpan timeout, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            return await issuance.RunAsync(order, signingRequest, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new EngineException(
                "OrderTimedOut",
                EngineErrorKind.TimedOut,
                $"The CA did not finish the order for {order.Certificate.Domains[0]} within {timeout}. Run the command again or Update-ConvoxCertificate: the order goes on where it stands.",
                order.Certificate.Id,
                e);
        }
    }

    /// <summary>The order to go on with, if one for the same was broken off, or a new one with its key stored.</summary>
    private async Task<(OrderRecord Record, PrivateKey? Key)> OpenJournalAsync(
        CertificateRecord record, CertificateRequest request, CertificateEntry? known, AcmeSession session, LostOrder lost, CancellationToken ct)
    {
        var accountUrl = session.Account.Url;
        var broken = await rack.Orders.FindAsync(record.Id, ct).ConfigureAwait(false);
        if (broken is { Published.Count: > 0 })
        {
            broken = await CleanUpLeftoversAsync(broken, ct).ConfigureAwait(false);
        }

        if (broken is { IsEnded: false } && broken.AccountUrl == accountUrl && IsForSame(broken, record, request.Names))
        {
            var stored = await rack.Orders.ReadKeyAsync(record.Id, ct).ConfigureAwait(false);
            if (request.Key is null ? stored is not null || request.SigningRequest is not null : stored is not null && stored.IsSameAs(request.Key))
            {
                return (await lost.FindAsync(broken, request.Names, ct).ConfigureAwait(false), stored);
            }
        }

        var key = request.SigningRequest is null ? await CertificateKeys.ForAsync(rack, request, known, ct).ConfigureAwait(false) : null;
        var begun = new OrderRecord
        {
            Certificate = record,
            Version = request.IsDryRun ? 0 : 1 + (known?.Versions.Max(v => v.Number) ?? 0),
            Started = time.GetUtcNow(),
            AccountUrl = accountUrl,
            Replaces = session.Directory.RenewalInfo is not null && known?.Record.Issuer == record.Issuer ? known.Live.RenewalId : null,
            IsDryRun = request.IsDryRun,
            Failure = broken?.Failure,
        };
        await rack.Orders.BeginAsync(begun, key, ct).ConfigureAwait(false);
        return (begun, key);
    }

    // What only says how names are proved may change while an order is under way.
    private static bool IsForSame(OrderRecord broken, CertificateRecord record, CertificateNameSet names) =>
        broken.Certificate.Issuer == record.Issuer
        && broken.Certificate.Settings?.WithoutProof() == record.Settings?.WithoutProof()
        && names.SetEquals(broken.Certificate.Domains);

    // Let's Encrypt's profiles without a common name: https://letsencrypt.org/docs/profiles
    private static bool WantsEmptySubject(IssuanceSettings settings) =>
        settings.EmptySubject || settings.Profile is "tlsserver" or "shortlived";
}
