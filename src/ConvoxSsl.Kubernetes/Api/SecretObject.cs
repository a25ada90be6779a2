using System.Text;
using System.Text.Json.Nodes;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>The parts of a Secret, and of any object's metadata, in the JSON of the API server.</summary>
/// <seealso href="https://kubernetes.io/docs/concepts/configuration/secret"/>
internal static class SecretObject
{
    /// <summary>The type of a Secret that holds a certificate and its key.</summary>
    public const string TlsType = "kubernetes.io/tls";

    /// <summary>The type of a Secret that holds anything.</summary>
    public const string OpaqueType = "Opaque";

    /// <summary>Where a TLS Secret holds leaf and issuers.</summary>
    public const string CertificateKey = "tls.crt";

    /// <summary>Where a TLS Secret holds the private key.</summary>
    public const string PrivateKeyKey = "tls.key";

    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>A new Secret.</summary>
    public static JsonObject New(string name, string type, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var made = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["type"] = type };
        foreach (var (label, value) in labels)
        {
            made.SetLabel(label, value);
        }

        return made;
    }

    /// <summary>The object's name.</summary>
    public static string Name(this JsonObject found) => (string?)found["metadata"]?["name"] ?? string.Empty;

    /// <summary>Whether it can hold a certificate and key.</summary>
    public static bool IsTls(this JsonObject secret) => (string?)secret["type"] == TlsType;

    /// <summary>A label, or null.</summary>
    public static string? Label(this JsonObject found, string name) => (string?)found["metadata"]?["labels"]?[name];

    /// <summary>Sets a label.</summary>
    public static void SetLabel(this JsonObject changed, string name, string value) => changed.Make("metadata", "labels")[name] = value;

    /// <summary>An annotation, or null.</summary>
    public static string? Annotation(this JsonObject found, string name) => (string?)found["metadata"]?["annotations"]?[name];

    /// <summary>Sets an annotation.</summary>
    public static void SetAnnotation(this JsonObject changed, string name, string value) => changed.Make("metadata", "annotations")[name] = value;

    /// <summary>Whether a Secret has a value of that name, be it one that can be read or not.</summary>
    public static bool HasData(this JsonObject secret, string key) => secret["data"]?[key] is not null;

    /// <summary>A value of a Secret; null where there is none, or it is no base64.</summary>
    public static byte[]? Data(this JsonObject secret, string key)
    {
        if ((string?)secret["data"]?[key] is not { } text)
        {
            return null;
        }

        var value = new byte[text.Length];
        return Convert.TryFromBase64String(text, value, out var length) ? value[..length] : null;
    }

    /// <summary>A value of a Secret as text; null where there is none.</summary>
    public static string? DataText(this JsonObject secret, string key) => secret.Data(key) is { } value ? Encoding.UTF8.GetString(value) : null;

    /// <summary>A value of a Secret as text; null where there is none.</summary>
    /// <exception cref="FormatException">It is no text, or no base64.</exception>
    public static string? RequireDataText(this JsonObject? secret, string key)
    {
        if (secret is null || !secret.HasData(key))
        {
            return null;
        }

        try
        {
            return Strict.GetString(secret.Data(key) ?? throw new FormatException("The value is no base64."));
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException("The value is no text.");
        }
    }

    /// <summary>Sets a value of a Secret, or removes it.</summary>
    public static void SetDataText(this JsonObject secret, string key, string? value) => secret.SetData(key, value is null ? null : Encoding.UTF8.GetBytes(value));

    /// <summary>Sets a value of a Secret, or removes it.</summary>
    public static void SetData(this JsonObject secret, string key, byte[]? value)
    {
        if (value is null)
        {
            secret.Make("data").Remove(key);
        }
        else
        {
            secret.Make("data")[key] = Convert.ToBase64String(value);
        }
    }
}
