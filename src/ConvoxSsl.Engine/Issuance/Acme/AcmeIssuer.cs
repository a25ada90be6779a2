using System.Runtime.ExceptionServices;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Issuance.RateLimits;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// Has certificates issued by ACME CAs: opens the account and the journal, and answers what can be answered when the
/// CA wants something of the account first.
/// </summary>
internal sealed class AcmeIssuer(
    IRack rack, AcmeAccounts accounts, SolverSelector solvers, CertificateKeys keys, OrderEnding ending, OrderLimits limits, TimeProvider time, IProgress<IssuanceEvent> events)
{
    /// <summary>
    /// Orders, and once more where the CA wants something of the account that can be given. The order stays in the
    /// journal until it is ended.
    /// </summary>
    /// <returns>The certificate, and whether what was published could be removed, which may be under way still.</returns>
    public async Task<(CertificateWithKey Material, Task<bool> Removal)> IssueAsync(
        CertificateRecord record, IssueRequest request, CertificateEntry? known, PublishingTicket ticket, CancellationToken ct)
    {
        var directoryUrl = request.Issuer.DirectoryUrl!;
        try
        {
            return await OrderOnceAsync(record, request, known, ticket, ct).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem.ShortType == AcmeProblemType.AccountDoesNotExist)
        {
            events.Report(new IssuanceEvent(IssuanceEventKind.Warning, $"The CA at {directoryUrl.Host} does not know the account any more. It is made again with the same key."));
            await accounts.MakeAgainAsync(directoryUrl, request.Account.ExternalAccount, ct).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem.ShortType == AcmeProblemType.UserActionRequired && request.Account.AcceptTermsOfService)
        {
            events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"The CA at {directoryUrl.Host} has new terms of service, which -AcceptTermsOfService accepts."));
            await AgreeToTermsAsync(directoryUrl, e, ct).ConfigureAwait(false);
        }

        return await OrderOnceAsync(record, request, known, ticket, ct).ConfigureAwait(false);
    }

    /// <summary>Orders and keeps nothing of it: not the certificate, not the order, nothing published.</summary>
    public async Task<CertificateChain> TryAsync(CertificateRecord record, IssueRequest request, PublishingTicket ticket, CancellationToken ct)
    {
        try
        {
            var (material, removal) = await IssueAsync(record, request, null, ticket, ct).ConfigureAwait(false);
            material.Key?.Dispose();
            if (await removal.ConfigureAwait(false))
            {
                await ending.EndAsync(record.Id, CancellationToken.None).ConfigureAwait(false);
            }

            return material.Chain;
        }
        finally
        {
            await ending.DropAsync(record.Id).ConfigureAwait(false);
        }
    }

    /// <summary>Revokes a certificate: under the account where the rack has it, else with the certificate's own key.</summary>
    /// <exception cref="EngineException"><c>CertificateNotRevocable</c>: the rack has neither.</exception>
    public async Task RevokeAsync(CertificateWithKey material, Uri directoryUrl, RevocationReason reason, string? caCertificate, CancellationToken ct)
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
            catch (AcmeException e) when (e.Problem.ShortType is AcmeProblemType.Unauthorized or AcmeProblemType.AccountDoesNotExist && material.Key is not null)
            {
                // Issued under another account, or the account is gone: the certificate's own key still proves ownership.
            }
        }

        var key = material.Key ?? throw new EngineException(
            ErrorCode.CertificateNotRevocable, EngineErrorKind.InvalidState, $"This rack has neither the account nor the key of the certificate, and the CA wants one of them. Revoke it where they are.");
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

    private async Task<(CertificateWithKey Material, Task<bool> Removal)> OrderOnceAsync(
        CertificateRecord record, IssueRequest request, CertificateEntry? known, PublishingTicket ticket, CancellationToken ct)
    {
        // Before the CA is asked for anything: a credential that can't be read is no reason to bother it.
        var chosen = await solvers.ForAsync(request.Names, request.Settings, ct).ConfigureAwait(false);
        events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Opening the account at {request.Issuer.DirectoryUrl!.Host}", 0));
        var session = await accounts.OpenAsync(request.Issuer.DirectoryUrl, request.Account, ct).ConfigureAwait(false);
        ProfileRules.RequireListed(request.Settings.Profile, session.Directory, request.Issuer.DirectoryUrl.Host);
        var lost = new OrderRecovery(rack.Orders, session, time, events);
        var (journaled, key) = await OpenJournalAsync(record, request, known, session, lost, ct).ConfigureAwait(false);
        var signingRequest = request.SigningRequest ?? SigningRequest.Create(key!, request.Names, WantsEmptySubject(request.Settings));
        var counted = new CountedOrder(limits, request.Issuer.DirectoryUrl, request.Names, isHeldBack: !request.SkipLimitCheck);
        var issuance = new AcmeIssuance(rack.Orders, session, counted, lost, chosen, ticket, time, events);
        try
        {
            var (chain, removal) = await RunAsync(issuance, journaled, signingRequest, request.Timeout, ct).ConfigureAwait(false);
            return (new CertificateWithKey(chain, key), removal);
        }
        catch (Exception e) when (AcmeIssuance.IsFinal(e))
        {
            await (RetryBackoff.IsRemembered(e) && !request.IsDryRun ? ending.CloseAsync(record.Id) : ending.DropAsync(record.Id)).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<(CertificateChain Chain, Task<bool> Removal)> RunAsync(
        AcmeIssuance issuance, OrderRecord order, SigningRequest signingRequest, TimeSpan timeout, CancellationToken ct)
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
                ErrorCode.OrderTimedOut,
                EngineErrorKind.TimedOut,
                $"The CA did not finish the order for {order.Certificate.Domains[0]} within {timeout}. Run the command again or Update-ConvoxCertificate: the order goes on where it stands.",
                order.Certificate.Id,
                e);
        }
    }

    /// <summary>The order to go on with, if one for the same was broken off, or a new one with its key stored.</summary>
    private async Task<(OrderRecord Record, PrivateKey? Key)> OpenJournalAsync(
        CertificateRecord record, IssueRequest request, CertificateEntry? known, AcmeSession session, OrderRecovery lost, CancellationToken ct)
    {
        var accountUrl = session.Account.Url;
        var broken = await rack.Orders.FindAsync(record.Id, ct).ConfigureAwait(false);
        if (broken is { Published.Count: > 0 })
        {
            broken = await ending.CleanUpAsync(broken, ct).ConfigureAwait(false);
        }

        if (broken is { IsEnded: false } && broken.AccountUrl == accountUrl && IsForSame(broken, record, request.Names))
        {
            var stored = await rack.Orders.ReadKeyAsync(record.Id, ct).ConfigureAwait(false);
            if (request.Key is null ? stored is not null || request.SigningRequest is not null : stored is not null && stored.IsSameAs(request.Key))
            {
                return (await lost.FindAsync(broken, request.Names, ct).ConfigureAwait(false), stored);
            }
        }

        var key = request.SigningRequest is null ? await keys.ForAsync(request, known, ct).ConfigureAwait(false) : null;
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
