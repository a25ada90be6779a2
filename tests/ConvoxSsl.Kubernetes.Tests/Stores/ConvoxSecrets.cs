using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Kubernetes.Tests.Stores;

/// <summary>Secrets as Convox and its cert-manager write them.</summary>
/// <seealso href="https://github.com/convox/convox/blob/master/provider/k8s/certificate.go"/>
internal static class ConvoxSecrets
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The Secret of <c>convox certs import</c>: the certificate, a line feed, and the chain, which may be empty.</summary>
    public static JsonObject CreateImported(
        string rack, string inNamespace, string certificate, string key, string chain = "") => CreateTls(
        inNamespace,
        null,
        $"{certificate}\n{chain}",
        key,
        new JsonObject { ["system"] = "convox", ["rack"] = rack, ["type"] = "certificate" });

    /// <summary>The Secret of <c>convox certs generate --issuer letsencrypt</c> after issuance by cert-manager v1.10.</summary>
    public static JsonObject CreateIssued(string inNamespace, string name, string fullChain, string key, string issuer = "letsencrypt")
    {
        var labels = new JsonObject { ["system"] = "convox", ["type"] = "letsencrypt-certificate" };
        var secret = CreateTls(inNamespace, name, fullChain, key, labels);
        secret["metadata"]!["annotations"] = new JsonObject
        {
            ["cert-manager.io/alt-names"] = "www.example.org",
            ["cert-manager.io/certificate-name"] = name,
            ["cert-manager.io/common-name"] = "www.example.org",
            ["cert-manager.io/ip-sans"] = "",
            ["cert-manager.io/issuer-group"] = "cert-manager.io",
            ["cert-manager.io/issuer-kind"] = "ClusterIssuer",
            ["cert-manager.io/issuer-name"] = issuer,
            ["cert-manager.io/uri-sans"] = "",
        };
        return secret;
    }

    public static JsonObject CreateTls(string inNamespace, string? name, string certificate, string key, JsonObject? labels = null) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject
        {
            ["namespace"] = inNamespace,
            [name is null ? "generateName" : "name"] = name ?? "cert-",
            ["labels"] = labels ?? [],
        },
        ["type"] = "kubernetes.io/tls",
        ["data"] = new JsonObject { ["tls.crt"] = Base64(certificate), ["tls.key"] = Base64(key) },
    };

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static string DecodeText(JsonObject secret, string key) =>
        Encoding.UTF8.GetString(Convert.FromBase64String((string)secret["data"]![key]!));

    /// <summary>Creates a leaf certificate below a root.</summary>
    public static TestChain CreateChain(
        string? name = "www.example.org", string? commonName = null, KeyAlgorithm algorithm = KeyAlgorithm.EcdsaP256) =>
        TestChain.Create(name, commonName, algorithm);
}
