using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Mapping;

/// <summary>Converts certificate targets and deliveries to the objects that cmdlets output.</summary>
internal static class TargetMapper
{
    /// <summary>Converts a target.</summary>
    /// <param name="matched">The target with its certificates.</param>
    /// <param name="rack">The name of the rack.</param>
    public static ConvoxCertificateTarget ToModel(this MatchedTarget matched, string rack)
    {
        var (target, status) = (matched.Target, matched.Status);
        var states = matched.Deliveries.Select(delivery => delivery.State).OfType<TargetState>().ToArray();
        return new ConvoxCertificateTarget
        {
            Id = target.Id,
            Kind = target.Kind.ToModel(),
            Certificate = target.Certificate,
            Domain = target.Domain,
            Certificates = [.. matched.Deliveries.Select(delivery => delivery.Certificate.Record.Id)],
            Path = target.Files is { } files ? TargetFileSet.GetPlace(files) : null,
            KeyPath = target.Files?.KeyPath,
            ChainPath = target.Files?.ChainPath,
            Format = target.Files?.Format,
            Owner = target.Files?.Owner,
            Group = target.Files?.Group,
            Mode = target.Files?.Mode,
            Script = target.Script,
            Service = target.Reload?.Service,
            Restart = target.Reload?.Restart is true,
            Command = target.Reload is { Command: { } command } reload ? [command, .. reload.Arguments] : [],
            Endpoint = target.Endpoint is { } endpoint ? new EndpointAddress(endpoint.Host, endpoint.Port).ToString() : null,
            ServerName = target.Endpoint?.ServerName,
            StartTls = target.Endpoint?.StartTls,
            HostName = target.Machine,
            Status = status.ToModel(),
            StatusReason = DisplayText.Sanitize(Describe(matched, status)),
            Version = states is [var only] && matched.Deliveries.Count == 1 ? only.Version : null,
            DeliveredAt = states.Max(state => state.DeliveredAt),
            NextTry = matched.Deliveries.Min(delivery => delivery.Failure?.NextTry),
            Rack = rack,
        };
    }

    /// <summary>Converts the outcome of a delivery.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="rack">The name of the rack.</param>
    public static ConvoxPublication ToModel(this DeliveryOutcome outcome, string rack) => new()
    {
        Id = outcome.Delivery.Certificate.Record.Id,
        Target = outcome.Delivery.Target.Id,
        HostName = outcome.Delivery.Target.Machine,
        Result = outcome.Delivery.Failure is not null ? ConvoxPublicationResult.Failed
            : !outcome.IsAttempted ? ConvoxPublicationResult.Current
            : outcome.IsNew ? ConvoxPublicationResult.Created
            : ConvoxPublicationResult.Updated,
        Reason = outcome.Delivery.Failure is { } failure ? DisplayText.Sanitize(failure.Cause) : null,
        Rack = rack,
    };

    private static string? Describe(MatchedTarget matched, DeliveryStatus status)
    {
        if (matched.Deliveries.Count == 0)
        {
            return "No certificate matches it yet.";
        }

        var first = matched.Deliveries.First(delivery => delivery.Status == status);
        var others = matched.Deliveries.Count(delivery => delivery.Status == status) - 1;
        var more = others == 0 ? null
            : others == 1 ? " The same applies to another certificate."
            : FormattableString.Invariant($" The same applies to {others} other certificates.");
        return status switch
        {
            DeliveryStatus.Failed =>
                $"It failed at {first.Failure!.At:u} for {first.Certificate.Record.Domains[0]}: {first.Failure.Cause}{more}",
            DeliveryStatus.Outdated =>
                $"Version {first.Certificate.LiveVersion} for {first.Certificate.Record.Domains[0]} is not delivered yet.{more}",
            _ => null,
        };
    }

    private static ConvoxTargetKind ToModel(this TargetKind kind) => kind switch
    {
        TargetKind.Files => ConvoxTargetKind.Files,
        TargetKind.Script => ConvoxTargetKind.Script,
        _ => ConvoxTargetKind.Unknown,
    };

    private static ConvoxTargetStatus ToModel(this DeliveryStatus status) => status switch
    {
        DeliveryStatus.Current => ConvoxTargetStatus.Current,
        DeliveryStatus.Outdated => ConvoxTargetStatus.Outdated,
        DeliveryStatus.Failed => ConvoxTargetStatus.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}
