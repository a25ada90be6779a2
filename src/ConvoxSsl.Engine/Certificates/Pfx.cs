using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>PKCS#12 archives (RFC 7292): certificate, chain and key in one file under a password.</summary>
public static class Pfx
{
    private const int Iterations = 100_000;

    // Nothing is hidden by an empty password, so nothing is gained by making its use slow.
    private const int OpenIterations = 2000;

    /// <summary>Writes an archive with AES-256 and PBKDF2 for contents and key, and a SHA-256 MAC.</summary>
    public static byte[] Write(CertificateChain chain, PrivateKey key, ReadOnlySpan<char> password) => Write(chain, key, password, Iterations);

    /// <summary>Writes an archive that opens without a password: for where the file itself is kept from others, as a key in PEM is.</summary>
    public static byte[] WriteOpen(CertificateChain chain, PrivateKey key) => Write(chain, key, [], OpenIterations);

    /// <summary>Reads an archive: the key, and the certificates in order.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidPfx</c>: a wrong password, a damaged file, or no certificate with a key in it.
    /// </exception>
    public static (CertificateChain Chain, PrivateKey Key) Read(ReadOnlySpan<byte> data, ReadOnlySpan<char> password)
    {
        try
        {
            if (!PfxCost.IsBearable(data.ToArray(), password))
            {
                throw new InvalidInputException(
                    ErrorCode.InvalidPfx, "The PFX file asks for so many iterations of its password that it would take very long to open. Export it again with 300000 at most.");
            }

            return Import(data, password);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or NotSupportedException)
        {
            throw new InvalidInputException(ErrorCode.InvalidPfx, "The PFX file cannot be opened: the password is wrong or the file is damaged. Check the password.", null, e);
        }
    }

    private static byte[] Write(CertificateChain chain, PrivateKey key, ReadOnlySpan<char> password, int iterations)
    {
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterations);

        // One attribute that joins leaf and key: Windows pairs them by it.
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
        var key = certificates.Select(KeyOf).FirstOrDefault(k => k is not null)
            ?? throw new InvalidInputException(ErrorCode.InvalidPfx, "The PFX file holds no private key of kind RSA or ECDSA. Export it again with its key.");
        return (CertificateChain.Arrange([.. certificates.Select(c => new X509Certificate2(c.RawDataMemory.Span))], key), key);
    }

    private static PrivateKey? KeyOf(X509Certificate2 certificate)
    {
        AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
        return key is null ? null : PrivateKey.FromKey(key);
    }
}
