using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>A private key of a certificate or an account. Holds key material: dispose it.</summary>
public sealed class PrivateKey : IDisposable
{
    private PrivateKey(AsymmetricAlgorithm key, KeyAlgorithm algorithm)
    {
        Key = key;
        Algorithm = algorithm;
    }

    /// <summary>What kind of key this is.</summary>
    public KeyAlgorithm Algorithm { get; }

    /// <summary>The hash that goes with the key: SHA-384 for P-384, else SHA-256.</summary>
    public HashAlgorithmName Hash =>
        Algorithm == KeyAlgorithm.EcdsaP384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;

    /// <summary>The key itself: an <see cref="ECDsa"/> or an <see cref="RSA"/>.</summary>
    internal AsymmetricAlgorithm Key { get; }

    /// <summary>Makes a new key; for RSA that takes up to seconds.</summary>
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

    /// <summary>Reads the one private key of a PEM text: PKCS#8, PKCS#1 or SEC 1, not encrypted.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidPrivateKey</c>: there is none, more than one, it is encrypted or damaged, or of a kind that CAs refuse.
    /// </exception>
    public static PrivateKey FromPem(string pem)
    {
        var blocks = Pem.Read(pem).Where(b => b.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)).ToList();
        return blocks switch
        {
            [] => throw Invalid("The text holds no private key. Give a PEM file with a 'BEGIN PRIVATE KEY' block."),
            [{ Label: "ENCRYPTED PRIVATE KEY" }] => throw Invalid("The private key is encrypted. Decrypt it first, or import a PFX with its password."),
            [var block] => Decode(block),
            _ => throw Invalid($"The text holds {blocks.Count} private keys and exactly one is needed. Remove the others."),
        };
    }

    /// <summary>The key as PKCS#8 PEM. The text is a secret.</summary>
    public string ToPem() => Key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>Whether the certificate's public key belongs to this key.</summary>
    public bool Matches(X509Certificate2 certificate) =>
        Key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>Whether both are the same key.</summary>
    public bool IsSameAs(PrivateKey other) =>
        Key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(other.Key.ExportSubjectPublicKeyInfo());

    /// <summary>A certificate that carries this key.</summary>
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

        // Until it is first used there is no key, and it would be made on the thread of whoever does that.
        key.ExportRSAPublicKey();
        return key;
    }

    private static PrivateKey Decode(PemBlock block)
    {
        try
        {
            return FromKey(block.Label switch
            {
                "RSA PRIVATE KEY" => DecodeRsa(block.Data, pkcs8: false),
                "EC PRIVATE KEY" => DecodeEcdsa(block.Data, pkcs8: false),
                _ => DecodePkcs8(block.Data),
            });
        }
        catch (Exception e) when (e is CryptographicException or NotSupportedException)
        {
            // A curve that this system does not know is a NotSupportedException.
            throw new InvalidInputException(ErrorCode.InvalidPrivateKey, "The private key is damaged or of a kind that is not RSA or ECDSA. Export it again as PKCS#8 PEM.", null, e);
        }
    }

    /// <summary>Takes over a key that another part has loaded.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidPrivateKey</c>: of a kind or size that CAs refuse.</exception>
    internal static PrivateKey FromKey(AsymmetricAlgorithm key)
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
        if (algorithm is { } known)
        {
            return new PrivateKey(key, known);
        }

        var text = $"The private key is {(key is RSA ? "RSA" : "ECDSA")} with {key.KeySize} bits. Use RSA 2048, 3072 or 4096, or ECDSA P-256 or P-384.";
        key.Dispose();
        throw Invalid(text);
    }

    // Other curves have keys of the same size. Windows may know a curve by its name only.
    private static bool IsCurve(ECDsa key, ECCurve known) =>
        key.ExportParameters(includePrivateParameters: false).Curve is { IsNamed: true, Oid: var oid }
        && (oid.Value is { Length: > 0 } value ? value == known.Oid.Value : oid.FriendlyName == known.Oid.FriendlyName);

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

    private static InvalidInputException Invalid(string message) => new(ErrorCode.InvalidPrivateKey, message);
}
