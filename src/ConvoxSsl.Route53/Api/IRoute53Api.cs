namespace ConvoxSsl.Route53.Api;

/// <summary>
/// The calls of the Route53 API that the provider needs. Failures are <see cref="Engine.EngineException"/>; names are as
/// the API writes them, with the final dot.
/// </summary>
internal interface IRoute53Api : IDisposable
{
    /// <summary>A page of the hosted zones from a name onward, in the order of their labels from the right.</summary>
    Task<HostedZonePage> ListHostedZonesByNameAsync(HostedZoneStart start, CancellationToken ct);

    /// <summary>A hosted zone with its name servers.</summary>
    Task<HostedZone> GetHostedZoneAsync(string id, CancellationToken ct);

    /// <summary>A page of the record sets from a name and type onward.</summary>
    Task<RecordSetPage> ListResourceRecordSetsAsync(string zoneId, RecordSetStart start, CancellationToken ct);

    /// <summary>Makes changes, all or none.</summary>
    Task<ChangeOutcome> ChangeResourceRecordSetsAsync(string zoneId, IReadOnlyList<RecordChange> changes, CancellationToken ct);

    /// <summary>Whether all of Route53's servers have a change.</summary>
    Task<bool> IsInSyncAsync(string changeId, CancellationToken ct);
}

/// <summary>Where a page of hosted zones begins.</summary>
/// <param name="DnsName">The name, with the final dot.</param>
/// <param name="Id">The zone of that name, where a page before this one ended at it.</param>
internal sealed record HostedZoneStart(string DnsName, string? Id = null);

/// <summary>Hosted zones in order.</summary>
/// <param name="Zones">The zones, without their name servers.</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
internal sealed record HostedZonePage(IReadOnlyList<HostedZone> Zones, HostedZoneStart? Next);

/// <summary>A hosted zone.</summary>
/// <param name="Id">Its id, without <c>/hostedzone/</c>.</param>
/// <param name="Name">Its name, with the final dot.</param>
/// <param name="IsPrivate">Whether only VPCs see it.</param>
/// <param name="NameServers">Its delegation set, without final dots; empty where it was not asked for.</param>
internal sealed record HostedZone(string Id, string Name, bool IsPrivate, IReadOnlyList<string> NameServers);

/// <summary>Where a page of record sets begins.</summary>
internal sealed record RecordSetStart(string Name, string Type, int MaxItems);

/// <summary>Record sets in order.</summary>
/// <param name="Sets">The record sets.</param>
/// <param name="NextName">The name of the first record set of the next page; null at the end.</param>
internal sealed record RecordSetPage(IReadOnlyList<RecordSet> Sets, string? NextName);

/// <summary>A record set as the API shows it.</summary>
/// <param name="Name">Its name, escaped and with the final dot.</param>
/// <param name="Type">Its type.</param>
/// <param name="Ttl">Its TTL in seconds; null for an alias.</param>
/// <param name="Values">Its values, TXT with their quotes.</param>
/// <param name="SetIdentifier">What tells it from others of its name and type, where a routing policy is used.</param>
/// <param name="IsAlias">Whether it stands for another resource.</param>
internal sealed record RecordSet(string Name, string Type, long? Ttl, IReadOnlyList<string> Values, string? SetIdentifier = null, bool IsAlias = false);

/// <summary>One change of a batch.</summary>
/// <param name="Action"><c>CREATE</c> or <c>DELETE</c>.</param>
/// <param name="Set">What is created, or exactly what is there.</param>
internal sealed record RecordChange(string Action, RecordSet Set);

/// <summary>What became of a batch.</summary>
/// <param name="ChangeId">The id to ask after; null where it was refused.</param>
/// <param name="Refusal">What the API says of a batch that does not fit what is there.</param>
internal sealed record ChangeOutcome(string? ChangeId, string? Refusal);
