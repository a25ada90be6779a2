using System.Globalization;
using System.Xml.Linq;

namespace ConvoxSsl.TestKit.Route53;

/// <summary>A batch of changes: applied completely, or rejected with all its errors.</summary>
internal sealed class ChangeBatch
{
    private const int MostRecords = 1000;
    private const int MostCharacters = 32000;
    private const int MostValues = 400;
    private static readonly XNamespace Xml = Route53Service.Xml;
    private readonly IReadOnlyList<(string Action, StoredSet Set)> _changes;

    private ChangeBatch(IReadOnlyList<(string Action, StoredSet Set)> changes) => _changes = changes;

    /// <summary>The names of the TXT records that it changes.</summary>
    public IEnumerable<string> TxtNames => _changes.Where(change => change.Set.Type == "TXT").Select(change => change.Set.Name).Distinct();

    public static ChangeBatch Read(XElement root)
    {
        if (root.Name != Xml + "ChangeResourceRecordSetsRequest")
        {
            throw new AwsErrorException(400, "MalformedInput", "Unexpected root element.");
        }

        var changes = root.Descendants(Xml + "Change")
            .Select(change => (change.Element(Xml + "Action")!.Value, ReadSet(change.Element(Xml + "ResourceRecordSet")!)))
            .ToArray();
        return changes.Length > 0
            ? new ChangeBatch(changes)
            : throw new AwsErrorException(400, "InvalidInput", "The batch has no changes.");
    }

    /// <summary>Applies the batch to a zone's record sets.</summary>
    /// <returns>The errors.</returns>
    public IReadOnlyList<string> Apply(StoredZone zone)
    {
        var errors = new List<string>();
        if (_changes.Sum(change => change.Set.Values.Count * Weight(change.Action)) > MostRecords)
        {
            errors.Add($"Number of records limit of {MostRecords} exceeded.");
        }

        if (_changes.Sum(change => change.Set.Values.Sum(value => value.Length) * Weight(change.Action)) > MostCharacters)
        {
            errors.Add($"Number of characters limit of {MostCharacters} exceeded.");
        }

        var sets = zone.Sets.ToDictionary();
        foreach (var (action, set) in _changes)
        {
            errors.AddRange(Faults(set, zone));
            Apply(action, set, sets, errors);
        }

        if (errors.Count == 0)
        {
            zone.Sets = sets;
        }

        return errors;
    }

    private static void Apply(string action, StoredSet set, Dictionary<(string, string, string?), StoredSet> sets, List<string> errors)
    {
        var current = sets.GetValueOrDefault(set.Key);
        var label = $"resource record set [name='{set.Name}', type='{set.Type}']";
        switch (action)
        {
            case "CREATE" when current is not null:
                errors.Add($"Tried to create {label} but it already exists");
                break;
            case "CREATE" or "UPSERT":
                if (sets.Keys.Any(key => key.Item1 == set.Name && key.Item2 != set.Type && (key.Item2 == "CNAME" || set.Type == "CNAME")))
                {
                    errors.Add(
                        $"RRSet of type {set.Type} with DNS name {set.Name} is not permitted because a conflicting RRSet of type CNAME "
                            + "with the same DNS name already exists");
                }

                if (sets.Keys.Any(key => key.Item1 == set.Name && key.Item2 == set.Type && key.Item3 is null != set.SetIdentifier is null))
                {
                    errors.Add(
                        $"RRSet with DNS name {set.Name}, type {set.Type} cannot be created as other RRSets exist with the same name "
                            + "and type.");
                }

                sets[set.Key] = set;
                break;
            case "DELETE" when current is null:
                errors.Add($"Tried to delete {label} but it was not found");
                break;
            case "DELETE" when !current.IsExactly(set):
                errors.Add($"Tried to delete {label} but the values provided do not match the current values");
                break;
            case "DELETE":
                sets.Remove(set.Key);
                break;
            default:
                errors.Add($"Invalid action {action}");
                break;
        }
    }

    private static IEnumerable<string> Faults(StoredSet set, StoredZone zone)
    {
        if (set.Name != zone.Name && !set.Name.EndsWith("." + zone.Name, StringComparison.Ordinal))
        {
            yield return $"RRSet with DNS name {set.Name} is not permitted in zone {zone.Name}";
        }

        if (!set.IsAlias && (set.Ttl is null || set.Values.Count == 0))
        {
            yield return $"Missing field 'TTL' or no values in Change with [name='{set.Name}', type='{set.Type}']";
        }

        if (set.Values.Count > MostValues || set.Values.Distinct().Count() != set.Values.Count)
        {
            yield return $"Duplicate Resource Record, or more than {MostValues} of them";
        }

        foreach (var value in set.Type == "TXT" ? set.Values : [])
        {
            string? fault = null;
            try
            {
                RecordText.Unquote(value);
            }
            catch (FormatException e)
            {
                fault = e.Message;
            }

            if (fault is not null)
            {
                yield return $"Invalid Resource Record: 'FATAL problem: {fault}'";
            }
        }
    }

    private static int Weight(string action) => action == "UPSERT" ? 2 : 1;

    private static StoredSet ReadSet(XElement set) => new(
        RecordText.Name(set.Element(Xml + "Name")!.Value),
        set.Element(Xml + "Type")!.Value,
        set.Element(Xml + "TTL") is { } ttl ? long.Parse(ttl.Value, CultureInfo.InvariantCulture) : null,
        [.. set.Descendants(Xml + "Value").Select(value => value.Value)],
        set.Element(Xml + "SetIdentifier")?.Value,
        set.Element(Xml + "AliasTarget") is not null);
}
