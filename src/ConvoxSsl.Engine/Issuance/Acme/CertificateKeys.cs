using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>Which key the next version of a certificate has. Those of a batch are made ahead, beside its exchanges with the CA.</summary>
internal sealed class CertificateKeys(IRack rack) : IDisposable
{
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);

    /// <summary>The user's own, the one in use where the settings reuse it, or a new one.</summary>
    public async Task<PrivateKey> ForAsync(IssueRequest request, CertificateEntry? known, CancellationToken ct)
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

        return await MakeAsync(request.Settings.KeyAlgorithm, ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _cores.Dispose();

    private async Task<PrivateKey> MakeAsync(KeyAlgorithm algorithm, CancellationToken ct)
    {
        if (algorithm is KeyAlgorithm.EcdsaP256 or KeyAlgorithm.EcdsaP384)
        {
            return PrivateKey.Generate(algorithm);
        }

        await _cores.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            // An RSA key takes up to seconds. On a thread of the pool a hundred of them would keep the CA's answers waiting.
            return await Task.Factory.StartNew(() => PrivateKey.Generate(algorithm), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        finally
        {
            _cores.Release();
        }
    }
}
