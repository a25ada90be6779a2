using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.Publishing;

/// <summary>
/// A copy of a rack's certificate in an app's namespace, as Convox creates it when a release is promoted: a Secret with the
/// same name and data, which the app's ingress references.
/// </summary>
internal static class CopiedSecret
{
    private const string HashAnnotation = "convox.com/data-hash";
    private const string OwnedAnnotation = "cert-manager.io/certificate-name";

    /// <summary>Creates a hash of the Secret's data.</summary>
    public static string Fingerprint(JsonObject secret) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Sorted(secret).Select(Line)))));

    /// <summary>True if the rack's Secret contains an issued certificate with its key.</summary>
    public static bool CanBeCopied(JsonObject secret) =>
        secret.IsTls()
        && secret.Data(SecretObject.CertificateKey) is { Length: > 0 }
        && secret.Data(SecretObject.PrivateKeyKey) is { Length: > 0 };

    /// <summary>The reason why an app's Secret must not be overwritten; null for a copy.</summary>
    public static string? WhyForeign(JsonObject secret) =>
        secret.Annotation(OwnedAnnotation) is { } certificate
            ? $"The app's Secret of that name belongs to the app's own Certificate '{certificate}'."
        : secret.HasData(SecretObject.CertificateKey) || secret.Annotation(HashAnnotation) is not null ? null
        : "The app's Secret of that name does not contain a certificate.";

    /// <summary>Creates a copy.</summary>
    public static JsonObject New(JsonObject source) => Change(SecretObject.New(source.Name(), SecretObject.TlsType), source);

    /// <summary>Replaces a copy's data. The type of a Secret is immutable, and the labels belong to the app.</summary>
    public static JsonObject Change(JsonObject copy, JsonObject source)
    {
        copy["data"] = source["data"]!.DeepClone();
        copy.SetAnnotation(HashAnnotation, ConvoxHash(source));
        return copy;
    }

    // Convox hashes the values in the random order of a Go map. Sort them by key here, so that the hash is stable. SHA-1 is
    // Convox's choice and protects nothing.
#pragma warning disable CA5350
    private static string ConvoxHash(JsonObject secret) =>
        Convert.ToHexString(SHA1.HashData([.. Sorted(secret).SelectMany(entry => entry.Value)])).ToLowerInvariant();
#pragma warning restore CA5350

    private static IEnumerable<(string Key, byte[] Value)> Sorted(JsonObject secret) =>
        (secret["data"] as JsonObject ?? [])
            .Select(entry => (entry.Key, secret.Data(entry.Key) ?? []))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal);

    private static string Line((string Key, byte[] Value) entry) => $"{entry.Key} {Convert.ToBase64String(entry.Value)}";
}
