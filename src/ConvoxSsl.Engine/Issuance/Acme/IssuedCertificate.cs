using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>What came from a CA, held against what was asked.</summary>
internal static class IssuedCertificate
{
    /// <summary>The chain in the text, if it is for the key and exactly the names of the request.</summary>
    /// <exception cref="AcmeException"><c>certificateMismatch</c>, <c>malformedAnswer</c>.</exception>
    public static CertificateChain Check(string pem, SigningRequest request, Uri url)
    {
        CertificateChain chain;
        try
        {
            chain = CertificateChain.FromPem(pem);
        }
        catch (InvalidInputException e)
        {
            throw new AcmeException(AcmeProblem.Create(AcmeProblemType.MalformedAnswer, $"what it gave is no certificate chain: {e.Message}"), url, null, e);
        }

        if (!chain.Leaf.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(request.PublicKey.Span))
        {
            throw Mismatch("its certificate is for another key than the one in the signing request", url, chain);
        }

        var names = chain.LeafNames();
        return request.Names.SetEquals(names)
            ? chain
            : throw Mismatch($"its certificate is for {string.Join(", ", names)} and not for {string.Join(", ", request.Names)}", url, chain);
    }

    /// <summary>Whether the chain leads to a certificate of that common name: as its last issuer, or anywhere in it.</summary>
    public static bool EndsIn(CertificateChain chain, string commonName) =>
        chain.Certificates.Any(c => c.GetNameInfo(X509NameType.SimpleName, forIssuer: true).Equals(commonName, StringComparison.OrdinalIgnoreCase));

    /// <summary>The common name that the chain leads to.</summary>
    public static string Ending(CertificateChain chain) => chain.Certificates[^1].GetNameInfo(X509NameType.SimpleName, forIssuer: true);

    private static AcmeException Mismatch(string what, Uri url, CertificateChain chain)
    {
        chain.Dispose();
        return new AcmeException(AcmeProblem.Create(AcmeProblemType.CertificateMismatch, what + "; it was not stored"), url);
    }
}
