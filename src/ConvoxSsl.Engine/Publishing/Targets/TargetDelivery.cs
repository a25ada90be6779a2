using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Publishing.Targets;

/// <summary>The statuses of a certificate at a target.</summary>
public enum DeliveryStatus
{
    /// <summary>The live version was delivered.</summary>
    Current,

    /// <summary>The live version was not delivered yet.</summary>
    Outdated,

    /// <summary>The last delivery of the live version failed.</summary>
    Failed,
}

/// <summary>A certificate of a target.</summary>
/// <param name="Target">The target.</param>
/// <param name="Certificate">The certificate.</param>
public sealed record TargetDelivery(CertificateTarget Target, CertificateEntry Certificate)
{
    /// <summary>The state of earlier deliveries; null if there were none.</summary>
    public TargetState? State => Target.FindState(Certificate.Record.Id);

    /// <summary>The failure of the live version; null if it was not tried, or was delivered.</summary>
    public DeliveryFailure? Failure =>
        State?.Failure is { } failure && failure.SerialNumber == Certificate.Live.SerialNumber ? failure : null;

    /// <summary>The status.</summary>
    public DeliveryStatus Status => Failure is not null ? DeliveryStatus.Failed
        : State?.SerialNumber == Certificate.Live.SerialNumber ? DeliveryStatus.Current
        : DeliveryStatus.Outdated;

    /// <summary>Returns the target and the certificate for messages.</summary>
    public string GetTitle() => $"{Certificate.Record.GetTitle()} to target {Target.Id}";
}

/// <summary>The outcome of a delivery.</summary>
/// <param name="Delivery">The delivery, with the state after it.</param>
/// <param name="IsAttempted">True if it was attempted; false if it was current already, or is delayed after a failure.</param>
public sealed record DeliveryOutcome(TargetDelivery Delivery, bool IsAttempted)
{
    /// <summary>True if the certificate had not been delivered to the target before.</summary>
    public bool IsNew { get; init; }

    /// <summary>Creates the error of a delivery that failed; null if it did not.</summary>
    public EngineException? FindError()
    {
        var (target, id) = (Delivery.Target, Delivery.Certificate.Record.Id);
        return Delivery.Failure is not { } failure ? null : new EngineException(
            ErrorCode.NotDelivered,
            EngineErrorKind.InvalidState,
            $"Cannot deliver {Delivery.GetTitle()}{(target.Files is { } files ? $" ({TargetFileSet.GetPlace(files)})" : null)}: "
                + failure.Cause,
            id)
        {
            RetryAt = failure.NextTry,
            Remedy = new Remedy(ErrorCode.NotDelivered, id, $"{failure.NextTry:u}"),
        };
    }
}
