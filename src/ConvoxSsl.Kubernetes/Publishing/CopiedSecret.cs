using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.Publishing;

/// <summary>
/// A copy of a rack's certificate in an app's namespace, as Convox makes it when a release is promoted: a Secret of the
/// same name with the same data, which the app's ingress names.
/// </summary>
internal static class CopiedSecret
{
    private const string HashAnnotation = "convox.com/data-hash";
    private const string OwnedAnnotation = "cert-manager.io/certificate-name";

    /// <summary>What tells one content from another, in few bytes.</summary>
    public static string Fingerprint(JsonObject secret) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Sorted(secret).Select(entry => $"{entry.Key} {Convert.ToBase64String(entry.Value)}")))));

    /// <summary>Whether a rack's Secret holds something that an app can use; not before it is issued.</summary>
    public static bool CanBeCopied(JsonObject secret) =>
        secret.IsTls() && secret.Data(SecretObject.CertificateKey) is { Length: > 0 } && secret.Data(SecretObject.PrivateKeyKey) is { Length: > 0 };

    /// <summary>Why a Secret of an app must be left as it is; null for a copy.</summary>
    public static string? WhyForeign(JsonObject secret) =>
        secret.Annotation(OwnedAnnotation) is { } certificate ? $"The app's Secret of that name belongs to its own certificate '{certificate}', which cert-manager keeps."
        : secret.HasData(SecretObject.CertificateKey) || secret.Annotation(HashAnnotation) is not null ? null
        : "The app's Secret of that name holds something else than a certificate.";

    /// <summary>A new copy.</summary>
    public static JsonObject New(JsonObject source) => Change(SecretObject.New(source.Name(), SecretObject.TlsType), source);

    /// <summary>Gives a copy the data of its source. Its type can't be changed, and its labels are the app's.</summary>
    public static JsonObject Change(JsonObject copy, JsonObject source)
    {
        copy["data"] = source["data"]!.DeepClone();
        copy.SetAnnotation(HashAnnotation, ConvoxHash(source));
        return copy;
    }

    // Convox's goes over the values in the random order of a Go map; here it is that of the keys, so that it stays the
    // same. SHA-1 is Convox's choice, and protects nothing.
#pragma warning disable CA5350
    private static string ConvoxHash(JsonObject secret) => Convert.ToHexString(SHA1.HashData([.. Sorted(secret).SelectMany(entry => entry.Value)])).ToLowerInvariant();
#pragma warning restore CA5350

    private static IEnumerable<(string Key, byte[] Value)> Sorted(JsonObject secret) =>
        (secret["data"] as JsonObject ?? []).Select(entry => (entry.Key, secret.Data(entry.Key) ?? [])).OrderBy(entry => entry.Key, StringComparer.Ordinal);
}
