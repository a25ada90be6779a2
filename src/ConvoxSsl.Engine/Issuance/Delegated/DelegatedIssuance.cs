using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Engine.Issuance.Versions;
using ConvoxSsl.Engine.Issuance.Webhooks;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Delegated;

/// <summary>
/// Requests certificates from the rack's controller, waits for them and records them. The controller continues even if nobody
/// waits, so no lock is held meanwhile.
/// </summary>
internal sealed class DelegatedIssuance(
    IssuanceContext context,
    ControllerRouting routing,
    HiddenNameWarning hiddenNames,
    CertificateLocks locks,
    CertificateLookup lookup,
    CertificateWriter writer,
    OrderJournal journal,
    Notifier notices)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    private readonly IRack _rack = context.Rack;

    /// <summary>Requests a certificate and waits for it, unless the existing one will do.</summary>
    /// <exception cref="EngineException"><c>RetryLater</c>; <c>IssuanceFailed</c>, with the cause; <c>OrderTimedOut</c>.</exception>
    public async Task<CertificateEntry> IssueAsync(IssuancePlan plan, CancellationToken ct)
    {
        var (record, known, isCurrent) = await StartAsync(plan, ct).ConfigureAwait(false);
        try
        {
            return isCurrent
                ? known!
                : await FinishAsync(record, known, plan.Request.Timeout, plan.Request.KeepVersions, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.OrderTimedOut)
        {
            await notices.FailedAsync(record, known, e.Code, context.DescribeFailure(e), e.RetryAt, ct).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Requests a certificate, unless the existing one will do.</summary>
    /// <exception cref="EngineException"><c>RetryLater</c>: the last attempt failed, and the next one is later.</exception>
    public async Task<DelegatedStart> StartAsync(IssuancePlan plan, CancellationToken ct)
    {
        var request = plan.Request;
        var knownId = plan.Known?.Record.Id ?? request.CertificateId;
        await using var lockedNames = await locks.LockNamesAsync(request.Names, knownId, null, ct).ConfigureAwait(false);
        var id = knownId ?? await lookup.CreateIdAsync(request, ct).ConfigureAwait(false);
        await using var locked = await locks.LockAsync(id, ct).ConfigureAwait(false);

        // Before the store is read: the revision reveals what is issued between the two reads.
        var seen = await routing.RequireController().FindAsync(id, ct).ConfigureAwait(false);
        var known = request.CertificateId is { } own
            ? await _rack.Certificates.FindAsync(own, ct).ConfigureAwait(false)
            : await lookup.FindAsync(request.Names, request.Issuer, ct).ConfigureAwait(false);
        var record = request.ToRecord(id, known);
        OrderRecord? order = null;
        if (!record.IsOfApp())
        {
            if (known is null)
            {
                order = await journal.TryFindAsync(id, ct).ConfigureAwait(false);
            }
            else
            {
                var recovered = await journal.RecoverAsync(known, ct).ConfigureAwait(false);
                (known, order) = (recovered.Known, recovered.Order);
            }
        }

        if (known is not null && lookup.IsCurrent(known, request))
        {
            lookup.ReportCurrent(known);
            return new DelegatedStart(record, known, IsCurrent: true);
        }

        RequireAttemptAllowed(record, seen, request.Force);
        if (!record.IsOfApp())
        {
            await journal.AbandonAsync(record.Id, order, ct).ConfigureAwait(false);
        }

        var controller = routing.RequireController();
        if (!record.IsOfApp())
        {
            var domains = await controller.FindDnsDomainsAsync(record.Issuer, record.Domains, ct).ConfigureAwait(false);
            await hiddenNames.ReportAsync(domains, request.Settings, ct).ConfigureAwait(false);
        }

        context.ReportStep($"Requesting the certificate of {record.Domains[0]} from {controller.Name}", 5);
        await controller.StartAsync(record, seen?.Revision ?? 0, ct).ConfigureAwait(false);
        return new DelegatedStart(record, known, IsCurrent: false);
    }

    /// <summary>Waits until the controller has issued a certificate, whoever requested it, and records it as a version.</summary>
    /// <exception cref="EngineException">
    /// <c>IssuanceFailed</c>, with the cause; <c>OrderTimedOut</c>; <c>CertificateNotFound</c>: it was removed.
    /// </exception>
    public async Task<CertificateEntry> FinishAsync(
        CertificateRecord record, CertificateEntry? known, TimeSpan timeout, int keepVersions, CancellationToken ct)
    {
        try
        {
            await WaitAsync(record, timeout, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.IssuanceFailed)
        {
            await notices.FailedAsync(record, known, e.Code, context.DescribeFailure(e), e.RetryAt, ct).ConfigureAwait(false);
            throw;
        }

        context.ReportStep("Recording the certificate", 95);
        CertificateEntry? before;
        CertificateEntry entry;
        await using (await locks.LockAsync(record.Id, ct).ConfigureAwait(false))
        {
            before = record.IsOfApp() ? known : await _rack.Certificates.FindAsync(record.Id, ct).ConfigureAwait(false);
            entry = await routing.RequireController()
                .AdoptAsync(record, context.Now, CertificateLifetime.GetRenewalTime, keepVersions, ct).ConfigureAwait(false);
        }

        // Another process that waited too may have recorded it already, and notified the webhook.
        if (before?.Live != entry.Live)
        {
            await NotifyAsync(entry, ct).ConfigureAwait(false);
        }

        return entry;
    }

    private async Task NotifyAsync(CertificateEntry entry, CancellationToken ct)
    {
        if (!entry.Record.IsOfApp())
        {
            await writer.PublishAsync(entry.Record.Id, ct).ConfigureAwait(false);
        }

        await notices.RenewedAsync(entry, ct).ConfigureAwait(false);
    }

    private void RequireAttemptAllowed(CertificateRecord record, ControlledCertificate? seen, bool force)
    {
        if (!force
            && seen?.Failure is { NextTry: not null } failure
            && failure.Holds(context.Now)
            && HasSameSettings(seen.Certificate, record))
        {
            throw RetryBackoff.CreateRetryLater(record, failure);
        }
    }

    // Changed settings allow a new attempt. A setting that the request leaves open is not a change.
    private static bool HasSameSettings(CertificateRecord failed, CertificateRecord requested) =>
        failed.Issuer == requested.Issuer
        && failed.Settings?.KeyAlgorithm == requested.Settings?.KeyAlgorithm
        && failed.Settings?.ReuseKey == requested.Settings?.ReuseKey
        && (requested.Settings?.Duration is not { } duration || failed.Settings?.Duration == duration);

    private async Task WaitAsync(CertificateRecord record, TimeSpan timeout, CancellationToken ct)
    {
        var reason = string.Empty;
        var (begin, started) = (context.Time.GetTimestamp(), context.Now);
        using var limit = new CancellationTokenSource(timeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            var delay = FirstDelay;
            while (!await IsReadyAsync(record, ReportReason, either.Token).ConfigureAwait(false))
            {
                await Task.Delay(delay, context.Time, either.Token).ConfigureAwait(false);
                delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay;
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            var last = reason.Length == 0 ? string.Empty : $" Its last status: {reason}";
            throw new EngineException(
                ErrorCode.OrderTimedOut,
                EngineErrorKind.TimedOut,
                $"{routing.RequireController().Name} did not issue the certificate for {record.Domains[0]} within "
                    + $"{DurationText.Format(timeout)}.{last}",
                record.Id)
            {
                RetryAt = started + ControlledCertificate.MaxIssuance,
                Remedy = new Remedy("OrderTimedOut.Controller", record.Id),
            };
        }

        void ReportReason(string text)
        {
            if (text != reason)
            {
                reason = text;
                context.ReportStep(
                    $"{routing.RequireController().Name}: {text}", 40, timeout - context.Time.GetElapsedTime(begin));
            }
        }
    }

    private async Task<bool> IsReadyAsync(CertificateRecord record, Action<string> report, CancellationToken ct)
    {
        var controller = routing.RequireController();
        var state = await controller.FindAsync(record.Id, ct).ConfigureAwait(false) ?? throw new EngineException(
            ErrorCode.CertificateNotFound,
            EngineErrorKind.NotFound,
            $"'{record.Id}' was removed while {controller.Name} was issuing it.",
            record.Id)
        {
            Remedy = "Request it again.",
        };
        if (state.Phase == ControlledPhase.Failed || state.HasKnownFault)
        {
            throw new EngineException(
                ErrorCode.IssuanceFailed,
                EngineErrorKind.InvalidState,
                $"{controller.Name} could not issue the certificate for {string.Join(", ", record.Domains)}: {state.Reason}",
                record.Id)
            {
                RetryAt = state.NextTry,
                Remedy = new Remedy(state.HasKnownFault ? "IssuanceFailed.Controller" : ErrorCode.IssuanceFailed, record.Id),
            };
        }

        if (state is { Phase: ControlledPhase.Issuing, Reason: { } reason })
        {
            report(reason);
        }

        return state.Phase == ControlledPhase.Ready;
    }
}

/// <summary>The result of <see cref="DelegatedIssuance.StartAsync"/>.</summary>
/// <param name="Record">The certificate.</param>
/// <param name="Known">The existing certificate; null if there is none.</param>
/// <param name="IsCurrent">True if the existing certificate will do, so that none was requested.</param>
internal sealed record DelegatedStart(CertificateRecord Record, CertificateEntry? Known, bool IsCurrent);
