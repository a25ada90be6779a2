using ConvoxSsl.Engine;

namespace ConvoxSsl.Manifests;

/// <summary>Reads the services of a document, as Convox does.</summary>
internal sealed class ServiceReader(string path)
{
    /// <summary>The services in their order.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidManifest</c>.</exception>
    public IReadOnlyList<ManifestService> Read(YamlNode? root)
    {
        if (Mapping(root, "the document") is not { } manifest || Entry(manifest, "services", "the document") is not { } entry || Mapping(entry.Value, "'services'") is not { } services)
        {
            return [];
        }

        if (services.Entries.FirstOrDefault(e => e.Name is null) is { } nameless)
        {
            throw Invalid(nameless.Key, "the name of a service is no text", "Name it");
        }

        return [.. MappingLookup.GetKeys(services).Select(name => ReadService(Entry(services, name, "'services'")!, name))];
    }

    private ManifestService ReadService(YamlEntry entry, string name)
    {
        var service = Mapping(entry.Value, $"service '{name}'");
        var certificate = service is null ? null : Mapping(Entry(service, "certificate", $"service '{name}'")?.Value, $"'certificate' of service '{name}'");
        return new ManifestService
        {
            Name = name,
            Line = entry.Key.Span.Line,
            Domains = service is null ? [] : ReadDomains(Entry(service, "domain", $"service '{name}'")?.Value, name),
            CertificateId = certificate is null ? null : Text(Entry(certificate, "id", $"'certificate' of service '{name}'")?.Value, $"'certificate.id' of service '{name}'"),
            CertificateDuration = certificate is null ? null : Text(Entry(certificate, "duration", $"'certificate' of service '{name}'")?.Value, $"'certificate.duration' of service '{name}'"),
        };
    }

    // A text may hold several, separated by commas; in a list each item is one.
    private List<string> ReadDomains(YamlNode? node, string service) => node?.Target switch
    {
        YamlSequence list => [.. list.Items.Select(i => Text(i, $"a domain of service '{service}'")?.Trim()).OfType<string>().Where(d => d.Length > 0)],
        _ => [.. Interpolation.Hide(Text(node, $"'domain' of service '{service}'") ?? string.Empty)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Interpolation.Restore)],
    };

    private YamlEntry? Entry(YamlMapping mapping, string key, string owner)
    {
        var own = mapping.Entries.Where(e => e.Name == key && !e.IsMerge).ToArray();
        return own.Length < 2
            ? MappingLookup.Find(mapping, key)
            : throw Invalid(own[1].Key, $"{owner} has the key '{key}' twice, first in line {own[0].Key.Span.Line}", "Remove one of them");
    }

    private YamlMapping? Mapping(YamlNode? node, string what) => node?.Target switch
    {
        null or YamlScalar { IsNull: true } => null,
        YamlMapping mapping => mapping,
        _ => throw Invalid(node, $"{what} is no mapping", "Write keys and values below it"),
    };

    private string? Text(YamlNode? node, string what) => node?.Target switch
    {
        null or YamlScalar { IsNull: true } => null,
        YamlScalar text => text.Value,
        _ => throw Invalid(node, $"{what} is no text", "Write it as a text"),
    };

    private InvalidInputException Invalid(YamlNode node, string rule, string remedy) =>
        YamlDocument.CreateException(path, node.Span.Line, node.Span.Column, rule, remedy);
}
