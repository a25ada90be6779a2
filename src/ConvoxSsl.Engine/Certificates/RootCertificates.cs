using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>Parses the root certificates of private CAs.</summary>
public static class RootCertificates
{
    /// <summary>Parses a PEM text.</summary>
    /// <param name="pem">The text, or null.</param>
    /// <param name="file">The file of the text, for messages; or null.</param>
    /// <returns>The certificates; none if the text is null.</returns>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidCaCertificate</c>: the text contains no certificate, or one is corrupt.
    /// </exception>
    public static IReadOnlyList<X509Certificate2> Parse(string? pem, string? file = null)
    {
        if (pem is null)
        {
            return [];
        }

        IReadOnlyList<PemBlock> blocks = [];
        try
        {
            blocks = Pem.Read(pem, file);
            if (CertificateBlocks.Find(blocks) is { Count: > 0 } certificates)
            {
                return [.. certificates.Select(data => CertificateChain.Load(data))];
            }
        }
        catch (InvalidInputException e)
        {
            throw Invalid("a block of its PEM text is corrupt", file, e);
        }

        throw Invalid($"it contains no certificate{KeyFormat.DescribeOther(pem, blocks)}", file, null);
    }

    private static InvalidInputException Invalid(string reason, string? file, Exception? cause) => new(
        ErrorCode.InvalidCaCertificate,
        $"{(file is null ? "The root of the private CA is not valid" : $"'{file}' is not a root certificate")} because {reason}.",
        null,
        cause);
}
