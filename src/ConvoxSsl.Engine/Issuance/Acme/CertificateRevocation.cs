using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>Revokes certificates (RFC 8555 section 7.6).</summary>
internal sealed class CertificateRevocation(AcmeAccounts accounts)
{
    /// <summary>Checks that the rack has the account, or may have the key of the certificate.</summary>
    /// <exception cref="EngineException"><c>CertificateNotRevocable</c>: the rack has neither.</exception>
    public async Task CheckAsync(CertificateRecord certificate, Uri directoryUrl, CancellationToken ct)
    {
        if (certificate.Settings?.SigningRequest is not null && await accounts.IsMissingAsync(directoryUrl, ct).ConfigureAwait(false))
        {
            throw NeitherKeyNorAccount();
        }
    }

    /// <summary>Revokes a certificate: with the account if the rack has it, else with the key of the certificate.</summary>
    /// <exception cref="EngineException"><c>CertificateNotRevocable</c>: the rack has neither.</exception>
    /// <exception cref="AcmeException">The CA refused.</exception>
    public async Task RevokeAsync(
        CertificateWithKey material, Uri directoryUrl, RevocationReason reason, string? caCertificate, CancellationToken ct)
    {
        var certificate = material.Chain.Leaf.RawDataMemory;
        if (!await accounts.IsMissingAsync(directoryUrl, ct).ConfigureAwait(false))
        {
            var session = await accounts.OpenExistingAsync(directoryUrl, ct).ConfigureAwait(false);
            try
            {
                await session.RevokeAsync(certificate, reason, ct).ConfigureAwait(false);
                return;
            }
            catch (AcmeException e) when (material.Key is not null
                && e.Problem.ShortType is AcmeProblemType.Unauthorized or AcmeProblemType.AccountDoesNotExist)
            {
                // Another account ordered it, or the account is gone. RFC 8555 section 7.6 accepts the certificate's key too.
            }
        }

        var key = material.Key ?? throw NeitherKeyNorAccount();
        var client = await accounts.ConnectAsync(directoryUrl, caCertificate, ct).ConfigureAwait(false);
        await client.RevokeAsync(key, certificate, reason, ct).ConfigureAwait(false);
    }

    private static EngineException NeitherKeyNorAccount() => new(
        ErrorCode.CertificateNotRevocable,
        EngineErrorKind.InvalidState,
        "The CA needs the account or the key of the certificate, and this rack has neither.")
    {
        Remedy = "Revoke the certificate on the machine that has its key or account.",
    };
}
