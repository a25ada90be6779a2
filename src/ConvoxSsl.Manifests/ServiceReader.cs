using ConvoxSsl.Engine;

namespace ConvoxSsl.Manifests;

/// <summary>Reads the services of a document in the same way as Convox.</summary>
internal sealed class ServiceReader(string path)
{
    /// <summary>Returns the services in order.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidManifest</c>.</exception>
    public IReadOnlyList<ManifestService> Read(YamlNode? root)
    {
        if (ReadMapping(root, "the document") is not { } manifest
            || FindEntry(manifest, "services", "the document") is not { } entry
            || ReadMapping(entry.Value, "'services'") is not { } services)
        {
            return [];
        }

        if (services.Entries.FirstOrDefault(e => e.Name is null) is { } nameless)
        {
            throw CreateException(nameless.Key, "the name of a service is not a text", "Name it");
        }

        return [.. MappingLookup.GetKeys(services).Select(name => ReadService(FindEntry(services, name, "'services'")!, name))];
    }

    private ManifestService ReadService(YamlEntry entry, string name)
    {
        var service = ReadMapping(entry.Value, $"service '{name}'");
        var certificate = service is null
            ? null
            : ReadMapping(FindEntry(service, "certificate", $"service '{name}'")?.Value, $"'certificate' of service '{name}'");
        return new ManifestService
        {
            Name = name,
            Line = entry.Key.Span.Line,
            Domains = service is null ? [] : ReadDomains(FindEntry(service, "domain", $"service '{name}'")?.Value, name),
            CertificateId = ReadCertificateText(certificate, "id", name),
            CertificateDuration = ReadCertificateText(certificate, "duration", name),
        };
    }

    private string? ReadCertificateText(YamlMapping? certificate, string key, string service) => certificate is null
        ? null
        : ReadText(
            FindEntry(certificate, key, $"'certificate' of service '{service}'")?.Value, $"'certificate.{key}' of service '{service}'");

    // A text may contain several domains, separated by commas; a list has one domain per item.
    private List<string> ReadDomains(YamlNode? node, string service) => node?.Target switch
    {
        YamlSequence list =>
        [
            .. list.Items
                .Select(item => ReadText(item, $"a domain of service '{service}'")?.Trim())
                .OfType<string>()
                .Where(domain => domain.Length > 0),
        ],
        _ => [.. Interpolation.Hide(ReadText(node, $"'domain' of service '{service}'") ?? string.Empty)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Interpolation.Restore)],
    };

    private YamlEntry? FindEntry(YamlMapping mapping, string key, string owner)
    {
        var own = mapping.Entries.Where(e => e.Name == key && !e.IsMerge).ToArray();
        return own.Length < 2
            ? MappingLookup.Find(mapping, key)
            : throw CreateException(
                own[1].Key, $"{owner} has the key '{key}' twice, first in line {own[0].Key.Span.Line}", "Remove one of them");
    }

    private YamlMapping? ReadMapping(YamlNode? node, string what) => node?.Target switch
    {
        null or YamlScalar { IsNull: true } => null,
        YamlMapping mapping => mapping,
        _ => throw CreateException(node, $"{what} is not a mapping", "Write keys and values below it"),
    };

    private string? ReadText(YamlNode? node, string what) => node?.Target switch
    {
        null or YamlScalar { IsNull: true } => null,
        YamlScalar text => text.Value,
        _ => throw CreateException(node, $"{what} is not a text", "Write it as a text"),
    };

    private InvalidInputException CreateException(YamlNode node, string rule, string remedy) =>
        YamlDocument.CreateException(path, node.Span.Line, node.Span.Column, rule, remedy);
}
