using ConvoxSsl.Engine;

namespace ConvoxSsl.Manifests;

/// <summary>Proposes edits that set or remove <c>certificate.id</c> of one service. The caller checks their result.</summary>
internal sealed class CertificateEditor
{
    private const string CertificateKey = "certificate";
    private const string IdKey = "id";
    private const int DefaultStep = 2;

    private readonly Manifest _manifest;
    private readonly ManifestService _service;
    private readonly YamlMapping _services;
    private readonly YamlEntry _entry;
    private readonly int _step;

    /// <exception cref="EngineException"><c>ManifestNotEditable</c>: the service is not defined directly in <c>services</c>.</exception>
    public CertificateEditor(Manifest manifest, ManifestService service)
    {
        _manifest = manifest;
        _service = service;
        var root = (YamlMapping)manifest.Document.Root!;
        var services = MappingLookup.FindOwn(root, "services")?.Value;
        _services = services as YamlMapping
            ?? throw CreateException("'services' is an alias or comes from a merge key, so the change would have side effects");
        _entry = MappingLookup.FindOwn(_services, service.Name)
            ?? throw CreateException($"'{service.Name}' comes from a merge key, so a change would affect everything that shares it");
        RequireUnshared(root, "the document");
        RequireUnshared(_services, "'services'");
        RequireUnshared(_entry.Value, $"'{service.Name}'");
        _step = FindIndentationStep(root);
    }

    private string Text => _manifest.Text;

    /// <summary>Returns the edits that set the id, the best first.</summary>
    public IEnumerable<TextEdit> FindSetEdits(string id) => _entry.Value switch
    {
        YamlAlias => throw CreateException($"'{_service.Name}' is an alias, so a change would affect everything that shares it"),
        YamlMapping service when MappingLookup.FindOwn(service, CertificateKey) is { } certificate => SetIn(service, certificate, id),
        YamlMapping service => Add(service, CreateCertificate(id), "domain"),
        _ => Fill(_services, _entry, [CreateCertificate(id)]),
    };

    /// <summary>Returns the edits that remove the id, or the whole certificate if it has no other entry.</summary>
    public IEnumerable<TextEdit> FindRemoveEdits()
    {
        if (_entry.Value is not YamlMapping service)
        {
            throw CreateException($"'{_service.Name}' is an alias, so a change would affect everything that shares it");
        }

        if (MappingLookup.FindMerged(service, CertificateKey)?.Value.Target is YamlMapping merged
            && MappingLookup.Find(merged, IdKey) is not null)
        {
            throw CreateException($"'{_service.Name}' would still have a certificate from a merge key");
        }

        var certificate = MappingLookup.FindOwn(service, CertificateKey)!;
        return certificate.Value switch
        {
            YamlAlias alias when HasOnlyId((YamlMapping)alias.Target) => RemoveFrom(service, certificate),
            YamlMapping mapping when MappingLookup.FindOwn(mapping, IdKey) is { } id && MappingLookup.FindMerged(mapping, IdKey) is null =>
                RemoveId(service, certificate, mapping, id),
            _ => throw CreateException($"the id of 'certificate' of '{_service.Name}' comes from an alias or a merge key"),
        };
    }

    /// <summary>Creates the error of an edit that is not possible.</summary>
    public EngineException CreateException(string reason) => new(
        ErrorCode.ManifestNotEditable,
        EngineErrorKind.InvalidState,
        $"Cannot change service '{_service.Name}' in '{_manifest.Path}': {reason}.",
        _service.Name)
    {
        Remedy = $"Change it by hand, in line {_service.Line}.",
    };

    private IEnumerable<TextEdit> RemoveId(YamlMapping service, YamlEntry certificate, YamlMapping mapping, YamlEntry id)
    {
        RequireUnshared(mapping, "'certificate'");
        RequireUnshared(id.Value, "the id");
        return mapping.Entries.Count == 1 ? RemoveFrom(service, certificate) : RemoveFrom(mapping, id);
    }

    private IEnumerable<TextEdit> SetIn(YamlMapping service, YamlEntry entry, string id)
    {
        RequireUnshared(entry.Value, "'certificate'");
        var (certificate, newId) = (entry.Value, new NewEntry(IdKey, id));
        return certificate switch
        {
            YamlAlias alias => [TextEdit.Replace(alias.Span.Start, alias.Span.End, FormatOverride(alias, newId))],
            YamlMapping mapping when MappingLookup.FindOwn(mapping, IdKey) is { } old => Replace(mapping, old, id),
            YamlMapping mapping => Add(mapping, newId, null),
            _ => Fill(service, entry, [newId]),
        };
    }

    private static string FormatOverride(YamlAlias alias, NewEntry id) => alias.Target is YamlMapping mapping && !HasOnlyId(mapping)
        ? $"{{<<: *{alias.Name}, {id.ToFlow(false)}}}"
        : NewEntry.ToFlow([id], false);

    private IEnumerable<TextEdit> Replace(YamlMapping certificate, YamlEntry entry, string id)
    {
        RequireUnshared(entry.Value, "the id");
        var style = FlowEdits.IsJson(certificate) ? YamlStyle.DoubleQuoted : (entry.Value as YamlScalar)?.Style ?? YamlStyle.Plain;
        var written = ScalarText.FormatAs(style, id);
        return entry.Value switch
        {
            YamlScalar { IsEmpty: true, Anchor: null, Tag: null } => [InsertValue(entry, written)],
            YamlScalar { IsEmpty: true } => [],
            _ => [TextEdit.Replace(entry.Value.Span.Body, EntryText.FindEnd(Text, entry) ?? entry.Value.Span.End, written)],
        };
    }

    private IEnumerable<TextEdit> Add(YamlMapping mapping, NewEntry entry, string? preferred) => mapping.IsFlow
        ? FlowEdits.Add(Text, mapping, entry)
        : BlockEdits.Add(Text, mapping, preferred, entry, _step);

    private IEnumerable<TextEdit> RemoveFrom(YamlMapping mapping, YamlEntry entry) => mapping.IsFlow
        ? FlowEdits.Remove(Text, mapping, entry)
        : BlockEdits.Remove(Text, entry);

    // Writes the value of a key without one, in the style of its mapping.
    private IEnumerable<TextEdit> Fill(YamlMapping mapping, YamlEntry entry, IReadOnlyList<NewEntry> entries)
    {
        var value = (YamlScalar)entry.Value;
        var flow = NewEntry.ToFlow(entries, FlowEdits.IsJson(mapping));
        if (!value.IsEmpty)
        {
            return [TextEdit.Replace(value.Span.Body, value.Span.End, flow)];
        }

        // A tag without a node would become the tag of the new node.
        return value.Tag is not null ? []
            : !mapping.IsFlow ? BlockEdits.Fill(Text, entry, entries, _step)
            : value.Anchor is not null ? [TextEdit.Insert(value.Span.End, " " + flow)]
            : [InsertValue(entry, flow)];
    }

    private TextEdit InsertValue(YamlEntry entry, string value) =>
        TextEdit.Insert(EntryText.FindColonEnd(Text, entry), $"{(EntryText.HasColon(Text, entry) ? " " : ": ")}{value}");

    // A duration from a merge key must stay.
    private NewEntry CreateCertificate(string id) => _service.CertificateDuration is { } duration
        ? new NewEntry(CertificateKey, null, new NewEntry(IdKey, id), new NewEntry("duration", duration))
        : new NewEntry(CertificateKey, null, new NewEntry(IdKey, id));

    private static bool HasOnlyId(YamlMapping certificate) => MappingLookup.GetKeys(certificate).All(k => k == IdKey);

    // The indentation of a service's entries, or else of the services.
    private int FindIndentationStep(YamlMapping root)
    {
        var service = _services.Entries
            .Where(e => e.Value is YamlMapping { IsFlow: false })
            .OrderByDescending(e => ReferenceEquals(e, _entry))
            .FirstOrDefault();
        var step = service is not null ? ((YamlMapping)service.Value).Entries[0].Key.Span.Column - service.Key.Span.Column
            : _services.IsFlow ? 0
            : _services.Entries[0].Key.Span.Column - MappingLookup.FindOwn(root, "services")!.Key.Span.Column;
        return step > 0 ? step : DefaultStep;
    }

    private void RequireUnshared(YamlNode node, string what)
    {
        // An alias is only a reference; replacing it does not change its target.
        if (node is not YamlAlias && _manifest.Document.FindAliasLines(node).ToArray() is { Length: > 0 } lines)
        {
            throw CreateException($"{what} has the anchor '&{node.Anchor}', which is also used in line {string.Join(", ", lines)}");
        }
    }
}
