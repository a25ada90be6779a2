using System.Text.RegularExpressions;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Errors;
using ConvoxSsl.Manifests;
using ConvoxSsl.Mapping;
using ConvoxSsl.Racks;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <summary>The base of cmdlets that work on a convox.yml. The rack does not need to exist.</summary>
public abstract partial class ServiceCertificateCmdlet : ConvoxCmdlet
{
    // By the value of -Rack: a rack is listed once, and its problem is reported once.
    private readonly Dictionary<string, RackInventory> _racks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    private protected override bool AllowsMissingRack => true;

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

        // Without domains, the certificate is not compared with anything.
        var (status, reason) = evaluation is { Status: ServiceCertificateStatus.NoDomain, Current: { } current }
            ? (current.Status, current.DescribeStatus())
            : (evaluation.Status, evaluation.Reason);
        switch (status)
        {
            case ServiceCertificateStatus.Ready or ServiceCertificateStatus.NoDomain:
                break;
            case ServiceCertificateStatus.Unknown:
                WriteVerbose($"Cannot check whether '{id}' covers '{name}': {reason}");
                break;
            default:
                WriteWarning($"The certificate '{id}' is not suitable for '{name}' ({status}): {reason}");
                break;
        }
    }

    /// <summary>Finds the ID of the certificate that the user selected. If the rack could not be read, the text has to be an ID.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    /// <exception cref="InvalidInputException"><c>InvalidCertificateId</c>, <c>SeveralCertificates</c>.</exception>
    private protected static string FindCertificateId(CertificateQuery query, RackInventory rack)
    {
        if (rack.Certificates is null)
        {
            return query.CanBeId && CertificateId().IsMatch(query.Text) ? query.Text : throw new InvalidInputException(
                ErrorCode.InvalidCertificateId,
                $"'{query.Text}' is not the whole ID of a certificate, and rack '{rack.Rack}' cannot be searched for it: {rack.Problem}",
                query.Text)
            {
                Remedy = new Remedy("InvalidCertificateId.NoRack"),
            };
        }

        var index = new CertificateIndex();
        foreach (var certificate in rack.Certificates)
        {
            index.Add(certificate.Id, certificate.Domains, certificate.Issuer);
        }

        foreach (var damaged in rack.Damaged.Keys)
        {
            index.Add(damaged, [], issuer: null);
        }

        return index.FindOne(query);
    }

    /// <summary>Verifies that a version of the certificate is stored, if the rack could be read.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>: it has not been issued yet.</exception>
    private protected static void RequireIssued(RackInventory? rack, string? id)
    {
        if (rack?.Certificates?.FirstOrDefault(certificate => certificate.Id == id) is { Expires: null } pending)
        {
            throw new EngineException(
                ErrorCode.CertificateNotFound,
                EngineErrorKind.NotFound,
                $"{pending.Id} ({string.Join(", ", pending.Domains)}) has not been issued yet. {pending.StatusReason}".TrimEnd(),
                pending.Id)
            {
                Remedy = new Remedy("CertificateNotFound.Pending", pending.Id),
            };
        }
    }

    private protected static ConvoxServiceCertificate Describe(Manifest manifest, ManifestService service, RackInventory rack) =>
        new ServiceCertificateEvaluator(manifest, rack, Now).Evaluate(service).ToModel(service, manifest.Path, rack.Rack);

    // Whole ones, as Convox and this module create them: the hash of the names, a random number, or a name that a cluster generates.
    [GeneratedRegex("^cert-([0-9a-f]{40}|[0-9a-f]{32}|[bcdfghjklmnpqrstvwxz2456789]{5})$", RegexOptions.CultureInvariant)]
    private static partial Regex CertificateId();

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
