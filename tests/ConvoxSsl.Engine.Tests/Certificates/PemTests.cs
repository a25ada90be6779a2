using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Tests.Certificates;

/// <summary>Files as OpenSSL, ssh-keygen, PowerShell and Windows write them. The keys are OpenSSL's, made for these tests.</summary>
public sealed class PemTests
{
    private const string Password = "pä55 word";

    private const string Plain = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEII8Vv4RmhDfbFwwEFvRLfNTd4cmU6z27nh5YRq4X33V9oAoGCCqGSM49
        AwEHoUQDQgAEHDgM8Rrn2vJtg6cISAZ0gxfEHs5KEgcZx7jXt9MtJ/ZyNNZDZFia
        ERSyJ6KB+UvZIMQqqbaxAhuLqxAvvS0rwA==
        -----END EC PRIVATE KEY-----
        """;

    private const string Ed25519Key =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIPD7/RCtBg1iAxOSAOwVrAL1onD9ubpatQ/KmjAvWIGF\n-----END PRIVATE KEY-----\n";

    private const string Ed25519Request = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIHCMHYCAQAwGDEWMBQGA1UEAwwNYS5leGFtcGxlLm9yZzAqMAUGAytlcAMhAGG1
        KV6/N8aYBg9vbt9ab8cm0p90VmtyToSXHN+hBD5VoCswKQYJKoZIhvcNAQkOMRww
        GjAYBgNVHREEETAPgg1hLmV4YW1wbGUub3JnMAUGAytlcANBABv4JwaGbHGnx1le
        5XcuZqwBdPfIgW8o92vrRRKylMjN8vkvTPQtwIvBNrAbZzLxE/lf+qQSOpEn193A
        2f6/ZAs=
        -----END CERTIFICATE REQUEST-----
        """;

    private const string Scrypt = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAh6LetCyoOG2QICBAAC
        AQgCAQEwHQYJYIZIAWUDBAEqBBAeELk0iadW9ndtD2Ep5rExBIGQESf7A8jIVC0/
        /gFtRZ+4R+3fXK0vT4G5FzLUH/0k3nsi1YI9dOZ2GSpP+pPxAHIoSiMCW9ZWiG8y
        4l7exYE3dgGe3VPB4AYrsXSTf8YCHXQGmXwtoyauF4u47MTDpnSlJSU5dMcXi0xh
        dvo469AZNH9UCz1pNq8TcG/YEmbflB001OhGxsAPjSxnPWqHaI2b
        -----END ENCRYPTED PRIVATE KEY-----
        """;

    public static TheoryData<string> EncryptedKeys =>
    [
        """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,240B7DF8EA859B9033A84C9526DB20BA

        W1BDK5SvGw3Vjsf6lDtiIx0K4pOzwBro0Dy+/dGoL/l8BwKlX0CyjpqTp+VUf77c
        6weHK1Ji5LjPj1agG808iS49nvGFd9IOKdDVg5KofdG3DC0TQNjEEfFFKqEML/rk
        F2rBMoLCD8W+JGtYF3LVmsqNhaAiy1bssXz9sn5CX6w=
        -----END EC PRIVATE KEY-----
        """,
        """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-128-CBC,603044B7C190E7DA224FB4E5625AEA5B

        JG1SHla8bFffO7gSErutj30lM2mT4PTBVnsN/eiKX7ticjsV+2k8OxKFD9BYlsH8
        M5oDjrCtdRABNrmyS1kOSP0d9SjFbKIjaRtV0phPp4p30F6Cgdhy58iZs7qLg0F2
        H1JGU4sBAulztzwJwoYVNxAfhIkL96jLHG9n/W5XLVo=
        -----END EC PRIVATE KEY-----
        """,
        """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: DES-EDE3-CBC,F6DF4050A20EFAB0

        nVKjWknUPNivVyxGf5x9YCKxIK6Ps1h2jTCrV6HFbfQ/zoxbb/3nvJPDOKLFqseU
        c43MzrK0NVoCqeULBL+r4ibNsSw056DC5Bq9xni2+SXvawaAtkeSU81mB9Mp3sri
        SC44sch4TSWmz00pXPjbKzWBabiabIZ6OOmJ8BRegG4=
        -----END EC PRIVATE KEY-----
        """,
        """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg1nBY0SPss5wICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEMXWimsiBMfYeW1aiiR6DQUEgZDL
        MdVRmVhmh0+3sGxGYoEcexv0Ka85i1XUJFpo9C/YvjPKc0x1OHPeyFoMGnOuUpMR
        2yLQWk7xkJ1FqQttYRKOefyVy58Dr4vw7cFfRgLD9hj9ChEq1MIMBMosEwpCjH+W
        +U8F4LymvFKZ+T+Tx45FMD03CZATVFKhkpYy+tOQ1q6bWb/bb5WYxBXx3Y4insI=
        -----END ENCRYPTED PRIVATE KEY-----
        """,
    ];

    [Theory]
    [MemberData(nameof(EncryptedKeys))]
    public void An_encrypted_key_is_decrypted(string pem)
    {
        using var expected = PrivateKey.FromPem(Plain);
        using var key = PrivateKey.FromPem(pem, Password.ToCharArray());
        Assert.True(expected.IsSameAs(key));
    }

    [Theory]
    [MemberData(nameof(EncryptedKeys))]
    public void A_missing_or_wrong_password_is_named(string pem)
    {
        Assert.Contains("is encrypted", Invalid(() => PrivateKey.FromPem(pem)), StringComparison.Ordinal);
        Assert.Contains("password is wrong", Invalid(() => PrivateKey.FromPem(pem, "other".ToCharArray())), StringComparison.Ordinal);
        Assert.Contains("password is wrong", Invalid(() => PrivateKey.FromPem(pem, [])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\uFEFF", "\n", "")]
    [InlineData("", "", "")]
    [InlineData("\uFEFF", "\n\uFEFF", "\r\n")]
    [InlineData("a comment\n", "", "trailing")]
    public void Byte_order_marks_and_joined_blocks_are_read(string before, string between, string after)
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var pem = SelfSigned(key);
        var joined = before + key.ToPem().TrimEnd() + between + pem + between + SelfSigned(key, "other.example.org") + after;

        using var parsed = PrivateKey.FromPem(joined);
        Assert.True(key.IsSameAs(parsed));
        using var chain = CertificateChain.FromPem(joined, key);
        Assert.Equal(pem + "\n", chain.LeafPem());
        Assert.Equal(2, RootCertificates.Parse(joined).Count);
        var request = before + SigningRequest.Create(key, CertificateNameSet.Parse(["a.example.org"])).ToPem().TrimEnd() + pem + after;
        Assert.Equal("a.example.org", SigningRequest.FromPem(request).Names[0].Value);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void A_file_in_the_encoding_of_its_byte_order_mark_is_read(string encoding)
    {
        var content = Encoding.GetEncoding(encoding);
        using var key = PrivateKey.FromPem(PemFile.Decode([.. content.GetPreamble(), .. content.GetBytes(Plain)]));
        Assert.Equal(KeyAlgorithm.EcdsaP256, key.Algorithm);
    }

    [Fact]
    public void DER_is_read()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        using var rsa = RSA.Create(2048);
        var (ecdsa, pem) = ((ECDsa)key.Key, SelfSigned(key));
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2);
        byte[][] keys =
        [
            ecdsa.ExportPkcs8PrivateKey(), ecdsa.ExportECPrivateKey(), ecdsa.ExportEncryptedPkcs8PrivateKey(Password, encryption),
        ];
        foreach (var der in keys)
        {
            using var parsed = PrivateKey.FromPem(PemFile.Decode(der), Password.ToCharArray());
            Assert.True(key.IsSameAs(parsed));
        }

        PrivateKey.FromPem(PemFile.Decode(rsa.ExportRSAPrivateKey())).Dispose();
        using var certificate = X509Certificate2.CreateFromPem(pem);
        using var chain = CertificateChain.FromPem(PemFile.Decode(certificate.RawData));
        Assert.Equal(pem + "\n", chain.FullPem());
        var request = SigningRequest.Create(key, CertificateNameSet.Parse(["a.example.org"]));
        Assert.Equal("a.example.org", SigningRequest.FromPem(PemFile.Decode(request.Der.ToArray())).Names[0].Value);
        Assert.True(PemFile.IsPfx(Pfx.Write(chain, key, [])));
        Assert.False(PemFile.IsPfx(certificate.RawData));
    }

    [Fact]
    public void A_PKCS7_bundle_and_a_trusted_certificate_are_read()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var pem = SelfSigned(key);
        using var certificate = X509Certificate2.CreateFromPem(pem);
        var bundle = new X509Certificate2Collection(certificate).Export(X509ContentType.Pkcs7)!;
        foreach (var text in new[]
        {
            PemFile.Decode(bundle),
            PemEncoding.WriteString("PKCS7", bundle),
            PemEncoding.WriteString("TRUSTED CERTIFICATE", [.. certificate.RawData, 0x30, 0x00]),
        })
        {
            using var chain = CertificateChain.FromPem(text);
            Assert.Equal(pem + "\n", chain.FullPem());
            Assert.Single(RootCertificates.Parse(text));
        }
    }

    [Theory]
    [InlineData(Ed25519Key, "its type is Ed25519")]
    [InlineData(Ed25519Request, "no private key, only a certificate signing request")]
    [InlineData(Scrypt, "encrypted with scrypt")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "the format of OpenSSH")]
    [InlineData("PuTTY-User-Key-File-3: ssh-rsa\n", "the format of PuTTY")]
    [InlineData("ssh-ed25519 AAAA me@example.org\n", "a public key of SSH")]
    public void A_key_that_is_not_accepted_is_named(string pem, string expected) =>
        Assert.Contains(expected, Invalid(() => PrivateKey.FromPem(pem, Password.ToCharArray())), StringComparison.Ordinal);

    [Theory]
    [InlineData("1.3.132.0.35", "P-521")]
    [InlineData("1.3.132.0.10", "secP256k1")]
    public void A_curve_that_is_not_accepted_is_named(string curve, string name)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromValue(curve));
        Assert.Contains(
            $"ECDSA with the curve {name}",
            Invalid(() => PrivateKey.FromPem(key.ExportPkcs8PrivateKeyPem())),
            StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_key_type_of_a_signing_request_is_named()
    {
        var error = Assert.Throws<InvalidInputException>(() => SigningRequest.FromPem(Ed25519Request));
        Assert.Equal("InvalidSigningRequest", error.Code);
        Assert.Contains("the type of its key is Ed25519", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Java_keystore_is_named()
    {
        var error = Assert.Throws<InvalidInputException>(() => PemFile.Decode([0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2]));
        Assert.Contains("Java keystore", error.Message, StringComparison.Ordinal);
    }

    private static string Invalid(Action action)
    {
        var error = Assert.Throws<InvalidInputException>(action);
        Assert.Equal("InvalidPrivateKey", error.Code);
        return error.Message;
    }

    private static string SelfSigned(PrivateKey key, string name = "one.example.org")
    {
        using var chain = SelfSignedCertificate.Create(
            key, CertificateNameSet.Parse([name]), DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        return chain.LeafPem().TrimEnd();
    }
}
