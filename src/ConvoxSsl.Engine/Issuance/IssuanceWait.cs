using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Delegated;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>The result of waiting for one certificate of a batch.</summary>
/// <param name="Id">The id of the certificate.</param>
/// <param name="Job">Identifies the job in <see cref="IssuanceEvent.Job"/>.</param>
public sealed record WaitResult(string Id, object Job)
{
    /// <summary>The certificate; null after an error.</summary>
    public CertificateEntry? Entry { get; init; }

    /// <summary>The error; null after a success.</summary>
    public Exception? Error { get; init; }
}

/// <summary>Waits until certificates are issued: by the rack's controller, or by resuming their orders.</summary>
internal sealed class IssuanceWait(IssuanceEngine engine, DelegatedIssuance delegated, IssuanceContext context, RenewalRequest request)
{
    private static readonly TimeSpan MinDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    /// <summary>Waits for one certificate of a batch. Its result is an error after the time limit.</summary>
    public async Task RunAsync(string id, RecordBatchJob job, ChannelWriter<WaitResult> results, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(request.Timeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var key = new object();
        CertificateState? state = null;
        try
        {
            for (var delay = MinDelay; ; delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay)
            {
                state = await engine.Certificates.FindAsync(id, either.Token).ConfigureAwait(false);
                context.Events.SetCurrent(state.Record.Domains[0], key);
                if (await TryFinishAsync(state, key, job, delay, either.Token).ConfigureAwait(false) is { } entry)
                {
                    results.TryWrite(new WaitResult(id, key) { Entry = entry });
                    return;
                }
            }
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            var error = new EngineException(
                ErrorCode.OrderTimedOut,
                EngineErrorKind.TimedOut,
                $"'{id}' was not issued within {DurationText.Format(request.Timeout)}. {DescribeProgress(state)}",
                id,
                e)
            {
                Remedy = new Remedy("OrderTimedOut.Wait"),
            };
            results.TryWrite(new WaitResult(id, key) { Error = error });
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            results.TryWrite(new WaitResult(id, key) { Error = e });
        }
        finally
        {
            job.End();
        }
    }

    // A wait for the owner, the controller or the next attempt is a step whose text is sentences: the reason of the delay.
    private string DescribeProgress(CertificateState? state)
    {
        var progress = context.Events.CurrentStep switch
        {
            { } step when step.EndsWith('.') => step,
            { } step => string.Join(' ', new[] { $"The running step was '{step}'.", FindReason(state) }.OfType<string>()),
            null => FindReason(state),
        };
        return progress is null ? OrderFailures.Resumption
            : progress.Contains(OrderFailures.Resumption, StringComparison.Ordinal) ? progress
            : $"{progress} {OrderFailures.Resumption}";
    }

    private static string? FindReason(CertificateState? state) => state switch
    {
        { Failure: { } failure } => $"Its last attempt failed at {failure.At:u}: {failure.Cause}",
        { Order.WaitsFor: { } reason } => reason,
        _ => null,
    };

    /// <summary>Returns the certificate, or null after a delay.</summary>
    private async Task<CertificateEntry?> TryFinishAsync(
        CertificateState state, object key, RecordBatchJob job, TimeSpan delay, CancellationToken ct)
    {
        if (state.Controlled is { Phase: ControlledPhase.Issuing } issuing)
        {
            job.End();
            return await delegated
                .FinishAsync(issuing.Certificate, state.Entry, request.Timeout, request.KeepVersions, ct).ConfigureAwait(false);
        }

        if (state.Order is not { IsResumable: true })
        {
            return state.Entry ?? throw RetryBackoff.CreateFailed(state.Record, state.Failure!, context.Now);
        }

        try
        {
            return await ResumeAsync(state.Record, key, job, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (
            e.Code is ErrorCode.ValidationPending or ErrorCode.RetryLater
                && engine.Renewals.FindRecentFailure(state) is not { NextTry: null })
        {
            var wait = engine.Renewals.FindRecentFailure(state)?.NextTry - context.Now ?? delay;
            context.Events.Report(new IssuanceEvent(IssuanceEventKind.Step, e.Message, Left: wait, Remedy: e.Remedy));

            // In short waits, because the clock may be set meanwhile, and a CA may ask for a year.
            var next = wait < MinDelay ? MinDelay : wait < MaxDelay ? wait : MaxDelay;
            await Task.Delay(next, context.Time, ct).ConfigureAwait(false);
            return null;
        }
    }

    private async Task<CertificateEntry> ResumeAsync(CertificateRecord record, object key, RecordBatchJob job, CancellationToken ct)
    {
        var results = Channel.CreateUnbounded<IssueResult>();
        var plan = await engine.Planner.PlanAsync(request.ToIssueRequest(record), ct).ConfigureAwait(false);
        await engine.IssueAsync(plan with { Job = key }, job, results.Writer, ct).ConfigureAwait(false);
        var result = await results.Reader.ReadAsync(ct).ConfigureAwait(false);
        if (result.Error is EngineException { Code: ErrorCode.RetryLater } tooSoon)
        {
            throw RetryBackoff.ForWait(tooSoon, record.Id);
        }

        if (result.Error is not null)
        {
            ExceptionDispatchInfo.Throw(result.Error);
        }

        return result.Entry!;
    }
}
