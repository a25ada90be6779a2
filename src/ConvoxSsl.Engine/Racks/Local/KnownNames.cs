using System.Collections.Concurrent;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>
/// Which names the ids of a directory stand for, so that only what is new there has to be read when names are looked
/// for. What was made for names keeps them as long as it has its id.
/// </summary>
internal sealed class KnownNames
{
    private readonly ConcurrentDictionary<string, string> _keys = new(StringComparer.Ordinal);

    /// <summary>The ids that stand for the names, and those of which it is not known.</summary>
    public IReadOnlyList<string> Candidates(IEnumerable<string> ids, CertificateNameSet names)
    {
        var wanted = CertificateNameSet.KeyOf(names.Select(n => n.Value));
        return [.. ids.Where(id => !_keys.TryGetValue(id, out var key) || key == wanted)];
    }

    /// <summary>Notes what was read.</summary>
    public void Learn(string id, IEnumerable<string> names) => _keys.TryAdd(id, CertificateNameSet.KeyOf(names));
}
