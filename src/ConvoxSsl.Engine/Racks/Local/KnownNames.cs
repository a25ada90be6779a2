using System.Collections.Concurrent;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>
/// Caches the domain names of ids, so that a search by names reads only unknown files. The names of an id do not change while
/// it exists.
/// </summary>
internal sealed class KnownNames
{
    private readonly ConcurrentDictionary<string, string> _keys = new(StringComparer.Ordinal);

    /// <summary>Filters the ids that have these names or are not in the cache.</summary>
    public IReadOnlyList<string> Candidates(IEnumerable<string> ids, CertificateNameSet names)
    {
        var wanted = CertificateNameSet.KeyOf(names.Select(n => n.Value));
        return [.. ids.Where(id => !_keys.TryGetValue(id, out var key) || key == wanted)];
    }

    /// <summary>Adds an id to the cache.</summary>
    public void Learn(string id, IEnumerable<string> names) => _keys.TryAdd(id, CertificateNameSet.KeyOf(names));
}
