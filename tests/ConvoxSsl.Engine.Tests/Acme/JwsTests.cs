using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using Base64Url = ConvoxSsl.Engine.Acme.Base64Url;

namespace ConvoxSsl.Engine.Tests.Acme;

public sealed class JwsTests
{
    private static readonly Uri Url = new("https://ca.example/acme/new-order");

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256, "ES256")]
    [InlineData(KeyAlgorithm.EcdsaP384, "ES384")]
    [InlineData(KeyAlgorithm.Rsa2048, "RS256")]
    [InlineData(KeyAlgorithm.Rsa3072, "RS256")]
    public void The_key_in_the_header_verifies_the_signature(KeyAlgorithm algorithm, string name)
    {
        using var key = PrivateKey.Generate(algorithm);
        var jws = JsonNode.Parse(Jws.Sign(key, null, "nonce-1", Url, "{\"a\":1}"u8))!;
        var header = Decoded(jws, "protected");

        Assert.Equal(["payload", "protected", "signature"], jws.AsObject().Select(m => m.Key).Order());
        Assert.Equal(["alg", "jwk", "nonce", "url"], header.AsObject().Select(m => m.Key).Order());
        Assert.Equal((name, "nonce-1", Url.AbsoluteUri), ((string?)header["alg"], (string?)header["nonce"], (string?)header["url"]));
        Assert.Equal("{\"a\":1}", Decoded(jws, "payload").ToJsonString());
        Assert.True(Verify(jws, name, header["jwk"]!));
    }

    [Fact]
    public void A_known_account_signs_with_its_URL_as_the_kid()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var header = Decoded(JsonNode.Parse(Jws.Sign(key, new Uri("https://ca.example/account/1"), "n", Url, default))!, "protected");

        Assert.Equal(["alg", "kid", "nonce", "url"], header.AsObject().Select(m => m.Key).Order());
        Assert.Equal("https://ca.example/account/1", (string?)header["kid"]);
    }

    [Fact]
    public void POST_as_GET_has_an_empty_payload()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        Assert.Equal(string.Empty, (string?)JsonNode.Parse(Jws.Sign(key, Url, "n", Url, default))!["payload"]);
    }

    [Fact]
    public void A_quotation_mark_in_a_nonce_is_escaped()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var header = Decoded(JsonNode.Parse(Jws.Sign(key, Url, "a\",\"alg\":\"none", Url, default))!, "protected");

        Assert.Equal("a\",\"alg\":\"none", (string?)header["nonce"]);
        Assert.Equal("ES256", (string?)header["alg"]);
    }

    [Fact]
    public void The_inner_JWS_of_a_key_change_is_signed_with_the_new_key_and_has_no_nonce()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP384);
        var jws = JsonNode.Parse(Jws.SignKeyChange(key, Url, "{}"u8))!;
        var header = Decoded(jws, "protected");

        Assert.Equal(["alg", "jwk", "url"], header.AsObject().Select(m => m.Key).Order());
        Assert.True(Verify(jws, "ES384", header["jwk"]!));
    }

    [Fact]
    public void An_external_account_binding_is_a_MAC_of_the_account_key()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var mac = RandomNumberGenerator.GetBytes(32);
        var jws = JsonNode.Parse(Jws.BindExternalAccount(new ExternalAccount("kid-1", Base64Url.Encode(mac)), key, Url))!;
        var header = Decoded(jws, "protected");

        Assert.Equal(["alg", "kid", "url"], header.AsObject().Select(m => m.Key).Order());
        Assert.Equal(("HS256", "kid-1"), ((string?)header["alg"], (string?)header["kid"]));
        Assert.Equal(Jwk.Format(key), Decoded(jws, "payload").ToJsonString());
        Assert.Equal(HMACSHA256.HashData(mac, Input(jws)), Signature(jws));
    }

    [Fact]
    public void The_thumbprint_matches_RFC_7638_section_3_1()
    {
        const string Modulus =
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
                + "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5ha"
                + "jrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        using var key =
            PrivateKey.FromKey(RSA.Create(new RSAParameters { Modulus = Base64Url.Decode(Modulus), Exponent = Base64Url.Decode("AQAB") }));

        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", Jwk.ComputeThumbprint(key));
    }

    [Fact]
    public void Base64url_matches_RFC_7515_appendix_C()
    {
        byte[] octets = [3, 236, 255, 224, 193];

        Assert.Equal("A-z_4ME", Base64Url.Encode(octets));
        Assert.Equal(octets, Base64Url.Decode("A-z_4ME"));
        Assert.Equal(string.Empty, Base64Url.Encode([]));
    }

    [Fact]
    public void Coordinates_keep_their_leading_zeros()
    {
        // One key in 128 has a coordinate that begins with a zero octet (RFC 7518 section 6.2.1.2).
        for (var i = 0; i < 300; i++)
        {
            using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
            var jwk = JsonNode.Parse(Jwk.Format(key))!;
            Assert.Equal((32, 32), (Base64Url.Decode((string)jwk["x"]!).Length, Base64Url.Decode((string)jwk["y"]!).Length));
        }
    }

    private static JsonNode Decoded(JsonNode jws, string part) =>
        JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars((string?)jws[part]))!;

    private static byte[] Input(JsonNode jws) => Encoding.ASCII.GetBytes($"{jws["protected"]}.{jws["payload"]}");

    private static byte[] Signature(JsonNode jws) => System.Buffers.Text.Base64Url.DecodeFromChars((string?)jws["signature"]);

    private static bool Verify(JsonNode jws, string algorithm, JsonNode jwk)
    {
        byte[] Member(string name) => System.Buffers.Text.Base64Url.DecodeFromChars((string?)jwk[name]);
        if (algorithm == "RS256")
        {
            using var rsa = RSA.Create(new RSAParameters { Modulus = Member("n"), Exponent = Member("e") });
            return rsa.VerifyData(Input(jws), Signature(jws), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = (string?)jwk["crv"] == "P-384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Member("x"), Y = Member("y") },
        });
        return ecdsa.VerifyData(
            Input(jws),
            Signature(jws),
            algorithm == "ES384" ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
