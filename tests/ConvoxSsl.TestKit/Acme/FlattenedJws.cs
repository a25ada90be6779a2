using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>An unverified JWS in flattened JSON (RFC 7515 section 7.2.2).</summary>
internal sealed record FlattenedJws(JsonObject Protected, byte[] Payload, byte[] Input, byte[] Signature)
{
    public string Algorithm => Text("alg") ?? throw Malformed("alg is missing");

    public string? Nonce => Text("nonce");

    public string? Url => Text("url");

    public string? KeyId => Text("kid");

    public JsonNode? Jwk => Protected["jwk"];

    /// <summary>The payload as JSON; null if it is empty.</summary>
    public JsonNode? Document
    {
        get
        {
            try
            {
                return Payload.Length == 0 ? null : JsonNode.Parse(Payload);
            }
            catch (JsonException)
            {
                throw Malformed("the payload is not JSON");
            }
        }
    }

    /// <exception cref="RejectedException"><c>malformed</c>.</exception>
    public static FlattenedJws Read(JsonNode? node)
    {
        try
        {
            var jws = node!.AsObject();
            if (jws.Select(m => m.Key).Except(["protected", "payload", "signature"]).FirstOrDefault() is { } other)
            {
                throw Malformed($"the member '{other}' has no place in it (RFC 8555 section 6.2)");
            }

            var (header, payload) = ((string)jws["protected"]!, (string)jws["payload"]!);
            return new FlattenedJws(
                JsonNode.Parse(Base64Url.DecodeFromChars(header))!.AsObject(),
                Base64Url.DecodeFromChars(payload),
                Encoding.ASCII.GetBytes($"{header}.{payload}"),
                Base64Url.DecodeFromChars((string)jws["signature"]!));
        }
        catch (Exception e)
            when (e is JsonException or FormatException or InvalidOperationException or NullReferenceException or ArgumentNullException)
        {
            throw Malformed("it is no flattened JWS");
        }
    }

    public static FlattenedJws Read(string body)
    {
        try
        {
            return Read(JsonNode.Parse(body));
        }
        catch (JsonException)
        {
            throw Malformed("it is not JSON");
        }
    }

    public static FlattenedJws? TryRead(string body)
    {
        try
        {
            return Read(body);
        }
        catch (RejectedException)
        {
            return null;
        }
    }

    /// <exception cref="RejectedException"><c>badSignatureAlgorithm</c>, or <c>malformed</c> for a wrong signature.</exception>
    public void RequireSignedBy(PublicJwk key)
    {
        if (!PublicJwk.Algorithms.Contains(Algorithm))
        {
            throw new RejectedException(CaResponse.Problem(new CaProblem
            {
                Type = "badSignatureAlgorithm",
                Detail = $"{Algorithm} is not taken",
                Algorithms = PublicJwk.Algorithms,
            }));
        }

        if (!key.Verify(Algorithm, Input, Signature))
        {
            throw Malformed("the signature is wrong");
        }
    }

    public bool IsMacOf(byte[] key) =>
        Algorithm == "HS256" && CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, Input), Signature);

    private string? Text(string name) =>
        Protected[name] is { } value && value.GetValueKind() == JsonValueKind.String ? (string?)value : null;

    private static RejectedException Malformed(string why) => new(400, "malformed", $"The JWS can't be used: {why}");
}
