using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Plans;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>Downloads an issued certificate, chooses among its chains and verifies it (RFC 8555 section 7.4.2).</summary>
internal static class CertificateDownload
{
    /// <summary>Downloads the chain that ends in the preferred issuer; the CA's default chain if there is none.</summary>
    /// <exception cref="AcmeException"><c>certificateMismatch</c>; <c>malformedAnswer</c>; the CA refused.</exception>
    /// <exception cref="EngineException"><c>ClockWrong</c>.</exception>
    public static async Task<CertificateChain> RunAsync(
        AcmeSession session, Uri url, SigningRequest request, IssuancePlan plan, IssuanceContext context, CancellationToken ct)
    {
        var verification = new CertificateVerification(request, plan, context);
        var chain = await ChooseAsync(session, url, verification, plan.Request.Settings.PreferredChain, context, ct).ConfigureAwait(false);
        verification.ReportDeviations(chain, url);
        return chain;
    }

    private static async Task<CertificateChain> ChooseAsync(
        AcmeSession session,
        Uri url,
        CertificateVerification verification,
        string? preferredChain,
        IssuanceContext context,
        CancellationToken ct)
    {
        var certificate = await session.DownloadAsync(url, ct).ConfigureAwait(false);
        var chain = verification.Verify(certificate, url);
        if (preferredChain is null || EndsIn(chain, preferredChain))
        {
            return chain;
        }

        // RFC 8555 section 7.4.2: other chains are linked with the relation "alternate".
        foreach (var alternateUrl in certificate.Alternates)
        {
            var alternate = await session.DownloadAsync(alternateUrl, ct).ConfigureAwait(false);
            var candidate = verification.Verify(alternate, alternateUrl);
            if (EndsIn(candidate, preferredChain))
            {
                return candidate;
            }
        }

        var root = chain.Certificates[^1].GetNameInfo(X509NameType.SimpleName, forIssuer: true);
        context.ReportWarning(
            $"The CA offers no chain that ends in '{preferredChain}'; its default chain is used, which ends in '{root}'.");
        return chain;
    }

    // The name may be that of the root, which chains omit, or of any certificate in it.
    private static bool EndsIn(CertificateChain chain, string commonName) => chain.Certificates.Any(c =>
        c.GetNameInfo(X509NameType.SimpleName, forIssuer: true).Equals(commonName, StringComparison.OrdinalIgnoreCase));
}
