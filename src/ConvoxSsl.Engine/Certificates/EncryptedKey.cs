using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Text;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>Decrypts private keys in PEM: PKCS#8 (RFC 5958 section 3), and the older format of OpenSSL.</summary>
internal static class EncryptedKey
{
    private const string Pkcs8Label = "ENCRYPTED PRIVATE KEY";
    private const int SaltLength = 8;

    /// <summary>True if the key in a block is encrypted.</summary>
    public static bool IsEncrypted(PemBlock block) => block.Label == Pkcs8Label || block.Encryption is not null;

    /// <summary>Decrypts the key in a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="password">The password.</param>
    /// <param name="name">The name of the key in messages.</param>
    /// <exception cref="CryptographicException">The password is wrong, or the key is corrupt.</exception>
    /// <exception cref="AsnContentException">The key is corrupt.</exception>
    /// <exception cref="InvalidInputException"><c>InvalidPrivateKey</c>: it takes too long, or its encryption is not known.</exception>
    public static PemBlock Decrypt(PemBlock block, ReadOnlySpan<char> password, string name)
    {
        if (block.Encryption is not null)
        {
            return new PemBlock(block.Label, DecryptOlderFormat(block, password, name));
        }

        if (UsesScrypt(block.Data))
        {
            throw Invalid($"{name} is encrypted with scrypt, which is not supported.");
        }

        if (!PfxIterationLimit.IsKeyWithin(block.Data))
        {
            throw Invalid($"{name} requires too many iterations of its key derivation.");
        }

        return new PemBlock("PRIVATE KEY", Pkcs8PrivateKeyInfo.DecryptAndDecode(password, block.Data, out _).Encode());
    }

    // RFC 8018 section 6.2 (PBES2) and RFC 7914 section 7.
    private static bool UsesScrypt(byte[] data)
    {
        var algorithm = new AsnReader(data, AsnEncodingRules.BER).ReadSequence().ReadSequence();
        return algorithm.ReadObjectIdentifier() == "1.2.840.113549.1.5.13"
            && algorithm.ReadSequence().ReadSequence().ReadObjectIdentifier() == "1.3.6.1.4.1.11591.4.11";
    }

    // The header is the cipher and its initialization vector, whose first bytes are also the salt.
    private static byte[] DecryptOlderFormat(PemBlock block, ReadOnlySpan<char> password, string input)
    {
        var header = block.Encryption!.Split(',', 2, StringSplitOptions.TrimEntries);
        var (name, vectorText) = (header[0], header[^1]);
        var (vectorLength, keyLength) = name switch
        {
            "AES-128-CBC" => (16, 16),
            "AES-192-CBC" => (16, 24),
            "AES-256-CBC" => (16, 32),
            "DES-EDE3-CBC" => (8, 24),
            _ => throw Invalid($"{input} is encrypted with '{DisplayText.Shorten(name, 50)}', which is not supported."),
        };
        if (vectorText.Length != 2 * vectorLength || !vectorText.All(char.IsAsciiHexDigit))
        {
            throw new CryptographicException("The initialization vector is not valid.");
        }

        var vector = Convert.FromHexString(vectorText);
        var key = DeriveKey(password, vector.AsSpan(0, SaltLength), keyLength);
        try
        {
#pragma warning disable CA5350 // The key's file uses it.
            using SymmetricAlgorithm cipher = vectorLength == 8 ? TripleDES.Create() : Aes.Create();
#pragma warning restore CA5350
            cipher.Key = key;
            return cipher.DecryptCbc(block.Data, vector);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    // EVP_BytesToKey of OpenSSL with MD5 and one iteration.
    private static byte[] DeriveKey(ReadOnlySpan<char> password, ReadOnlySpan<byte> salt, int length)
    {
        var secret = new byte[Encoding.UTF8.GetByteCount(password)];
        Encoding.UTF8.GetBytes(password, secret);
        try
        {
#pragma warning disable CA5351 // The key's file uses it.
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
            var key = new List<byte>();
            byte[] last = [];
            while (key.Count < length)
            {
                hash.AppendData(last);
                hash.AppendData(secret);
                hash.AppendData(salt);
                last = hash.GetHashAndReset();
                key.AddRange(last);
            }

            return [.. key.Take(length)];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static InvalidInputException Invalid(string message) =>
        new(ErrorCode.InvalidPrivateKey, message)
        {
            Remedy = "Encrypt it again with 'openssl pkcs8 -topk8 -v2 aes256', or decrypt it first.",
        };
}
