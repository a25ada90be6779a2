namespace ConvoxSsl.Route53.Api;

/// <summary>A record set as the API returns it.</summary>
/// <param name="Name">The name, escaped and with the final dot.</param>
/// <param name="Type">The record type.</param>
/// <param name="Ttl">The TTL in seconds; null for an alias.</param>
/// <param name="Values">The values, quoted and escaped.</param>
/// <param name="SetIdentifier">The identifier that distinguishes it from others of its name and type under a routing policy.</param>
/// <param name="IsAlias">True if it is an alias of another resource.</param>
internal sealed record RecordSet(
    string Name, string Type, long? Ttl, IReadOnlyList<string> Values, string? SetIdentifier = null, bool IsAlias = false);

/// <summary>The position at which a page of record sets begins.</summary>
internal sealed record RecordSetStart(string Name, string Type, int MaxItems);

/// <summary>A page of record sets.</summary>
/// <param name="Sets">The record sets.</param>
/// <param name="NextName">The name of the first record set of the next page; null at the end.</param>
internal sealed record RecordSetPage(IReadOnlyList<RecordSet> Sets, string? NextName);

/// <summary>One change of a batch.</summary>
/// <param name="Action"><c>CREATE</c> or <c>DELETE</c>.</param>
/// <param name="Set">The record set to create, or exactly the existing one.</param>
internal sealed record RecordChange(string Action, RecordSet Set);

/// <summary>The outcome of a change batch.</summary>
/// <param name="ChangeId">The change's id; null if the batch was rejected.</param>
/// <param name="Rejection">The API's reason if the batch does not match the existing records.</param>
internal sealed record ChangeOutcome(string? ChangeId, string? Rejection);
