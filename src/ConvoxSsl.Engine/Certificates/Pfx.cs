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

    /// <summary>
    /// Writes an archive. With a password, certificates and key are encrypted. Without one, the certificates are not encrypted and the
    /// key is encrypted with the empty password, which OpenSSL, Java, NSS and .NET open; the file itself must be protected like a PEM
    /// key.
    /// </summary>
    /// <param name="chain">The certificate and its chain.</param>
    /// <param name="key">The key of the certificate.</param>
    /// <param name="password">The password; empty for none.</param>
    /// <param name="isLegacy">
    /// True for Triple DES and SHA-1, which all programs understand; false for AES-256, PBKDF2 and SHA-256.
    /// </param>
    public static byte[] Write(CertificateChain chain, PrivateKey key, ReadOnlySpan<char> password, bool isLegacy = false)
    {
        var iterations = password.IsEmpty ? UnprotectedIterations : Iterations;
        var hash = isLegacy ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256;
        var encryption = new PbeParameters(
            isLegacy ? PbeEncryptionAlgorithm.TripleDes3KeyPkcs12 : PbeEncryptionAlgorithm.Aes256Cbc, hash, iterations);

        // Windows, Java and NSS match leaf and key by the first attribute; Java and NSS show the second.
        var localKeyId = new Pkcs9LocalKeyId(SHA256.HashData(chain.Leaf.RawDataMemory.Span));
        var friendlyName = CreateFriendlyName(GetName(chain));
        var certificates = new Pkcs12SafeContents();
        AddAttributes(certificates.AddCertificate(chain.Leaf));
        foreach (var issuer in chain.Certificates.Skip(1))
        {
            certificates.AddCertificate(issuer);
        }

        var keys = new Pkcs12SafeContents();
        AddAttributes(keys.AddShroudedKey(key.Key, password, encryption));

        var builder = new Pkcs12Builder();
        if (password.IsEmpty)
        {
            builder.AddSafeContentsUnencrypted(certificates);
        }
        else
        {
            builder.AddSafeContentsEncrypted(certificates, password, encryption);
        }

        builder.AddSafeContentsUnencrypted(keys);
        builder.SealWithMac(password, hash, iterations);
        return builder.Encode();

        void AddAttributes(Pkcs12SafeBag bag)
        {
            bag.Attributes.Add(localKeyId);
            bag.Attributes.Add(friendlyName);
        }
    }

    /// <summary>Reads the key and the sorted certificates of an archive.</summary>
    /// <param name="data">The archive.</param>
    /// <param name="password">The password; empty if none was given.</param>
    /// <param name="file">The file of the archive, for messages; or null.</param>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidPfx</c>: the password is wrong, the file is corrupt, or it contains no certificate with a key.
    /// </exception>
    public static (CertificateChain Chain, PrivateKey Key) Read(
        ReadOnlySpan<byte> data, ReadOnlySpan<char> password, string? file = null)
    {
        var name = file is null ? "the PFX file" : $"'{file}'";
        try
        {
            if (!PfxIterationLimit.IsWithin(data.ToArray(), password))
            {
                throw new InvalidInputException(
                    ErrorCode.InvalidPfx, $"Cannot open {name} because it requires too many iterations of its key derivation.")
                {
                    Remedy = "Export it again with at most 300000 iterations.",
                };
            }

            return Import(data, password, name);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or NotSupportedException)
        {
            throw !IsArchive(data) ? Invalid($"Cannot open {name} because it is corrupt, or not a PFX file.", "Export it again.", e)
                : password.IsEmpty ? Invalid($"Cannot open {name} without a password.", new Remedy("InvalidPfx.Password"), e)
                : Invalid($"Cannot open {name} because the password is wrong or the file is corrupt.", "Check the password.", e);
        }
    }

    private static bool IsArchive(ReadOnlySpan<byte> data)
    {
        try
        {
            Pkcs12Info.Decode(data.ToArray(), out _);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return false;
        }
    }

    private static InvalidInputException Invalid(string message, Remedy? remedy, Exception? cause = null) =>
        new(ErrorCode.InvalidPfx, message, null, cause) { Remedy = remedy };

    private static string GetName(CertificateChain chain) => chain.LeafNames() is [var first, ..]
        ? first
        : chain.Leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    // RFC 2985 section 5.5.1.
    private static Pkcs9AttributeObject CreateFriendlyName(string name)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.BMPString, name);
        return new Pkcs9AttributeObject(new Oid("1.2.840.113549.1.9.20"), writer.Encode());
    }

    private static (CertificateChain Chain, PrivateKey Key) Import(
        ReadOnlySpan<byte> data, ReadOnlySpan<char> password, string name)
    {
        var certificates = new X509Certificate2Collection();
        certificates.Import(data, password, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.EphemeralKeySet);
        CertificateChain.RequireFew(certificates.Count);
        certificates.ToList().ForEach(CertificateChain.RequireReadable);
        var key = certificates.Select(GetPrivateKey).FirstOrDefault(k => k is not null)
            ?? throw Invalid($"Cannot use {name} because it contains no RSA or ECDSA private key.", "Export it again with its key.");
        return (CertificateChain.Arrange([.. certificates.Select(c => new X509Certificate2(c.RawDataMemory.Span))], key), key);
    }

    private static PrivateKey? GetPrivateKey(X509Certificate2 certificate)
    {
        AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
        return key is null ? null : PrivateKey.FromKey(key);
    }
}
