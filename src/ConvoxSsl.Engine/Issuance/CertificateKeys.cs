using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>Which key the next version of a certificate has.</summary>
internal static class CertificateKeys
{
    /// <summary>The user's own, the one in use where the settings reuse it, or a new one.</summary>
    public static async Task<PrivateKey> ForAsync(IRack rack, CertificateRequest request, CertificateEntry? known, CancellationToken ct)
    {
        if (request.Key is { } own)
        {
            return own;
        }

        // A key that is reused must not outlive its compromise.
        if (request.Settings.ReuseKey && known is { Live.RevocationReason: not nameof(RevocationReason.KeyCompromise) })
        {
            using var material = await rack.Certificates.ReadAsync(known.Record.Id, known.LiveVersion, ct).ConfigureAwait(false);
            if (material.Key is { } old)
            {
                return PrivateKey.FromPem(old.ToPem());
            }
        }

        return PrivateKey.Generate(request.Settings.KeyAlgorithm);
    }
}
