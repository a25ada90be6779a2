using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.CertManager;

/// <summary>The Deployment and the ServiceAccount of cert-manager's controller, as Convox's template creates them.</summary>
/// <seealso href="https://github.com/convox/convox/blob/master/provider/k8s/template/system/cert-manager.yml.tmpl"/>
public static class InstalledCertManager
{
    /// <summary>The path of the Deployment.</summary>
    public const string Deployment = "/apis/apps/v1/namespaces/cert-manager/deployments/cert-manager";

    /// <summary>The path of the ServiceAccount.</summary>
    public const string Account = "/api/v1/namespaces/cert-manager/serviceaccounts/cert-manager";

    private const string Version = "app.kubernetes.io/version";

    /// <summary>Creates both, in an existing namespace.</summary>
    /// <param name="api">The API, as an administrator.</param>
    /// <param name="image">The controller's image.</param>
    /// <param name="label">The version in the labels; null for none.</param>
    /// <param name="ct">The cancellation token.</param>
    public static async Task CreateAsync(KubernetesApi api, string image, string? label, CancellationToken ct)
    {
        var selector = new JsonObject { ["app.kubernetes.io/name"] = "cert-manager", ["app.kubernetes.io/component"] = "controller" };
        await api.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = "apps/v1",
                ["kind"] = "Deployment",
                ["metadata"] = Metadata(label),
                ["spec"] = new JsonObject
                {
                    ["replicas"] = 1,
                    ["selector"] = new JsonObject { ["matchLabels"] = selector.DeepClone() },
                    ["template"] = new JsonObject
                    {
                        ["metadata"] = new JsonObject { ["labels"] = selector },
                        ["spec"] = new JsonObject
                        {
                            ["containers"] = new JsonArray(
                                new JsonObject { ["name"] = "proxy", ["image"] = "registry.example.org/proxy:1.2.3" },
                                new JsonObject { ["name"] = "cert-manager", ["image"] = image }),
                        },
                    },
                },
            },
            ct);
        await api.CreateAsync(
            new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ServiceAccount", ["metadata"] = Metadata(label) }, ct);
    }

    /// <summary>Deletes what exists of both.</summary>
    public static async Task DeleteAsync(KubernetesApi api, CancellationToken ct)
    {
        foreach (var path in new[] { Deployment, Account })
        {
            if (await api.FindAsync(path, ct) is not null)
            {
                await api.DeleteAsync(path, ct);
            }
        }
    }

    private static JsonObject Metadata(string? label)
    {
        var metadata = new JsonObject { ["name"] = "cert-manager", ["namespace"] = "cert-manager" };
        if (label is not null)
        {
            metadata["labels"] = new JsonObject { [Version] = label };
        }

        return metadata;
    }
}
