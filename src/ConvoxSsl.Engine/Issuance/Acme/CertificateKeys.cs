using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>Creates the keys of new certificate versions.</summary>
internal sealed class CertificateKeys(IRack rack) : IDisposable
{
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);

    /// <summary>Returns the user's own key, the current key if the settings reuse it, or a new one.</summary>
    public async Task<PrivateKey> CreateAsync(IssueRequest request, CertificateEntry? known, CancellationToken ct)
    {
        if (request.Key is { } own)
        {
            return own;
        }

        // A compromised key must not be reused.
        if (request.Settings.ReuseKey && known is { Live.RevocationReason: not nameof(RevocationReason.KeyCompromise) })
        {
            using var material = await rack.Certificates.ReadAsync(known.Record.Id, known.LiveVersion, ct).ConfigureAwait(false);
            if (material.Key is { } old)
            {
                return PrivateKey.FromPem(old.ToPem());
            }
        }

        return await GenerateAsync(request.Settings.KeyAlgorithm, ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _cores.Dispose();

    private async Task<PrivateKey> GenerateAsync(KeyAlgorithm algorithm, CancellationToken ct)
    {
        if (algorithm is KeyAlgorithm.EcdsaP256 or KeyAlgorithm.EcdsaP384)
        {
            return PrivateKey.Generate(algorithm);
        }

        await _cores.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            // An RSA key takes up to seconds. A hundred of them on pool threads would delay the responses of the CA.
            return await Task.Factory.StartNew(
                () => PrivateKey.Generate(algorithm), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        finally
        {
            _cores.Release();
        }
    }
}
