using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Manifests;

namespace ConvoxSsl.Commands;

/// <summary>A cmdlet that works on a convox.yml, beside a rack that need not be there.</summary>
public abstract class ServiceCertificateCmdlet : ConvoxCmdlet
{
    // By what -Rack was given: a rack is listed once, and its trouble told once.
    private readonly Dictionary<string, RackCertificates> _racks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Reads the manifest at a path of the session; by default that of the current folder.</summary>
    private protected ManifestFile ReadManifest(string? path)
    {
        var file = GetUnresolvedProviderPathFromPSPath(string.IsNullOrEmpty(path) ? ManifestFile.DefaultName : path);
        return Run(ct => ManifestFile.ReadAsync(file, ct));
    }

    /// <summary>The certificates of the rack; where it can't be asked, nothing is known of them, and a warning says why.</summary>
    private protected RackCertificates ListRack()
    {
        var key = Rack?.Name ?? string.Empty;
        if (!_racks.TryGetValue(key, out var certificates))
        {
            certificates = List();
            _racks[key] = certificates;
            foreach (var damage in certificates.Damaged.Values)
            {
                WriteWarning(damage);
            }
        }

        return certificates;
    }

    /// <summary>Tells, once, of a rack that could not be asked about certificates that are named.</summary>
    private protected void WarnOfRack(RackCertificates rack)
    {
        if (rack.Problem is { } problem && _told.Add(rack.Rack))
        {
            WriteWarning($"The certificates of rack '{rack.Rack}' are not known, so they are not checked: {problem}");
        }
    }

    private RackCertificates List()
    {
        try
        {
            var session = OpenRack();
            return Run(ct => RackCertificates.ListAsync(session, ct));
        }
        catch (EngineException e)
        {
            return RackCertificates.Unknown((Rack ?? RackConnections.Current)?.Name ?? "local", e.Message);
        }
    }
}
