using ConvoxSsl.Engine;

namespace ConvoxSsl.Manifests;

/// <summary>Checks that an edit changes only the <c>certificate.id</c> of one service.</summary>
internal static class EditCheck
{
    /// <summary>Returns true if the edited text differs from the manifest only in the service's id.</summary>
    /// <param name="before">The manifest before the edit.</param>
    /// <param name="text">The edited text.</param>
    /// <param name="service">The service.</param>
    /// <param name="id">The new id, or null for none.</param>
    public static bool IsExact(Manifest before, string text, string service, string? id)
    {
        Manifest after;
        try
        {
            after = Manifest.Parse(text, before.Path);
        }
        catch (InvalidInputException)
        {
            return false;
        }

        return HasSameServices(before, after, service, id)
            && before.Document.Root is YamlMapping old && after.Document.Root is YamlMapping now
            && HasSameEntries(old, now, "services", (oldServices, newServices) =>
                oldServices is YamlMapping one && newServices is YamlMapping other && HasSameEntries(one, other, service, IsSameExceptId));
    }

    private static bool HasSameServices(Manifest before, Manifest after, string service, string? id) =>
        before.Services.Count == after.Services.Count
        && before.Services.Zip(after.Services).All(pair =>
            pair.First.Name == pair.Second.Name
            && pair.First.Domains.SequenceEqual(pair.Second.Domains)
            && pair.First.CertificateDuration == pair.Second.CertificateDuration
            && pair.Second.CertificateId == (pair.First.Name == service ? id : pair.First.CertificateId));

    // A key without a value becomes a mapping with its first entry, and vice versa.
    private static bool IsSameExceptId(YamlNode before, YamlNode after) =>
        before.Anchor == after.Anchor && before.Tag == after.Tag
        && IsSame(GetOtherEntries(before), GetOtherEntries(after))
        && HasSameOtherKeys(FindCertificate(before), FindCertificate(after));

    private static List<YamlEntry> GetOtherEntries(YamlNode service) =>
        service is YamlMapping mapping ? [.. mapping.Entries.Where(e => e.Name != "certificate")] : [];

    private static YamlMapping? FindCertificate(YamlNode service) =>
        service is YamlMapping mapping ? MappingLookup.Find(mapping, "certificate")?.Value.Target as YamlMapping : null;

    private static bool HasSameOtherKeys(YamlMapping? before, YamlMapping? after)
    {
        var (old, now) = (GetOtherKeys(before), GetOtherKeys(after));
        return old.SetEquals(now) && old.All(key =>
            HasSameText(MappingLookup.Find(before!, key)!.Value.Target, MappingLookup.Find(after!, key)!.Value.Target));
    }

    private static HashSet<string> GetOtherKeys(YamlMapping? certificate) =>
        certificate is null ? [] : MappingLookup.GetKeys(certificate).Where(k => k != "id").ToHashSet(StringComparer.Ordinal);

    private static bool HasSameText(YamlNode before, YamlNode after) =>
        before is YamlScalar old && after is YamlScalar now ? old.Value == now.Value : IsSame(before, after);

    private static bool HasSameEntries(YamlMapping before, YamlMapping after, string changed, Func<YamlNode, YamlNode, bool> sameChanged) =>
        HasSameShape(before, after) && before.IsFlow == after.IsFlow && before.Entries.Count == after.Entries.Count
        && before.Entries.Zip(after.Entries).All(pair => IsSame(pair.First.Key, pair.Second.Key)
            && (pair.First.Name == changed
                ? sameChanged(pair.First.Value, pair.Second.Value)
                : IsSame(pair.First.Value, pair.Second.Value)));

    private static bool IsSame(IReadOnlyList<YamlEntry> before, IReadOnlyList<YamlEntry> after) =>
        before.Count == after.Count && before.Zip(after).All(pair =>
            IsSame(pair.First.Key, pair.Second.Key) && IsSame(pair.First.Value, pair.Second.Value));

    private static bool IsSame(YamlNode before, YamlNode after) => HasSameShape(before, after) && (before, after) switch
    {
        (YamlScalar one, YamlScalar other) => one.Value == other.Value && one.Style == other.Style,
        (YamlAlias one, YamlAlias other) => one.Name == other.Name,
        (YamlSequence one, YamlSequence other) => one.IsFlow == other.IsFlow
            && one.Items.Count == other.Items.Count
            && one.Items.Zip(other.Items).All(pair => IsSame(pair.First, pair.Second)),
        (YamlMapping one, YamlMapping other) => one.IsFlow == other.IsFlow && IsSame(one.Entries, other.Entries),
        _ => false,
    };

    private static bool HasSameShape(YamlNode before, YamlNode after) => before.Anchor == after.Anchor && before.Tag == after.Tag;
}
