using System.Security.Cryptography;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>
/// What notices are signed with: <c>whsec_</c> and 24 to 64 bytes in base64, as Standard Webhooks writes it
/// (https://github.com/standard-webhooks/standard-webhooks). No text shows it.
/// </summary>
public sealed class WebhookSecret
{
    private const string Prefix = "whsec_";
    private const int Shortest = 24;
    private const int Longest = 64;
    private const int Generated = 32;

    private WebhookSecret(byte[] key) => Key = key;

    /// <summary>The secret as users pass it on.</summary>
    public string Value => Prefix + Convert.ToBase64String(Key);

    /// <summary>The key of the signatures.</summary>
    internal byte[] Key { get; }

    /// <summary>A new secret.</summary>
    public static WebhookSecret Generate() => new(RandomNumberGenerator.GetBytes(Generated));

    /// <summary>A secret that the user chose or the receiver gave.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidWebhookSecret</c>.</exception>
    public static WebhookSecret Parse(string text)
    {
        var key = new byte[text.Length];
        return text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], key, out var length)
            && length is >= Shortest and <= Longest
            ? new WebhookSecret(key[..length])
            : throw new InvalidInputException(
                ErrorCode.InvalidWebhookSecret,
                $"The webhook's secret can't be used. It is '{Prefix}' followed by {Shortest} to {Longest} bytes in base64; leave it out, and one is made.");
    }

    /// <inheritdoc/>
    public override string ToString() => "***";
}
