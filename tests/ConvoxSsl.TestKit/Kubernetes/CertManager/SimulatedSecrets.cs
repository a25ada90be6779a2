using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.CertManager;

/// <summary>The Secrets of Certificates.</summary>
internal sealed class SimulatedSecrets(KubernetesApi api, string namespaceName, bool ownsSecrets)
{
    private const string Prefix = "cert-manager.io/";

    private string ListPath => KubernetesKinds.ListPath("v1", "secrets", namespaceName);

    public Task<JsonObject?> FindAsync(JsonObject certificate, CancellationToken ct) =>
        api.FindAsync($"{ListPath}/{certificate["spec"]!["secretName"]}", ct);

    /// <summary>The reason why a certificate must be issued; null if it need not be.</summary>
    public static (string? Reason, string? Message) FindIssueReason(JsonObject certificate, JsonObject? secret, DateTimeOffset now)
    {
        var spec = certificate["spec"]!;
        if (secret is null)
        {
            return ("DoesNotExist", "Issuing certificate as Secret does not exist");
        }

        string? Annotation(string name) => (string?)secret["metadata"]?["annotations"]?[Prefix + name];
        if (string.IsNullOrEmpty((string?)secret["data"]?["tls.crt"]) || string.IsNullOrEmpty((string?)secret["data"]?["tls.key"]))
        {
            return ("MissingData", "Issuing certificate as Secret does not contain any data");
        }

        if (Annotation("issuer-name") != (string?)spec["issuerRef"]!["name"])
        {
            return (
                "IncorrectIssuer",
                "Issuing certificate as Secret was previously issued by "
                    + $"\"{Annotation("issuer-kind")}.{Annotation("issuer-group")}/{Annotation("issuer-name")}\"");
        }

        if (Annotation("alt-names") is not { } names || !names.Split(',').ToHashSet().SetEquals(
            spec["dnsNames"]!.AsArray().Select(n => (string)n!)))
        {
            return ("SecretMismatch", "Existing issued Secret is not up to date for spec: [spec.dnsNames]");
        }

        return DateTimeOffset.TryParse((string?)certificate["status"]?["renewalTime"], CultureInfo.InvariantCulture, out var renewal)
            && renewal <= now
            ? ("Renewing", $"Renewing certificate as renewal was scheduled at {renewal:u}")
            : (null, null);
    }

    public async Task WriteAsync(JsonObject certificate, JsonObject? before, string chain, AsymmetricAlgorithm key, CancellationToken ct)
    {
        var spec = certificate["spec"]!;
        var names = spec["dnsNames"]!.AsArray().Select(n => (string)n!).ToList();
        var annotations = Copy(spec["secretTemplate"]?["annotations"]);
        annotations[Prefix + "alt-names"] = string.Join(',', names);
        annotations[Prefix + "certificate-name"] = (string)certificate["metadata"]!["name"]!;
        annotations[Prefix + "common-name"] = names[0];
        annotations[Prefix + "ip-sans"] = string.Empty;
        annotations[Prefix + "issuer-group"] = (string?)spec["issuerRef"]!["group"] ?? string.Empty;
        annotations[Prefix + "issuer-kind"] = (string?)spec["issuerRef"]!["kind"] ?? string.Empty;
        annotations[Prefix + "issuer-name"] = (string)spec["issuerRef"]!["name"]!;
        annotations[Prefix + "uri-sans"] = string.Empty;
        var metadata = new JsonObject { ["annotations"] = annotations, ["labels"] = Copy(spec["secretTemplate"]?["labels"]) };
        if (ownsSecrets)
        {
            metadata["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "cert-manager.io/v1",
                ["kind"] = "Certificate",
                ["name"] = (string)certificate["metadata"]!["name"]!,
                ["uid"] = (string)certificate["metadata"]!["uid"]!,
                ["controller"] = true,
                ["blockOwnerDeletion"] = true,
            });
        }

        var data = new JsonObject { ["tls.crt"] = Base64(chain), ["tls.key"] = Base64(key.ExportPkcs8PrivateKeyPem() + "\n") };
        if (before is not null)
        {
            metadata["resourceVersion"] = (string)before["metadata"]!["resourceVersion"]!;
            await api.PatchAsync($"{ListPath}/{spec["secretName"]}", new JsonObject { ["metadata"] = metadata, ["data"] = data }, ct);
            return;
        }

        metadata["name"] = (string)spec["secretName"]!;
        metadata["namespace"] = namespaceName;
        await api.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = metadata,
                ["type"] = "kubernetes.io/tls",
                ["data"] = data,
            },
            ct);
    }

    /// <summary>Deletes objects of deleted Certificates, as the cluster's garbage collector does.</summary>
    public async Task CollectAsync(IReadOnlyList<string> uids, CancellationToken ct)
    {
        foreach (var secret in await api.ListAsync(ListPath, ct))
        {
            var owners = (secret["metadata"]!["ownerReferences"] as JsonArray ?? [])
                .Where(o => (string?)o!["kind"] == "Certificate")
                .ToList();
            if (owners.Count > 0 && owners.All(o => !uids.Contains((string)o!["uid"]!)))
            {
                await api.DeleteAsync($"{ListPath}/{secret["metadata"]!["name"]}", ct);
            }
        }
    }

    /// <summary>The key of the next revision: the current one if the policy is never to rotate it.</summary>
    public static AsymmetricAlgorithm KeyFor(JsonObject spec, JsonObject? secret)
    {
        var wanted = spec["privateKey"];
        var isEcdsa = (string?)wanted?["algorithm"] == "ECDSA";
        var size = (int?)wanted?["size"];
        AsymmetricAlgorithm key = isEcdsa
            ? ECDsa.Create(size == 384 ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256)
            : RSA.Create(size ?? 2048);
        if ((string?)wanted?["rotationPolicy"] != "Always" && (string?)secret?["data"]?["tls.key"] is { Length: > 0 } before)
        {
            key.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(before)));
        }

        return key;
    }

    private static JsonObject Copy(JsonNode? from) => from?.DeepClone() as JsonObject ?? [];

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
