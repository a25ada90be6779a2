using System.Security.Cryptography;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>
/// A signing secret: <c>whsec_</c> and 24 to 64 bytes in base64, as Standard Webhooks specifies it
/// (https://github.com/standard-webhooks/standard-webhooks). Texts never show it.
/// </summary>
public sealed class WebhookSecret
{
    private const string Prefix = "whsec_";
    private const int MinLength = 24;
    private const int MaxLength = 64;
    private const int GeneratedLength = 32;

    private WebhookSecret(byte[] key) => Key = key;

    /// <summary>The secret in the form in which users exchange it.</summary>
    public string Value => Prefix + Convert.ToBase64String(Key);

    /// <summary>The signing key.</summary>
    internal byte[] Key { get; }

    /// <summary>Generates a secret.</summary>
    public static WebhookSecret Generate() => new(RandomNumberGenerator.GetBytes(GeneratedLength));

    /// <summary>Parses a secret from the user or the receiver.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidWebhookSecret</c>.</exception>
    public static WebhookSecret Parse(string text)
    {
        var key = new byte[text.Length];
        return text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], key, out var length)
            && length is >= MinLength and <= MaxLength
            ? new WebhookSecret(key[..length])
            : throw new InvalidInputException(
                ErrorCode.InvalidWebhookSecret,
                $"The webhook's secret is not valid because it is not '{Prefix}' followed by {MinLength} to {MaxLength} bytes in base64.")
            {
                Remedy = "Omit it to have one generated.",
            };
    }

    /// <inheritdoc/>
    public override string ToString() => "***";
}
