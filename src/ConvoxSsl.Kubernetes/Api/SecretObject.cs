using System.Text;
using System.Text.Json.Nodes;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>Accessors for Secrets, and for the metadata of any object, in the JSON of the API server.</summary>
/// <seealso href="https://kubernetes.io/docs/concepts/configuration/secret"/>
internal static class SecretObject
{
    /// <summary>The type of a Secret that holds a certificate and its private key.</summary>
    public const string TlsType = "kubernetes.io/tls";

    /// <summary>The type of a Secret with arbitrary data.</summary>
    public const string OpaqueType = "Opaque";

    /// <summary>The key of the certificate chain in a TLS Secret.</summary>
    public const string CertificateKey = "tls.crt";

    /// <summary>The key of the private key in a TLS Secret.</summary>
    public const string PrivateKeyKey = "tls.key";

    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>Creates a Secret.</summary>
    public static JsonObject New(string name, string type, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var made = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["type"] = type };
        foreach (var (label, value) in labels)
        {
            made.SetLabel(label, value);
        }

        return made;
    }

    /// <summary>Gets the object's name.</summary>
    public static string Name(this JsonObject found) => (string?)found["metadata"]?["name"] ?? string.Empty;

    /// <summary>True if the Secret's type is TLS.</summary>
    public static bool IsTls(this JsonObject secret) => (string?)secret["type"] == TlsType;

    /// <summary>True if the Secret's data cannot be changed.</summary>
    public static bool IsImmutable(this JsonObject secret) => (bool?)secret["immutable"] == true;

    /// <summary>Gets a label; null if there is none.</summary>
    public static string? Label(this JsonObject found, string name) => (string?)found["metadata"]?["labels"]?[name];

    /// <summary>Sets a label.</summary>
    public static void SetLabel(this JsonObject changed, string name, string value) => changed.Make("metadata", "labels")[name] = value;

    /// <summary>Gets an annotation; null if there is none.</summary>
    public static string? Annotation(this JsonObject found, string name) => (string?)found["metadata"]?["annotations"]?[name];

    /// <summary>Sets an annotation.</summary>
    public static void SetAnnotation(this JsonObject changed, string name, string value) =>
        changed.Make("metadata", "annotations")[name] = value;

    /// <summary>True if the Secret has a value of that name, valid or not.</summary>
    public static bool HasData(this JsonObject secret, string key) => secret["data"]?[key] is not null;

    /// <summary>Gets a value; null if there is none or it is not base64.</summary>
    public static byte[]? Data(this JsonObject secret, string key)
    {
        if ((string?)secret["data"]?[key] is not { } text)
        {
            return null;
        }

        var value = new byte[text.Length];
        return Convert.TryFromBase64String(text, value, out var length) ? value[..length] : null;
    }

    /// <summary>Gets a value as text; null if there is none.</summary>
    public static string? DataText(this JsonObject secret, string key) =>
        secret.Data(key) is { } value ? Encoding.UTF8.GetString(value) : null;

    /// <summary>Gets a value as text; null if there is none.</summary>
    /// <exception cref="FormatException">The value is not base64 or not UTF-8.</exception>
    public static string? RequireDataText(this JsonObject? secret, string key)
    {
        if (secret is null || !secret.HasData(key))
        {
            return null;
        }

        try
        {
            return Strict.GetString(secret.Data(key) ?? throw new FormatException("The value is not base64."));
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException("The value is not UTF-8 text.");
        }
    }

    /// <summary>Sets a value as text; null removes it.</summary>
    public static void SetDataText(this JsonObject secret, string key, string? value) =>
        secret.SetData(key, value is null ? null : Encoding.UTF8.GetBytes(value));

    /// <summary>Sets a value; null removes it.</summary>
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
