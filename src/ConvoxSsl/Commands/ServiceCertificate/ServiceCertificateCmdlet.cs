using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Errors;
using ConvoxSsl.Manifests;
using ConvoxSsl.Mapping;
using ConvoxSsl.Racks;

namespace ConvoxSsl.Commands;

/// <summary>The base of cmdlets that work on a convox.yml. The rack does not need to exist.</summary>
public abstract class ServiceCertificateCmdlet : ConvoxCmdlet
{
    // By the value of -Rack: a rack is listed once, and its problem is reported once.
    private readonly Dictionary<string, RackInventory> _racks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    /// <summary>Reads the manifest at a path of the session, by default in the current directory.</summary>
    private protected ManifestFile ReadManifest(string? path)
    {
        var file = GetUnresolvedProviderPathFromPSPath(string.IsNullOrEmpty(path) ? ManifestFile.DefaultName : path);
        return Run(ct => ManifestFile.ReadAsync(file, ct));
    }

    /// <summary>Reads the certificates of the rack. Warns of corrupt certificates.</summary>
    private protected RackInventory ReadInventory()
    {
        var key = Rack?.Name ?? string.Empty;
        if (!_racks.TryGetValue(key, out var inventory))
        {
            inventory = ReadRack();
            _racks[key] = inventory;
            foreach (var damage in inventory.Damaged.Values)
            {
                WriteWarning(damage);
            }
        }

        return inventory;
    }

    /// <summary>Warns once if the rack could not be read, so that certificates cannot be checked.</summary>
    private protected void WarnIfUnreadable(RackInventory rack)
    {
        if (rack.Problem is { } problem && _reported.Add(rack.Rack))
        {
            WriteWarning($"Cannot check the certificates of rack '{rack.Rack}': {problem}");
        }
    }

    /// <summary>Warns if a certificate does not suit a service of a manifest.</summary>
    private protected void WarnIfUnsuitable(Manifest edited, string name, string id, RackInventory rack)
    {
        var evaluation = new ServiceCertificateEvaluator(edited, rack, Now).Evaluate(edited.Get(name));
        if (rack.Certificates is null)
        {
            WarnIfUnreadable(rack);
            return;
        }

        switch (evaluation.Status)
        {
            case ServiceCertificateStatus.Ready or ServiceCertificateStatus.NoDomain:
                break;
            case ServiceCertificateStatus.Unknown:
                WriteVerbose($"Cannot check whether '{id}' covers '{name}': {evaluation.Reason}");
                break;
            default:
                WriteWarning($"The certificate '{id}' is not suitable for '{name}' ({evaluation.Status}): {evaluation.Reason}");
                break;
        }
    }

    private protected static ConvoxServiceCertificate Describe(Manifest manifest, ManifestService service, RackInventory rack) =>
        new ServiceCertificateEvaluator(manifest, rack, Now).Evaluate(service).ToModel(service, manifest.Path, rack.Rack);

    private RackInventory ReadRack()
    {
        try
        {
            var session = OpenRack();
            return Run(ct => RackInventoryReader.ReadAsync(session, ct));
        }
        catch (EngineException e)
        {
            return RackInventory.CreateUnknown((Rack ?? RackConnections.Current)?.Name ?? "local", ErrorRecords.DescribeFailure(e));
        }
    }
}
