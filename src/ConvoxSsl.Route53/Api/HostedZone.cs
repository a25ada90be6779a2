namespace ConvoxSsl.Route53.Api;

/// <summary>A hosted zone.</summary>
/// <param name="Id">The id, without <c>/hostedzone/</c>.</param>
/// <param name="Name">The name as the API writes it: escaped, with the final dot.</param>
/// <param name="IsPrivate">True if only VPCs can see the zone.</param>
/// <param name="NameServers">The delegation set, without final dots; empty if it was not requested.</param>
internal sealed record HostedZone(string Id, string Name, bool IsPrivate, IReadOnlyList<string> NameServers);

/// <summary>The position at which a page of hosted zones begins.</summary>
/// <param name="DnsName">The name, with the final dot.</param>
/// <param name="Id">The zone of that name, if the previous page ended at it.</param>
internal sealed record HostedZoneStart(string DnsName, string? Id = null);

/// <summary>A page of hosted zones, in the order of their labels from the right.</summary>
/// <param name="Zones">The zones, without their name servers.</param>
/// <param name="Next">The position of the next page; null at the end.</param>
internal sealed record HostedZonePage(IReadOnlyList<HostedZone> Zones, HostedZoneStart? Next);
