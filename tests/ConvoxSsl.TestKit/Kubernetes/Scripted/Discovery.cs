using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>Discovery: <c>/api</c>, <c>/apis</c>, their groups and versions, and <c>/version</c>.</summary>
internal sealed class Discovery(IReadOnlyList<ServedResource> resources)
{
    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update"];

    /// <returns>The response; null for another path.</returns>
    public KubernetesResponse? Respond(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["healthz" or "livez" or "readyz"] => KubernetesResponse.Text(200, "ok"),
        ["version"] => KubernetesResponse.Of(Version()),
        ["api"] => KubernetesResponse.Of(
            new JsonObject
            {
                ["kind"] = "APIVersions",
                ["versions"] = new JsonArray("v1"),
                ["serverAddressByClientCIDRs"] = new JsonArray(),
            }),
        ["apis"] => KubernetesResponse.Of(new JsonObject
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray(
                [.. resources.Select(r => r.Group).Where(g => g.Length > 0).Distinct().Select(g => (JsonNode)Group(g))]),
        }),
        ["api", "v1"] => Resources(string.Empty),
        ["apis", var group] when Has(group) => KubernetesResponse.Of(Named(Group(group), "APIGroup")),
        ["apis", var group, "v1"] when Has(group) => Resources(group),
        _ => null,
    };

    private bool Has(string group) => group.Length > 0 && resources.Any(r => r.Group == group);

    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "20",
        ["gitVersion"] = "v1.20.2-scripted",
        ["gitCommit"] = string.Empty,
        ["gitTreeState"] = "clean",
        ["buildDate"] = "2021-01-13T00:00:00Z",
        ["goVersion"] = "none",
        ["compiler"] = "none",
        ["platform"] = "linux/amd64",
    };

    private static JsonObject Group(string name)
    {
        JsonObject Shown() => new() { ["groupVersion"] = $"{name}/v1", ["version"] = "v1" };
        return new JsonObject { ["name"] = name, ["versions"] = new JsonArray(Shown()), ["preferredVersion"] = Shown() };
    }

    private static JsonObject Named(JsonObject value, string kind)
    {
        value["kind"] = kind;
        value["apiVersion"] = "v1";
        return value;
    }

    private KubernetesResponse Resources(string group)
    {
        var list = new JsonArray();
        foreach (var resource in resources.Where(r => r.Group == group))
        {
            list.Add(Describe(resource, resource.Plural, resource.Singular, resource.IsReview ? ["create"] : Verbs));
            if (resource.HasStatus)
            {
                list.Add(Describe(resource, resource.Plural + "/status", string.Empty, ["get", "patch", "update"]));
            }
        }

        return KubernetesResponse.Of(new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? "v1" : $"{group}/v1",
            ["resources"] = list,
        });
    }

    private static JsonObject Describe(ServedResource resource, string name, string singular, string[] verbs) => new()
    {
        ["name"] = name,
        ["singularName"] = singular,
        ["namespaced"] = resource.IsNamespaced,
        ["kind"] = resource.Kind,
        ["verbs"] = new JsonArray([.. verbs.Select(v => (JsonNode)v)]),
    };
}
