using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Webhooks;

/// <summary>Signs messages according to Standard Webhooks: HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
internal static class WebhookSignature
{
    /// <summary>Computes the value of the <c>webhook-signature</c> header.</summary>
    public static string Compute(WebhookSecret secret, string id, DateTimeOffset time, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret.Key);
        mac.AppendData(Encoding.ASCII.GetBytes($"{id}.{FormatTimestamp(time)}."));
        mac.AppendData(body);
        return "v1," + Convert.ToBase64String(mac.GetHashAndReset());
    }

    /// <summary>Formats the value of the <c>webhook-timestamp</c> header.</summary>
    public static string FormatTimestamp(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
