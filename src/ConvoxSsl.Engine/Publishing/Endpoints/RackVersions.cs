using System.Collections.Frozen;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>The versions of all certificates of a rack, to recognize those that servers present.</summary>
public sealed class RackVersions
{
    private readonly ICertificateStore? _store;
    private readonly FrozenDictionary<string, RackVersion> _byThumbprint;
    private readonly ILookup<string, CertificateEntry> _byNames;

    private RackVersions(ICertificateStore? store, IReadOnlyCollection<CertificateEntry> entries)
    {
        _store = store;
        _byThumbprint = entries
            .SelectMany(entry => entry.Versions.Select(version => new RackVersion(entry, version)))
            .GroupBy(item => item.Version!.Thumbprint, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(group => group.Key, group => group.MaxBy(item => item.IsLive)!, StringComparer.OrdinalIgnoreCase);
        _byNames = entries.ToLookup(entry => Join(entry.Record.Domains), StringComparer.Ordinal);
    }

    /// <summary>The versions of a rack that cannot be read.</summary>
    public static RackVersions None { get; } = new(null, []);

    /// <summary>Reads the versions. Damaged certificates are omitted.</summary>
    /// <exception cref="EngineException">The rack cannot be read.</exception>
    public static async Task<RackVersions> ReadAsync(ICertificateStore store, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(store);
        var entries = new List<CertificateEntry>();
        await foreach (var entry in store.ListAsync(null, ct).ConfigureAwait(false))
        {
            entries.Add(entry);
        }

        return new RackVersions(store, entries);
    }

    /// <summary>Finds the certificate that a server presents, or a newer one for exactly the same names; null if there is none.</summary>
    /// <param name="thumbprint">The thumbprint of the leaf.</param>
    /// <param name="names">The names in the leaf.</param>
    /// <param name="notBefore">The start of the leaf's validity period.</param>
    internal RackVersion? Find(string thumbprint, IReadOnlyList<string> names, DateTimeOffset notBefore)
    {
        if (_byThumbprint.TryGetValue(thumbprint, out var version))
        {
            return version;
        }

        var newer = _byNames[Join(names)].Where(entry => entry.Live.NotBefore > notBefore).MaxBy(entry => entry.Live.NotBefore);
        return newer is null ? null : new RackVersion(newer, null);
    }

    /// <summary>True if a server sends all issuers of a version, except a root.</summary>
    internal async Task<bool> HasIssuersAsync(RackVersion version, EndpointObservation observation, CancellationToken ct)
    {
        if (_store is null || version.Version is null)
        {
            return false;
        }

        try
        {
            using var material =
                await _store.ReadAsync(version.Entry.Record.Id, version.Version.Number, ct).ConfigureAwait(false);
            return material.Chain.Certificates.Count > 1
                && material.Chain.Certificates.Skip(1).All(issuer => ChainFault.IsSelfIssued(issuer) || observation.Sends(issuer));
        }
        catch (EngineException)
        {
            // Removed meanwhile, or another user's.
            return false;
        }
    }

    private static string Join(IEnumerable<string> names) => string.Join(' ', names.Distinct().Order(StringComparer.Ordinal));
}

/// <summary>The certificate of a rack that a server presents.</summary>
/// <param name="Entry">The certificate.</param>
/// <param name="Version">The presented version; null if the rack no longer has it.</param>
internal sealed record RackVersion(CertificateEntry Entry, CertificateVersion? Version)
{
    /// <summary>True if the presented version is live.</summary>
    public bool IsLive => Version?.Number == Entry.LiveVersion;
}
