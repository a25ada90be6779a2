using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>A rule of a Role or ClusterRole. Lists are separated by commas, <c>*</c> is all, and the core group is empty.</summary>
/// <param name="Group">The API groups.</param>
/// <param name="Resources">The resources in the plural, and subresources such as <c>certificates/status</c>.</param>
/// <param name="Verbs">The verbs.</param>
/// <param name="Names">The names of the objects; null for all.</param>
public sealed record RbacRule(string Group, string Resources, string Verbs, string? Names = null)
{
    /// <summary>The rule as JSON.</summary>
    public JsonObject ToJson()
    {
        var rule = new JsonObject { ["apiGroups"] = List(Group), ["resources"] = List(Resources), ["verbs"] = List(Verbs) };
        if (Names is not null)
        {
            rule["resourceNames"] = List(Names);
        }

        return rule;
    }

    /// <summary>One access of each kind that the rule allows, as in a SelfSubjectAccessReview.</summary>
    internal IEnumerable<JsonObject> EachAccess(string? namespaceName) =>
        from resource in Split(Resources)
        from verb in Split(Verbs)
        let parts = resource.Split('/')
        select new JsonObject
        {
            ["namespace"] = namespaceName,
            ["group"] = Split(Group)[0],
            ["resource"] = parts[0],
            ["subresource"] = parts.Length > 1 ? parts[1] : null,
            ["verb"] = verb,
            ["name"] = Names is null ? null : Split(Names)[0],
        };

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries);

    private static JsonArray List(string text) => [.. Split(text).Select(t => (JsonNode)t)];
}
