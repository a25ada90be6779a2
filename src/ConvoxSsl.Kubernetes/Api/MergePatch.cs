using System.Text.Json.Nodes;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>JSON merge patches (RFC 7386). They contain only changes, so that unknown fields are preserved.</summary>
internal static class MergePatch
{
    /// <summary>Creates the patch from <paramref name="before"/> to <paramref name="after"/>; null if they are equal.</summary>
    public static JsonObject? Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, old) in before)
        {
            if (!after.TryGetPropertyValue(name, out var now) || now is null)
            {
                if (old is not null)
                {
                    patch[name] = null;
                }
            }
            else if (old is JsonObject oldObject && now is JsonObject nowObject)
            {
                if (Between(oldObject, nowObject) is { } inner)
                {
                    patch[name] = inner;
                }
            }
            else if (!JsonNode.DeepEquals(old, now))
            {
                patch[name] = now.DeepClone();
            }
        }

        foreach (var (name, now) in after)
        {
            if (now is not null && !before.ContainsKey(name))
            {
                patch[name] = now.DeepClone();
            }
        }

        return patch.Count > 0 ? patch : null;
    }

    /// <summary>Applies a patch to an object.</summary>
    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, now) in patch)
        {
            if (now is null)
            {
                target.Remove(name);
            }
            else if (now is JsonObject inner)
            {
                if (target[name] is not JsonObject below)
                {
                    target[name] = below = [];
                }

                Apply(below, inner);
            }
            else
            {
                target[name] = now.DeepClone();
            }
        }
    }
}
