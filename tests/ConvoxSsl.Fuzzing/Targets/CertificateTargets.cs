using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Text;
using System.Text.Json;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Fuzzing.Mutations;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>Fuzz targets for keys, certificates and signing requests in PEM and PFX, and for the content of signed messages.</summary>
internal static class CertificateTargets
{
    private const string Password = "pa ss";

    private static readonly PrivateKey Key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);

    private static readonly PrivateKey Rsa = PrivateKey.Generate(KeyAlgorithm.Rsa2048);

    /// <summary>Fuzz targets for certificate chains of a CA.</summary>
    public static IReadOnlyList<byte[]> Chains { get; } =
        [Encoding.ASCII.GetBytes(SelfSigned(Key).FullPem()), Encoding.ASCII.GetBytes(
            SelfSigned(Rsa).FullPem() + SelfSigned(Key).FullPem())];

    public static IEnumerable<FuzzTarget> All()
    {
        var names = CertificateNameSet.Parse(["www.example.org", "192.0.2.1", "2001:db8::1", "*.example.org"]);
        byte[] Csr(PrivateKey key) => [.. SigningRequest.Create(key, names).Der.Span];
        var pem = new ByteMutator(
            "-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----\n", "-----BEGIN ", "-----", "\n", "\r", "=", " ");
        var der = new ByteMutator("\u0030\u0082", "\u0030\u0080", "\u0004\u0084\u007f\u00ff\u00ff\u00ff", "\u0002\u0001", "\u0000\u0000");
        return
        [
            new(
                "pem-key",
                pem,
                [.. Keys().Select(Encoding.ASCII.GetBytes)],
                (input, _) => Sync(() => PrivateKey.FromPem(Encoding.ASCII.GetString(input)).Dispose()),
                6),
            new(
                "der-key",
                der,
                [
                    Key.Key.ExportPkcs8PrivateKey(), Rsa.Key.ExportPkcs8PrivateKey(), ((RSA)Rsa.Key).ExportRSAPrivateKey(),
                    ((ECDsa)Key.Key).ExportECPrivateKey(),
                ],
                (input, _) => Sync(() => ReadKey(input)),
                3),
            new(
                "pem-certificate",
                pem,
                Chains,
                (input, _) => Sync(() => CertificateChain.FromPem(Encoding.ASCII.GetString(input), Key).Dispose()),
                5),
            new(
                "der-certificate",
                der,
                [SelfSigned(Key).Leaf.RawData, SelfSigned(Rsa).Leaf.RawData],
                (input, _) => Sync(() => ReadCertificate(input)),
                5),
            new(
                "pem-request",
                pem,
                [Encoding.ASCII.GetBytes(PemEncoding.Write("CERTIFICATE REQUEST", Csr(Key)))],
                (input, _) => Sync(() => SigningRequest.FromPem(Encoding.ASCII.GetString(input))),
                4),
            new("der-request", der, [Csr(Key), Csr(Rsa)], (input, _) => Sync(() => ReadRequest(input)), 4),
            new(
                "pfx",
                der,
                [CreateCheapPfx(SelfSigned(Key), Key), CreateCheapPfx(SelfSigned(Rsa), Rsa)],
                (input, _) => Sync(() => ReadPfx(input)),
                2),
            new(
                "jws",
                new ByteMutator("\"", "\\", "\0", "\u0080", "\u00ff"),
                ["{\"a\":1}"u8.ToArray(), []],
                (input, _) => Sync(() => SignAndVerify(input)),
                4),
        ];
    }

    private static IEnumerable<string> Keys() =>
        [Key.ToPem(), Rsa.ToPem(), ((RSA)Rsa.Key).ExportRSAPrivateKeyPem(), ((ECDsa)Key.Key).ExportECPrivateKeyPem()];

    private static CertificateChain SelfSigned(PrivateKey key) => SelfSignedCertificate.Create(
        key, CertificateNameSet.Parse(["www.example.org", "192.0.2.1"]), DateTimeOffset.UnixEpoch.AddYears(50), TimeSpan.FromDays(90));

    // Like Pfx, but with few iterations, which would otherwise take most of the time.
    private static byte[] CreateCheapPfx(CertificateChain chain, PrivateKey key)
    {
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1);
        var certificates = new Pkcs12SafeContents();
        certificates.AddCertificate(chain.Leaf);
        var keys = new Pkcs12SafeContents();
        keys.AddShroudedKey(key.Key, Password, encryption);
        var builder = new Pkcs12Builder();
        builder.AddSafeContentsEncrypted(certificates, Password, encryption);
        builder.AddSafeContentsUnencrypted(keys);
        builder.SealWithMac(Password, HashAlgorithmName.SHA256, 1);
        return builder.Encode();
    }

    private static void ReadKey(byte[] input)
    {
        foreach (var label in new[] { "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY" })
        {
            try
            {
                using var key = PrivateKey.FromPem(PemEncoding.WriteString(label, input));
                _ = Jwk.ComputeThumbprint(key);
                _ = SigningRequest.Create(key, CertificateNameSet.Parse(["a.example"]));
            }
            catch (Exception e) when (FuzzTarget.IsRejection(e))
            {
            }
        }
    }

    private static void ReadCertificate(byte[] input)
    {
        using var chain =
            CertificateChain.FromPem(PemEncoding.WriteString("CERTIFICATE", input) + "\n" + Encoding.ASCII.GetString(Chains[0]));
        _ = chain.LeafNames();
        _ = chain.LeafKeyAlgorithm();
        _ = RenewalIdentifier.FromCertificate(chain.Leaf);
        _ = Key.Matches(chain.Leaf);
        _ = chain.FullPem();
    }

    private static void ReadRequest(byte[] input)
    {
        var request = SigningRequest.FromPem(PemEncoding.WriteString("CERTIFICATE REQUEST", input));
        _ = request.Names.ToCertificateId();
    }

    private static void ReadPfx(byte[] input)
    {
        var (chain, key) = Pfx.Read(input, Password);
        chain.Dispose();
        key.Dispose();
    }

    // Nonce and URL come from the CA, and parts of the payload from the user: none of them may change.
    private static void SignAndVerify(byte[] input)
    {
        var text = Encoding.Latin1.GetString(input);
        var url = new Uri("https://ca.example/" + Uri.EscapeDataString(text[..Math.Min(text.Length, 1000)]));
        using var jws = JsonDocument.Parse(Jws.Sign(Key, url, text, url, input));
        string Part(string name) => jws.RootElement.GetProperty(name).GetString()!;
        using var header = JsonDocument.Parse(Base64Url.Decode(Part("protected")));
        var isSigned = ((ECDsa)Key.Key).VerifyData(
            Encoding.ASCII.GetBytes($"{Part("protected")}.{Part("payload")}"),
            Base64Url.Decode(Part("signature")),
            HashAlgorithmName.SHA256);
        if (!isSigned || header.RootElement.GetProperty("nonce").GetString() != text || header.RootElement.GetProperty("kid").GetString()
            != url.OriginalString
            || !Base64Url.Decode(Part("payload")).AsSpan().SequenceEqual(input))
        {
            throw new InvalidOperationException("The signed message does not say what it was made of.");
        }
    }

    private static Task Sync(Action read)
    {
        read();
        return Task.CompletedTask;
    }
}
