using ConvoxSsl.Engine.Racks;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>
/// Has certificates issued by the rack's controller: asks it, waits until it is done and records what came. What it is
/// asked for stays with it also when nobody waits.
/// </summary>
internal sealed class DelegatedIssuance(IRack rack, TimeProvider time, IProgress<IssuanceEvent> events)
{
    /// <summary>The code of a controller's failure.</summary>
    public const string FailedCode = "IssuanceFailed";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>The rack's controller.</summary>
    /// <exception cref="InvalidInputException"><c>NoController</c>: the rack has none of that name.</exception>
    public ICertificateController Require(string name) =>
        rack.Controller is { } controller && controller.Name == name ? controller : throw new InvalidInputException(
            "NoController", $"The rack '{rack.Name}' has no {name} that could issue certificates. Leave out -Engine, or let the module issue by itself with -Engine Acme.", name);

    /// <summary>Asks for a certificate, unless the last try failed and nobody wants the next one now.</summary>
    /// <exception cref="EngineException"><c>RetryLater</c>.</exception>
    public async Task StartAsync(CertificateRecord record, bool force, CancellationToken ct)
    {
        var controller = Require(record.Settings!.Controller!);
        if (!force && await controller.FindAsync(record.Id, ct).ConfigureAwait(false) is { Phase: ControlledPhase.Failed, NextTry: { } next } failed && next > time.GetUtcNow())
        {
            throw RetryLater.For(record, FailureOf(failed));
        }

        events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Asking {controller.Name} for the certificate of {record.Domains[0]}", 5));
        await controller.StartAsync(record, ct).ConfigureAwait(false);
    }

    /// <summary>Waits until the controller has issued what it was asked for, and records it as a version.</summary>
    /// <exception cref="EngineException"><c>IssuanceFailed</c>, with the cause; <c>OrderTimedOut</c>; <c>CertificateNotFound</c>: somebody removed it.</exception>
    public async Task<CertificateEntry> FinishAsync(CertificateRecord record, TimeSpan timeout, int keepVersions, CancellationToken ct)
    {
        var controller = Require(record.Settings!.Controller!);
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await WaitAsync(controller, record, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new EngineException(
                "OrderTimedOut", EngineErrorKind.TimedOut, $"{controller.Name} did not issue the certificate for {record.Domains[0]} within {timeout}. It goes on by itself: Wait-ConvoxCertificate {record.Id} waits for it.", record.Id);
        }

        events.Report(new IssuanceEvent(IssuanceEventKind.Step, "Recording the certificate", 95));
        return await controller.AdoptAsync(record, time.GetUtcNow(), RenewalPolicy.RenewAfter, keepVersions, ct).ConfigureAwait(false);
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

    private async Task WaitAsync(ICertificateController controller, CertificateRecord record, CancellationToken ct)
    {
        string? told = null;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var state = await controller.FindAsync(record.Id, ct).ConfigureAwait(false) ?? throw new EngineException(
                "CertificateNotFound", EngineErrorKind.NotFound, $"Somebody removed '{record.Id}' while {controller.Name} was issuing it.", record.Id);
            switch (state.Phase)
            {
                case ControlledPhase.Ready:
                    return;
                case ControlledPhase.Failed:
                    throw new EngineException(
                        FailedCode, EngineErrorKind.InvalidState, $"{controller.Name} could not issue the certificate for {string.Join(", ", record.Domains)}: {state.Reason}", record.Id) { RetryAt = state.NextTry };
            }

            if (state.Reason is { } reason && reason != told)
            {
                told = reason;
                events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"{controller.Name}: {reason}", 40));
            }

            await Task.Delay(pause, time, ct).ConfigureAwait(false);
        }
    }
}
