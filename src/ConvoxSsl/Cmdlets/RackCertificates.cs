using ConvoxSsl.Errors;

namespace ConvoxSsl.Cmdlets;

/// <summary>What a rack holds, as far as it could be asked.</summary>
/// <param name="Rack">The rack's name.</param>
/// <param name="Certificates">Its certificates; null where it could not be asked.</param>
/// <param name="Damaged">Why a certificate can't be read, by its id.</param>
/// <param name="Problem">Why it could not be asked.</param>
internal sealed record RackCertificates(
    string Rack, IReadOnlyList<ConvoxCertificate>? Certificates, IReadOnlyDictionary<string, string> Damaged, string? Problem)
{
    /// <summary>The same rack as if it held this one.</summary>
    public RackCertificates With(ConvoxCertificate certificate) =>
        this with { Certificates = [certificate, .. (Certificates ?? []).Where(c => c.Id != certificate.Id)] };

    /// <summary>Lists a rack once, however it goes.</summary>
    public static async Task<RackCertificates> ListAsync(RackSession session, CancellationToken ct)
    {
        var rack = session.Description;
        if (rack.Kind == ConvoxRackKind.Local && !Directory.Exists(rack.Location))
        {
            return Unknown(rack.Name, $"There is no rack at '{rack.Location}' yet.");
        }

        var (certificates, damaged) = (new List<ConvoxCertificate>(), new Dictionary<string, string>(StringComparer.Ordinal));
        try
        {
            await foreach (var certificate in session.ListAsync(damage => damaged[damage.Value as string ?? damage.Message] = damage.Message, ct))
            {
                certificates.Add(certificate);
            }
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            return Unknown(rack.Name, e.Message);
        }

        return new RackCertificates(rack.Name, certificates, damaged, null);
    }

    /// <summary>A rack that can't be asked.</summary>
    public static RackCertificates Unknown(string rack, string problem) => new(rack, null, new Dictionary<string, string>(), problem);
}
