using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Issuance.Webhooks;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Delegated;

/// <summary>
/// Has certificates issued by the rack's controller: asks it, waits until it is done and records what came. What it is
/// asked for goes on also when nobody waits, so no lock is held while it does.
/// </summary>
internal sealed class DelegatedIssuance(
    IRack rack, IssuanceRouting routing, CertificateLookup lookup, CertificateCatalog certificates, OrderEnding ending, Notifier notices, TimeProvider time, IProgress<IssuanceEvent> events)
{
    /// <summary>The code of a controller's failure.</summary>
    public const string FailedCode = "IssuanceFailed";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Asks for a certificate and waits for it; gives the one that is there, where it will do.</summary>
    /// <exception cref="EngineException"><c>RetryLater</c>; <c>IssuanceFailed</c>, with the cause; <c>OrderTimedOut</c>.</exception>
    public async Task<CertificateEntry> IssueAsync(IssueRequest request, CancellationToken ct)
    {
        var (record, known, isCurrent) = await StartAsync(request, ct).ConfigureAwait(false);
        return isCurrent ? known! : await FinishAsync(record, known, request.Timeout, request.KeepVersions, ct).ConfigureAwait(false);
    }

    /// <summary>Asks for a certificate, unless one is there that will do.</summary>
    /// <exception cref="EngineException"><c>RetryLater</c>: the last try failed, and nobody wants the next one now.</exception>
    public async Task<(CertificateRecord Record, CertificateEntry? Known, bool IsCurrent)> StartAsync(IssueRequest request, CancellationToken ct)
    {
        await using var lockedNames = await lookup.LockNamesAsync(request.Names, () => { }, ct).ConfigureAwait(false);
        var known = await FindKnownAsync(request, ct).ConfigureAwait(false);
        var id = known?.Record.Id ?? request.CertificateId ?? await lookup.NewIdAsync(request, ct).ConfigureAwait(false);
        await using var locked = await certificates.LockAsync(id, ct).ConfigureAwait(false);

        // Before the store is read: what is issued between the two looks is seen by its revision.
        var seen = await routing.Require().FindAsync(id, ct).ConfigureAwait(false);
        known = await FindKnownAsync(request, ct).ConfigureAwait(false);
        var record = request.ToRecord(id, known);
        if (!record.IsOfApp())
        {
            known = known is null ? null : (await ending.SettleAsync(known, ct).ConfigureAwait(false)).Known;
        }

        if (known is not null && lookup.IsCurrent(known, request))
        {
            return (record, known, true);
        }

        await AskAsync(record, seen, request.Force, ct).ConfigureAwait(false);
        return (record, known, false);
    }

    /// <summary>Waits until the controller has issued what it was asked for, by whomever, and records it as a version.</summary>
    /// <exception cref="EngineException"><c>IssuanceFailed</c>, with the cause; <c>OrderTimedOut</c>; <c>CertificateNotFound</c>: somebody removed it.</exception>
    public async Task<CertificateEntry> FinishAsync(CertificateRecord record, CertificateEntry? known, TimeSpan timeout, int keepVersions, CancellationToken ct)
    {
        try
        {
            await WaitAsync(record, timeout, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == FailedCode)
        {
            await notices.FailedAsync(record, known, e.Code, e.Message, e.RetryAt, ct).ConfigureAwait(false);
            throw;
        }

        events.Report(new IssuanceEvent(IssuanceEventKind.Step, "Recording the certificate", 95));
        CertificateEntry? before;
        CertificateEntry entry;
        await using (await certificates.LockAsync(record.Id, ct).ConfigureAwait(false))
        {
            before = record.IsOfApp() ? known : await rack.Certificates.FindAsync(record.Id, ct).ConfigureAwait(false);
            entry = await routing.Require().AdoptAsync(record, time.GetUtcNow(), RenewalPolicy.GetRenewalTime, keepVersions, ct).ConfigureAwait(false);
        }

        // Another process that waited too may have recorded and told it already.
        if (before?.Live != entry.Live)
        {
            await TellAsync(entry, ct).ConfigureAwait(false);
        }

        return entry;
    }

    private async Task TellAsync(CertificateEntry entry, CancellationToken ct)
    {
        if (!entry.Record.IsOfApp())
        {
            await certificates.PublishAsync(entry.Record.Id, ct).ConfigureAwait(false);
        }

        await notices.RenewedAsync(entry, ct).ConfigureAwait(false);
    }

    /// <summary>A controller's failure as the engine remembers its own.</summary>
    public static IssuanceFailure FailureOf(ControlledCertificate failed) => new()
    {
        Code = FailedCode,
        Cause = failed.Reason ?? "no cause is known.",
        At = failed.Started,
        Count = 1,
        NextTry = failed.NextTry,
    };

    private Task<CertificateEntry?> FindKnownAsync(IssueRequest request, CancellationToken ct) =>
        request.CertificateId is { } id ? rack.Certificates.FindAsync(id, ct) : lookup.FindAsync(request.Names, request.Issuer, ct);

    private async Task AskAsync(CertificateRecord record, ControlledCertificate? seen, bool force, CancellationToken ct)
    {
        var controller = routing.Require();
        if (!force && seen is { Phase: ControlledPhase.Failed } failed
            && FailureOf(failed) is { NextTry: not null } failure && failure.Holds(time.GetUtcNow())
            && IsSame(failed.Certificate, record))
        {
            throw RetryLater.For(record, failure);
        }

        if (!record.IsOfApp())
        {
            await ending.AbandonAsync(record.Id, ct).ConfigureAwait(false);
        }

        events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Asking {controller.Name} for the certificate of {record.Domains[0]}", 5));
        await controller.StartAsync(record, seen?.Revision ?? 0, ct).ConfigureAwait(false);
    }

    // Other settings are a new try. What only the controller knows of is not asked for differently.
    private static bool IsSame(CertificateRecord failed, CertificateRecord asked) =>
        failed.Issuer == asked.Issuer
        && failed.Settings?.KeyAlgorithm == asked.Settings?.KeyAlgorithm
        && failed.Settings?.ReuseKey == asked.Settings?.ReuseKey
        && (asked.Settings?.Duration is not { } duration || failed.Settings?.Duration == duration);

    private async Task WaitAsync(CertificateRecord record, TimeSpan timeout, CancellationToken ct)
    {
        var told = string.Empty;
        var begin = time.GetTimestamp();
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            for (var pause = FirstPause; !await IsThereAsync(record, Tell, either.Token).ConfigureAwait(false); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                await Task.Delay(pause, time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new EngineException(
                ErrorCode.OrderTimedOut, EngineErrorKind.TimedOut, $"{routing.Require().Name} did not issue the certificate for {record.Domains[0]} within {timeout}. {(told.Length == 0 ? string.Empty : $"Its last word: {told} ")}It goes on by itself: Wait-ConvoxCertificate {record.Id} waits for it.", record.Id);
        }

        void Tell(string reason)
        {
            if (reason != told)
            {
                told = reason;
                events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"{routing.Require().Name}: {reason}", 40, timeout - time.GetElapsedTime(begin)));
            }
        }
    }

    private async Task<bool> IsThereAsync(CertificateRecord record, Action<string> tell, CancellationToken ct)
    {
        var controller = routing.Require();
        var state = await controller.FindAsync(record.Id, ct).ConfigureAwait(false) ?? throw new EngineException(
            ErrorCode.CertificateNotFound, EngineErrorKind.NotFound, $"Somebody removed '{record.Id}' while {controller.Name} was issuing it. Ask for it again.", record.Id);
        if (state.Phase == ControlledPhase.Failed)
        {
            throw new EngineException(
                FailedCode, EngineErrorKind.InvalidState, $"{controller.Name} could not issue the certificate for {string.Join(", ", record.Domains)}: {state.Reason}", record.Id)
            {
                RetryAt = state.NextTry,
                Remedy = $"Mend the cause, then Update-ConvoxCertificate {record.Id} -Force asks again.",
            };
        }

        if (state is { Phase: ControlledPhase.Issuing, Reason: { } reason })
        {
            tell(reason);
        }

        return state.Phase == ControlledPhase.Ready;
    }
}
