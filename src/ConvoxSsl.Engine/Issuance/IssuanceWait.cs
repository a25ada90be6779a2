using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Delegated;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>Waits until a certificate is there: for the rack's controller, or by going on with an unfinished order.</summary>
internal sealed class IssuanceWait(IssuanceEngine engine, DelegatedIssuance delegated, TimeProvider time, CertificateEvents events)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>Waits for a certificate.</summary>
    /// <exception cref="EngineException"><c>OrderTimedOut</c>, and what issuing it throws.</exception>
    public async Task<CertificateEntry> ForAsync(string id, RenewalRequest request, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(request.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            for (var pause = ShortestWait; ; pause = pause * 2 < LongestWait ? pause * 2 : LongestWait)
            {
                var state = await engine.Certificates.FindAsync(id, either.Token).ConfigureAwait(false);
                if (await TryAsync(id, state, request, pause, either.Token).ConfigureAwait(false) is { } entry)
                {
                    return entry;
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new EngineException(
                ErrorCode.OrderTimedOut, EngineErrorKind.TimedOut, $"'{id}' was not there within {request.Timeout}. Wait again, or run Update-ConvoxCertificate later: the order goes on where it stands.", id);
        }
    }

    /// <summary>The certificate, or null where it was waited for a while.</summary>
    private async Task<CertificateEntry?> TryAsync(string id, CertificateState state, RenewalRequest request, TimeSpan pause, CancellationToken ct)
    {
        events.Concern(state.Record.Domains[0]);
        if (state.Controlled is { Phase: ControlledPhase.Issuing } issuing)
        {
            return await delegated.FinishAsync(issuing.Certificate, state.Entry, request.Timeout, request.KeepVersions, ct).ConfigureAwait(false);
        }

        if (state.Order is not { IsEnded: false })
        {
            return state.Entry ?? throw RetryLater.For(state.Record, state.Failure!);
        }

        try
        {
            return await engine.RenewAsync(id, request, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code is AcmeIssuance.ValidationPending or RetryLater.Code && engine.Renewals.FindRecentFailure(state) is not { NextTry: null })
        {
            var wait = engine.Renewals.FindRecentFailure(state)?.NextTry - time.GetUtcNow() ?? pause;
            events.Report(new IssuanceEvent(IssuanceEventKind.Step, e.Message, Left: wait));

            // In short waits, because the clock can be set meanwhile and a CA can ask for a year.
            await Task.Delay(wait < LongestWait ? Max(wait, ShortestWait) : LongestWait, time, ct).ConfigureAwait(false);
            return null;
        }
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
