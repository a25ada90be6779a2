using ConvoxSsl.Cmdlets;
using ConvoxSsl.Errors;
using ConvoxSsl.Manifests;
using ConvoxSsl.Mapping;

namespace ConvoxSsl.Commands;

/// <summary>Reads the certificates of a rack for a comparison with a manifest.</summary>
internal static class RackInventoryReader
{
    /// <summary>Reads the certificates. A rack that cannot be read is a result with a problem, not an error.</summary>
    public static async Task<RackInventory> ReadAsync(RackSession session, CancellationToken ct)
    {
        var rack = session.Description;
        if (rack.Kind == ConvoxRackKind.Local && !Directory.Exists(rack.Location))
        {
            return RackInventory.CreateUnknown(rack.Name, $"There is no rack at '{rack.Location}' yet.");
        }

        var (certificates, damaged) = (new List<InventoryCertificate>(), new Dictionary<string, string>(StringComparer.Ordinal));
        try
        {
            await foreach (var certificate in session.ListAsync(
                damage => damaged[damage.Value as string ?? damage.Message] = ErrorRecords.DescribeFailure(damage), ct))
            {
                certificates.Add(certificate.ToInventory());
            }
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            return RackInventory.CreateUnknown(rack.Name, ErrorRecords.DescribeFailure(e));
        }

        return new RackInventory(rack.Name, certificates, damaged, null);
    }
}
