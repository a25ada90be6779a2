using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Solvers;

/// <summary>Simulates how the API of a current Convox rack handles solvers; it supports only Route53.</summary>
/// <seealso href="https://github.com/convox/convox/blob/master/provider/k8s/certificate.go"/>
internal sealed class ConvoxApi(KubernetesApi api)
{
    /// <summary>Simulates its start: it applies the ClusterIssuer from letsencrypt-config with kubectl.</summary>
    public async Task StartAsync(string config)
    {
        if (await api.FindAsync(SolverCluster.Issuer, default) is null)
        {
            await api.CreateAsync(Render(config), default);
        }
        else
        {
            var solvers = Render(config)["spec"]!["acme"]!["solvers"]!.DeepClone();
            await api.PatchAsync(
                SolverCluster.Issuer,
                new JsonObject { ["spec"] = new JsonObject { ["acme"] = new JsonObject { ["solvers"] = solvers } } },
                default);
        }
    }

    /// <summary>Simulates LetsEncryptConfigApply: server-side apply of letsencrypt-config without force, then as at the start.</summary>
    public async Task ApplyAsync(string config)
    {
        await WriteAsync(config);
        await StartAsync(config);
    }

    /// <summary>Simulates only the first half.</summary>
    public Task WriteAsync(string config) => api.ApplyAsync(
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject
            {
                ["name"] = "letsencrypt-config",
                ["namespace"] = "cert-manager",
                ["labels"] = new JsonObject { ["system"] = "convox", ["rack"] = "test" },
            },
            ["data"] = new JsonObject { ["config"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(config)) },
        },
        default,
        "convox-system",
        force: false);

    /// <summary>Reads letsencrypt-config into Convox's types and writes it back, which drops unknown fields.</summary>
    public static string RoundTrip(string config)
    {
        var root = JsonNode.Parse(config)!;
        var solvers = (root["solvers"] as JsonArray ?? []).Select(s => (JsonNode)new JsonObject
        {
            ["id"] = s!["id"]!.DeepClone(),
            ["dns-zones"] = s["dns-zones"]!.DeepClone(),
            ["route53"] = s["route53"] is JsonObject route53
                ? new JsonObject
                {
                    ["hosted-zone-id"] = route53["hosted-zone-id"]?.DeepClone(),
                    ["region"] = route53["region"]?.DeepClone(),
                    ["role"] = route53["role"]?.DeepClone(),
                }
                : null,
        });
        return new JsonObject
        {
            ["role"] = root["role"]?.DeepClone() ?? string.Empty,
            ["solvers"] = new JsonArray([.. solvers]),
        }.ToJsonString();
    }

    /// <summary>Renders cert-manager-letsencrypt.yml.tmpl.</summary>
    public static JsonObject Render(string config)
    {
        var solvers = new JsonArray(
            new JsonObject { ["http01"] = new JsonObject { ["ingress"] = new JsonObject { ["class"] = "nginx" } } });
        foreach (var solver in JsonNode.Parse(config)!["solvers"] as JsonArray ?? [])
        {
            // An empty value in the template is null, which the server drops.
            var entry = new JsonObject { ["selector"] = new JsonObject { ["dnsZones"] = solver!["dns-zones"]!.DeepClone() } };
            if (solver["route53"] is JsonObject known)
            {
                var route53 = new JsonObject();
                foreach (var (from, to) in new[] { ("hosted-zone-id", "hostedZoneID"), ("region", "region"), ("role", "role") })
                {
                    if ((string?)known[from] is { Length: > 0 } value)
                    {
                        route53[to] = value;
                    }
                }

                entry["dns01"] = new JsonObject { ["route53"] = route53 };
            }

            solvers.Add((JsonNode)entry);
        }

        return new JsonObject
        {
            ["apiVersion"] = "cert-manager.io/v1",
            ["kind"] = "ClusterIssuer",
            ["metadata"] = new JsonObject { ["name"] = "letsencrypt" },
            ["spec"] = new JsonObject
            {
                ["acme"] = new JsonObject
                {
                    ["server"] = "https://acme-v02.api.letsencrypt.org/directory",
                    ["email"] = "ops@convox.com",
                    ["privateKeySecretRef"] = new JsonObject { ["name"] = "letsencrypt" },
                    ["solvers"] = solvers,
                },
            },
        };
    }
}
