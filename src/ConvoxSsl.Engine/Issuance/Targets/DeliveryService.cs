using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Webhooks;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Targets;

/// <summary>
/// Delivers certificates to the targets of this machine. A target counts as outdated from before the first step of a delivery until
/// after its last, so that the next run repeats one that was killed: each of its steps can be repeated.
/// </summary>
public sealed class DeliveryService
{
    // Scheduled runs are 12 hours apart.
    private static readonly TimeSpan[] Delays =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(6)];

    private readonly IssuanceContext _context;
    private readonly IRack _rack;
    private readonly Notifier _notifier;

    internal DeliveryService(IssuanceContext context, Notifier notifier) =>
        (_context, _rack, _notifier) = (context, context.Rack, notifier);

    /// <summary>Finds the deliveries to the targets of this machine.</summary>
    /// <param name="certificates">The ids of the certificates; null for all.</param>
    /// <param name="withCurrent">True to include those that are current.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>TargetsDamaged</c>.</exception>
    public async Task<IReadOnlyList<TargetDelivery>> FindAsync(
        IReadOnlyCollection<string>? certificates, bool withCurrent, CancellationToken ct)
    {
        var targets = await _rack.Targets.ListAsync(ct).ConfigureAwait(false);
        var own = targets.Where(target => target.Kind != TargetKind.Unknown && target.IsOf(_context.Options.Machine)).ToList();
        var matched = await MatchedTarget.FindAsync(own, _rack.Certificates, _context.Now, ct).ConfigureAwait(false);
        return
        [
            .. matched.SelectMany(target => target.Deliveries)
                .Where(delivery => certificates?.Contains(delivery.Certificate.Record.Id) is not false)
                .Where(delivery => withCurrent || delivery.Status != DeliveryStatus.Current),
        ];
    }

    /// <summary>Delivers certificates. The files of all are written first, and each server is reloaded once.</summary>
    /// <param name="deliveries">The deliveries, as <see cref="FindAsync"/> returned them.</param>
    /// <param name="retriesNow">True to retry after a failure at once, and false to wait for the time of the next attempt.</param>
    /// <param name="ct">The cancellation token. The next run repeats what it interrupts.</param>
    public async Task<IReadOnlyList<DeliveryOutcome>> DeliverAsync(
        IReadOnlyList<TargetDelivery> deliveries, bool retriesNow, CancellationToken ct)
    {
        if (deliveries.Count == 0)
        {
            return [];
        }

        IReadOnlyList<DeliveryOutcome> outcomes;
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        await using (await LockAsync(ct).ConfigureAwait(false))
        {
            outcomes = await DeliverLockedAsync(deliveries, retriesNow, ct).ConfigureAwait(false);
        }

        // After the lock is released, because the webhook may take its time.
        foreach (var outcome in outcomes.Where(outcome => outcome.IsAttempted))
        {
            await ReportAsync(outcome.Delivery, ct).ConfigureAwait(false);
        }

        return outcomes;
    }

    private async Task<IReadOnlyList<DeliveryOutcome>> DeliverLockedAsync(
        IReadOnlyList<TargetDelivery> deliveries, bool retriesNow, CancellationToken ct)
    {
        var (due, others) = await SelectDueAsync(deliveries, retriesNow, ct).ConfigureAwait(false);
        await RecordAsync(
            [.. due.Where(d => d.State?.SerialNumber is not null).Select(d => (d, d.State! with { SerialNumber = null }))], ct)
            .ConfigureAwait(false);
        var attempts = await new DeliveryRun(_context).RunAsync(due, ct).ConfigureAwait(false);
        var states = attempts.Select(attempt => (attempt.Delivery, State: CreateState(attempt))).ToList();
        await RecordAsync(states, ct).ConfigureAwait(false);
        return
        [
            .. states.Select(item => new DeliveryOutcome(
                item.Delivery with { Target = item.Delivery.Target.With(item.State) }, IsAttempted: true)
            {
                IsNew = item.Delivery.State?.DeliveredAt is null,
            }),
            .. others.Select(delivery => new DeliveryOutcome(delivery, IsAttempted: false)),
        ];
    }

    private Task<IAsyncDisposable> LockAsync(CancellationToken ct) => _rack.LockAsync(
        $"deliveries/{_context.Options.Machine.ToUpperInvariant()}",
        () => _context.ReportStep("Waiting for another process that delivers certificates"),
        ct);

    // Another process may have delivered some of them, or their targets were changed.
    private async Task<(IReadOnlyList<TargetDelivery> Due, IReadOnlyList<TargetDelivery> Others)> SelectDueAsync(
        IReadOnlyList<TargetDelivery> deliveries, bool retriesNow, CancellationToken ct)
    {
        var current = (await FindAsync(null, withCurrent: true, ct).ConfigureAwait(false))
            .ToDictionary(delivery => (delivery.Target.Id, delivery.Certificate.Record.Id));
        var now = _context.Now;
        var selected = new List<(TargetDelivery Delivery, bool IsDue)>();
        foreach (var delivery in deliveries)
        {
            if (current.TryGetValue((delivery.Target.Id, delivery.Certificate.Record.Id), out var latest))
            {
                var isDone = delivery.Status != DeliveryStatus.Current && latest.Status == DeliveryStatus.Current;
                var isDelayed = !retriesNow && latest.Failure?.Holds(now) is true;
                selected.Add((latest, !isDone && !isDelayed));
            }
        }

        return (
            [.. selected.Where(item => item.IsDue).Select(item => item.Delivery)],
            [.. selected.Where(item => !item.IsDue).Select(item => item.Delivery)]);
    }

    private TargetState CreateState(DeliveryAttempt attempt)
    {
        var (live, before, now) = (attempt.Delivery.Certificate.Live, attempt.Delivery.State, _context.Now);
        var state = (before ?? new TargetState { Certificate = attempt.Delivery.Certificate.Record.Id }) with { Name = attempt.Name };
        if (attempt.Error is not { } error)
        {
            return state with { Version = live.Number, SerialNumber = live.SerialNumber, DeliveredAt = now, Failure = null };
        }

        // Nothing is known about what the target has now, so an earlier version that becomes live again has to be delivered too.
        var count = 1 + (attempt.Delivery.Failure?.Count ?? 0);
        return state with
        {
            SerialNumber = null,
            Failure = new DeliveryFailure
            {
                Code = FailureCode.Get(error),
                Cause = _context.DescribeFailure(error),
                SerialNumber = live.SerialNumber,
                At = now,
                Count = count,
                NextTry = now + Delays[Math.Min(count, Delays.Length) - 1],
            },
        };
    }

    // A target that was removed or changed meanwhile keeps its state.
    private Task RecordAsync(
        List<(TargetDelivery Delivery, TargetState State)> states, CancellationToken ct) => states.Count == 0
        ? Task.CompletedTask
        : _rack.Targets.UpdateAsync(
            targets =>
            {
                var known = targets.Select(target => (target.Id, target.Revision)).ToHashSet();
                var current = states.Where(item => known.Contains((item.Delivery.Target.Id, item.Delivery.Target.Revision)))
                    .ToLookup(item => item.Delivery.Target.Id, item => item.State);
                return current.Count == 0 ? targets
                    : [.. targets.Select(target => current[target.Id].Aggregate(target, (changed, state) => changed.With(state)))];
            },
            ct);

    private async Task ReportAsync(TargetDelivery delivery, CancellationToken ct)
    {
        if (delivery.Failure is { } failure)
        {
            await _notifier.NotDeliveredAsync(delivery.Certificate, delivery.Target.Id, failure, ct).ConfigureAwait(false);
        }
        else
        {
            _context.ReportDetail($"Delivered version {delivery.Certificate.LiveVersion} of {delivery.GetTitle()}");
        }
    }
}
