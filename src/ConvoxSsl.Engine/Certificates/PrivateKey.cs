using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>A private key of a certificate or an account. Dispose it to release the key material.</summary>
public sealed class PrivateKey : IDisposable
{
    private const string AcceptedTypes = "Use RSA 2048, 3072 or 4096, or ECDSA P-256 or P-384.";

    private PrivateKey(AsymmetricAlgorithm key, KeyAlgorithm algorithm)
    {
        Key = key;
        Algorithm = algorithm;
    }

    /// <summary>The type of the key.</summary>
    public KeyAlgorithm Algorithm { get; }

    /// <summary>The hash algorithm for signatures: SHA-384 for P-384, else SHA-256.</summary>
    public HashAlgorithmName Hash =>
        Algorithm == KeyAlgorithm.EcdsaP384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;

    /// <summary>The underlying <see cref="ECDsa"/> or <see cref="RSA"/>.</summary>
    internal AsymmetricAlgorithm Key { get; }

    /// <summary>Generates a key; for RSA this can take seconds.</summary>
    public static PrivateKey Generate(KeyAlgorithm algorithm) => new(
        algorithm switch
        {
            KeyAlgorithm.EcdsaP256 => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            KeyAlgorithm.EcdsaP384 => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            KeyAlgorithm.Rsa2048 => GenerateRsa(2048),
            KeyAlgorithm.Rsa3072 => GenerateRsa(3072),
            KeyAlgorithm.Rsa4096 => GenerateRsa(4096),
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, null),
        },
        algorithm);

    /// <summary>Parses a PEM text with one private key: PKCS#8, PKCS#1 or SEC 1.</summary>
    /// <param name="pem">The text.</param>
    /// <param name="password">The password of an encrypted key; null if none was given.</param>
    /// <param name="file">The file of the text, for messages; or null.</param>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidPrivateKey</c>: there is none or more than one, or it is corrupt, encrypted with another password, or of a type that
    /// CAs do not accept.
    /// </exception>
    public static PrivateKey FromPem(string pem, char[]? password = null, string? file = null)
    {
        var all = Pem.Read(pem, file);
        var name = InputName.PrivateKey(file);
        var blocks = all.Where(b => b.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)).ToList();
        return blocks switch
        {
            [] => throw Invalid(
                $"{InputName.Text(file)} contains no private key{KeyFormat.DescribeOther(pem, all)}.",
                "Give a PEM file with a 'BEGIN PRIVATE KEY' block."),
            [{ Label: "OPENSSH PRIVATE KEY" }] => throw Invalid(
                $"{name} is in the format of OpenSSH.", "Convert a copy of its file with 'ssh-keygen -p -m PKCS8 -f'."),
            [var block] when EncryptedKey.IsEncrypted(block) => Decrypt(block, password, name),
            [var block] => Decode(block, name),
            _ => throw Invalid($"{InputName.Text(file)} contains {blocks.Count} private keys instead of one.", "Remove the others."),
        };
    }

    /// <summary>Formats the key as PKCS#8 PEM. The text is a secret.</summary>
    public string ToPem() => Key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>True if the certificate's public key belongs to this key.</summary>
    public bool Matches(X509Certificate2 certificate) =>
        Key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>True if both are the same key.</summary>
    public bool IsSameAs(PrivateKey other) =>
        Key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(other.Key.ExportSubjectPublicKeyInfo());

    /// <summary>Creates a copy of a certificate with this key.</summary>
    public X509Certificate2 Attach(X509Certificate2 certificate) => Key switch
    {
        ECDsa ecdsa => certificate.CopyWithPrivateKey(ecdsa),
        RSA rsa => certificate.CopyWithPrivateKey(rsa),
        _ => throw new InvalidOperationException("Unknown key type."),
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Algorithm} private key";

    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();

    private static RSA GenerateRsa(int bits)
    {
        var key = RSA.Create(bits);

        // .NET generates the key on first use; generate it now, on this thread.
        key.ExportRSAPublicKey();
        return key;
    }

    private static PrivateKey Decrypt(PemBlock block, char[]? password, string name)
    {
        if (password is null)
        {
            throw Invalid($"{name} is encrypted.", new Remedy("InvalidPrivateKey.Encrypted"));
        }

        try
        {
            var decrypted = EncryptedKey.Decrypt(block, password, name);
            try
            {
                return Decode(decrypted, name);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(decrypted.Data);
            }
        }
        catch (Exception e) when (IsDecryptionFailure(e, block))
        {
            throw Invalid($"{name} could not be decrypted because the password is wrong or the key is corrupt.", "Check the password.", e);
        }
    }

    // The older format has no check of the password but its padding, so a wrong one may also yield random data.
    private static bool IsDecryptionFailure(Exception e, PemBlock block) =>
        e is CryptographicException or AsnContentException or NotSupportedException
        || (block.Encryption is not null && e is InvalidInputException { InnerException: not null });

    private static PrivateKey Decode(PemBlock block, string name)
    {
        try
        {
            return FromKey(block.Label switch
            {
                "RSA PRIVATE KEY" => DecodeRsa(block.Data, pkcs8: false),
                "EC PRIVATE KEY" => DecodeEcdsa(block.Data, pkcs8: false),
                _ => DecodePkcs8(block.Data),
            }, name);
        }
        catch (Exception e) when (e is CryptographicException or NotSupportedException)
        {
            // An unknown curve throws NotSupportedException.
            throw KeyFormat.FindType(block) is { } type
                ? Invalid($"{name} is not valid because its type is {type}.", AcceptedTypes, e)
                : Invalid($"{name} is corrupt, or neither RSA nor ECDSA.", "Export it again as PKCS#8 PEM.", e);
        }
    }

    /// <summary>Wraps a loaded key and takes ownership of it.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidPrivateKey</c>: CAs do not accept its type or size.</exception>
    internal static PrivateKey FromKey(AsymmetricAlgorithm key, string name = "The private key")
    {
        KeyAlgorithm? algorithm = (key, key.KeySize) switch
        {
            (ECDsa ecdsa, 256) when IsCurve(ecdsa, ECCurve.NamedCurves.nistP256) => KeyAlgorithm.EcdsaP256,
            (ECDsa ecdsa, 384) when IsCurve(ecdsa, ECCurve.NamedCurves.nistP384) => KeyAlgorithm.EcdsaP384,
            (RSA, 2048) => KeyAlgorithm.Rsa2048,
            (RSA, 3072) => KeyAlgorithm.Rsa3072,
            (RSA, 4096) => KeyAlgorithm.Rsa4096,
            _ => null,
        };
        if (algorithm is { } supported)
        {
            return new PrivateKey(key, supported);
        }

        var text = $"{name} is not valid because its type is {KeyFormat.Describe(key)}.";
        key.Dispose();
        throw Invalid(text, AcceptedTypes);
    }

    // Other curves have the same key sizes. Windows may identify a curve by name only.
    private static bool IsCurve(ECDsa key, ECCurve expected) =>
        key.ExportParameters(includePrivateParameters: false).Curve is { IsNamed: true, Oid: var oid }
        && (oid.Value is { Length: > 0 } value ? value == expected.Oid.Value : oid.FriendlyName == expected.Oid.FriendlyName);

    private static AsymmetricAlgorithm DecodePkcs8(byte[] data)
    {
        try
        {
            return DecodeEcdsa(data, pkcs8: true);
        }
        catch (CryptographicException)
        {
            return DecodeRsa(data, pkcs8: true);
        }
    }

    private static ECDsa DecodeEcdsa(byte[] data, bool pkcs8) => Load(ECDsa.Create(), k =>
    {
        if (pkcs8)
        {
            k.ImportPkcs8PrivateKey(data, out _);
        }
        else
        {
            k.ImportECPrivateKey(data, out _);
        }
    });

    private static RSA DecodeRsa(byte[] data, bool pkcs8) => Load(RSA.Create(), k =>
    {
        if (pkcs8)
        {
            k.ImportPkcs8PrivateKey(data, out _);
        }
        else
        {
            k.ImportRSAPrivateKey(data, out _);
        }
    });

    private static T Load<T>(T key, Action<T> import)
        where T : AsymmetricAlgorithm
    {
        try
        {
            import(key);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static InvalidInputException Invalid(string message, Remedy? remedy, Exception? inner = null) =>
        new(ErrorCode.InvalidPrivateKey, message, null, inner) { Remedy = remedy };
}
