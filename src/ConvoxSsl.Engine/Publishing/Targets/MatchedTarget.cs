using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Publishing.Targets;

/// <summary>A target with the certificates that match it.</summary>
/// <param name="Target">The target.</param>
/// <param name="Deliveries">The certificates.</param>
public sealed record MatchedTarget(CertificateTarget Target, IReadOnlyList<TargetDelivery> Deliveries)
{
    /// <summary>The status of all its certificates: failed if one is, else outdated if one is or if there is none.</summary>
    public DeliveryStatus Status =>
        Deliveries.Count == 0 ? DeliveryStatus.Outdated : Deliveries.Select(delivery => delivery.Status).Max();

    /// <summary>Finds the certificates of targets.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="store">The certificates of the rack. They are not read if there is no target.</param>
    /// <param name="now">The current time.</param>
    /// <param name="ct">The cancellation token.</param>
    public static async Task<IReadOnlyList<MatchedTarget>> FindAsync(
        IReadOnlyList<CertificateTarget> targets, ICertificateStore store, DateTimeOffset now, CancellationToken ct)
    {
        if (targets.Count == 0)
        {
            return [];
        }

        var certificates = new List<CertificateEntry>();
        await foreach (var certificate in store.ListAsync(null, ct).ConfigureAwait(false))
        {
            certificates.Add(certificate);
        }

        return
        [
            .. targets.Select(target => new MatchedTarget(
                target,
                [.. TargetMatcher.Select(target, certificates, now).Select(certificate => new TargetDelivery(target, certificate))])),
        ];
    }
}
