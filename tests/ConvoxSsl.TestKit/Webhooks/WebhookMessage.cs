using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Webhooks;

/// <summary>A webhook message that was received.</summary>
/// <param name="Path">Path and query of the URL.</param>
/// <param name="Headers">The request's headers.</param>
/// <param name="Body">The body as received.</param>
public sealed record WebhookMessage(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The id, which all attempts of a message share.</summary>
    public string Id => Headers["webhook-id"];

    /// <summary>The time of this attempt.</summary>
    public DateTimeOffset Time =>
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(Headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The body as JSON.</summary>
    public JsonObject Document => JsonNode.Parse(Body)!.AsObject();

    /// <summary>Verifies the signature as the specification describes it for receivers.</summary>
    /// <param name="secret">The secret: <c>whsec_</c> and base64.</param>
    public bool IsSignedWith(string secret)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{Id}.{Headers["webhook-timestamp"]}."), .. Body];
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed));
        return Headers["webhook-signature"].Split(' ').Contains(expected);
    }
}
