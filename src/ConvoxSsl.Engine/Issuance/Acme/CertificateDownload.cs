using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Context;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>Downloads an issued certificate, chooses among its chains and verifies it (RFC 8555 section 7.4.2).</summary>
internal static class CertificateDownload
{
    /// <summary>Downloads the chain that ends in the preferred issuer; the CA's default chain if there is none.</summary>
    /// <exception cref="AcmeException"><c>certificateMismatch</c>; <c>malformedAnswer</c>; the CA refused.</exception>
    public static async Task<CertificateChain> RunAsync(
        AcmeSession session, Uri url, SigningRequest request, string? preferredChain, IssuanceContext context, CancellationToken ct)
    {
        var certificate = await session.DownloadAsync(url, ct).ConfigureAwait(false);
        var chain = Verify(certificate.Pem, request, url);
        if (preferredChain is null || EndsIn(chain, preferredChain))
        {
            return chain;
        }

        // RFC 8555 section 7.4.2: other chains are linked with the relation "alternate".
        foreach (var alternateUrl in certificate.Alternates)
        {
            var alternate = await session.DownloadAsync(alternateUrl, ct).ConfigureAwait(false);
            var candidate = Verify(alternate.Pem, request, alternateUrl);
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

    /// <summary>Parses a chain and verifies that it is for the key and exactly the names of the request.</summary>
    /// <exception cref="AcmeException"><c>certificateMismatch</c>, <c>malformedAnswer</c>.</exception>
    public static CertificateChain Verify(string pem, SigningRequest request, Uri url)
    {
        CertificateChain chain;
        try
        {
            chain = CertificateChain.FromPem(pem);
        }
        catch (InvalidInputException e)
        {
            throw new AcmeException(
                AcmeProblem.Create(AcmeProblemType.MalformedAnswer, $"its response is not a certificate chain: {e.Message}"), url, null, e);
        }

        if (!chain.Leaf.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(request.PublicKey.Span))
        {
            throw Mismatch("its certificate is for another key than the one in the signing request", url, chain);
        }

        var names = chain.LeafNames();
        return request.Names.SetEquals(names)
            ? chain
            : throw Mismatch(
                $"its certificate is for {string.Join(", ", names)} and not for {string.Join(", ", request.Names)}", url, chain);
    }

    // The name may be that of the root, which chains omit, or of any certificate in it.
    private static bool EndsIn(CertificateChain chain, string commonName) => chain.Certificates.Any(c =>
        c.GetNameInfo(X509NameType.SimpleName, forIssuer: true).Equals(commonName, StringComparison.OrdinalIgnoreCase));

    private static AcmeException Mismatch(string what, Uri url, CertificateChain chain)
    {
        chain.Dispose();
        return new AcmeException(AcmeProblem.Create(AcmeProblemType.CertificateMismatch, what + "; it was not stored"), url);
    }
}
