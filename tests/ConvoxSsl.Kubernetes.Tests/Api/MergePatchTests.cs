using System.Text.Json.Nodes;
using ConvoxSsl.Kubernetes.Api;
using CsCheck;

namespace ConvoxSsl.Kubernetes.Tests.Api;

public sealed class MergePatchTests
{
    // A merge patch cannot set a value to null, so the objects contain no nulls.
    private static readonly Gen<JsonNode> Value = Gen.Recursive<JsonNode>(
        (depth, value) => depth > 2 ? Leaf : Gen.OneOf(Leaf, Members(value).Select(m => (JsonNode)m)));

    private static readonly Gen<JsonObject> Object = Members(Value);

    private static Gen<JsonNode> Leaf => Gen.OneOf(
        Gen.Int[0, 3].Select(n => (JsonNode)JsonValue.Create(n)),
        Gen.Int[0, 1].Select(n => (JsonNode)JsonValue.Create(n == 0 ? "x" : "y")),
        Gen.Int[0, 2].Array[0, 2].Select(a => (JsonNode)new JsonArray([.. a.Select(n => (JsonNode)JsonValue.Create(n))])));

    [Fact]
    public void A_patch_turns_the_old_object_into_the_new_one() => Gen.Select(Object, Object).Sample(pair =>
    {
        var (before, after) = pair;
        var patch = MergePatch.Between(before, after);
        Assert.Equal(JsonNode.DeepEquals(before, after), patch is null);
        Assert.True(
            JsonNode.DeepEquals(after, Apply(before, patch ?? [])),
            $"{before.ToJsonString()} + {patch?.ToJsonString()} != {after.ToJsonString()}");
    });

    [Fact]
    public void A_patch_contains_only_changes()
    {
        var before = JsonNode.Parse("""{"data":{"a":"1","b":"2","c":"3"},"metadata":{"name":"x","labels":{"k":"v"}}}""")!.AsObject();
        var after = JsonNode.Parse("""{"data":{"a":"1","b":"9","d":"4"},"metadata":{"name":"x","labels":{"k":"v"}}}""")!.AsObject();

        Assert.Equal("""{"data":{"b":"9","c":null,"d":"4"}}""", MergePatch.Between(before, after)!.ToJsonString());
    }

    private static Gen<JsonObject> Members(Gen<JsonNode> value) => Gen.Select(Gen.Char['a', 'c'], value).Array[0, 3].Select(members =>
    {
        var created = new JsonObject();
        foreach (var (name, member) in members)
        {
            created[$"{name}"] = member.DeepClone();
        }

        return created;
    });

    // The cases of RFC 7386, appendix A.
    private static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        var result = (JsonObject)target.DeepClone();
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = value is JsonObject inner ? Apply(result[name] as JsonObject ?? [], inner) : value.DeepClone();
            }
        }

        return result;
    }
}
