using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>Parses the root certificates of private CAs.</summary>
public static class RootCertificates
{
    /// <summary>Parses a PEM text.</summary>
    /// <param name="pem">The text, or null.</param>
    /// <returns>The certificates; none if the text is null.</returns>
    /// <exception cref="InvalidInputException"><c>InvalidCaCertificate</c>: the text contains no certificate.</exception>
    public static IReadOnlyList<X509Certificate2> Parse(string? pem)
    {
        if (pem is null)
        {
            return [];
        }

        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
        }

        return roots.Count > 0
            ? [.. roots]
            : throw new InvalidInputException(
                ErrorCode.InvalidCaCertificate, "The root of the private CA is not valid because it contains no certificate.");
    }
}
