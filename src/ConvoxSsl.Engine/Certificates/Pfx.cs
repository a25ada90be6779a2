using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>Reads and writes PKCS#12 archives (RFC 7292): certificate, chain and key in one encrypted file.</summary>
public static class Pfx
{
    private const int Iterations = 100_000;

    // An empty password protects nothing, so many iterations would only cost time.
    private const int UnprotectedIterations = 2000;

    /// <summary>Writes an archive with AES-256 and PBKDF2 for contents and key, and a SHA-256 MAC.</summary>
    public static byte[] Write(CertificateChain chain, PrivateKey key, ReadOnlySpan<char> password) =>
        Write(chain, key, password, Iterations);

    /// <summary>Writes an archive with an empty password; the file itself must be protected like a PEM key.</summary>
    public static byte[] WriteOpen(CertificateChain chain, PrivateKey key) => Write(chain, key, [], UnprotectedIterations);

    /// <summary>Reads the key and the sorted certificates of an archive.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidPfx</c>: the password is wrong, the file is corrupt, or it contains no certificate with a key.
    /// </exception>
    public static (CertificateChain Chain, PrivateKey Key) Read(ReadOnlySpan<byte> data, ReadOnlySpan<char> password)
    {
        try
        {
            if (!PfxIterationLimit.IsWithin(data.ToArray(), password))
            {
                throw new InvalidInputException(
                    ErrorCode.InvalidPfx, "The PFX file requires too many iterations of its key derivation.")
                {
                    Remedy = "Export it again with at most 300000 iterations.",
                };
            }

            return Import(data, password);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or NotSupportedException)
        {
            throw password.IsEmpty
                ? new InvalidInputException(
                    ErrorCode.InvalidPfx, "Cannot open the PFX file because it has a password or is corrupt.", null, e)
                {
                    Remedy = new Remedy("InvalidPfx.Password"),
                }
                : new InvalidInputException(
                    ErrorCode.InvalidPfx, "Cannot open the PFX file because the password is wrong or the file is corrupt.", null, e)
                {
                    Remedy = "Check the password.",
                };
        }
    }

    private static byte[] Write(CertificateChain chain, PrivateKey key, ReadOnlySpan<char> password, int iterations)
    {
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterations);

        // Windows matches leaf and key by this attribute.
        var localKeyId = new Pkcs9LocalKeyId(SHA256.HashData(chain.Leaf.RawDataMemory.Span));
        var certificates = new Pkcs12SafeContents();
        var leaf = certificates.AddCertificate(chain.Leaf);
        leaf.Attributes.Add(localKeyId);
        foreach (var issuer in chain.Certificates.Skip(1))
        {
            certificates.AddCertificate(issuer);
        }

        var keys = new Pkcs12SafeContents();
        keys.AddShroudedKey(key.Key, password, encryption).Attributes.Add(localKeyId);

        var builder = new Pkcs12Builder();
        builder.AddSafeContentsEncrypted(certificates, password, encryption);
        builder.AddSafeContentsUnencrypted(keys);
        builder.SealWithMac(password, HashAlgorithmName.SHA256, iterations);
        return builder.Encode();
    }

    private static (CertificateChain Chain, PrivateKey Key) Import(ReadOnlySpan<byte> data, ReadOnlySpan<char> password)
    {
        var certificates = new X509Certificate2Collection();
        certificates.Import(data, password, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.EphemeralKeySet);
        CertificateChain.RequireFew(certificates.Count);
        certificates.ToList().ForEach(CertificateChain.RequireReadable);
        var key = certificates.Select(GetPrivateKey).FirstOrDefault(k => k is not null)
            ?? throw new InvalidInputException(ErrorCode.InvalidPfx, "The PFX file contains no RSA or ECDSA private key.")
            {
                Remedy = "Export it again with its key.",
            };
        return (CertificateChain.Arrange([.. certificates.Select(c => new X509Certificate2(c.RawDataMemory.Span))], key), key);
    }

    private static PrivateKey? GetPrivateKey(X509Certificate2 certificate)
    {
        AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
        return key is null ? null : PrivateKey.FromKey(key);
    }
}
