using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>Lists: selectors, and pages that all show the state of the first one until it expires.</summary>
internal sealed class ObjectLists(ObjectStore store)
{
    private const string Inconsistent = "-1";

    private const string TooOld =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue "
            + "parameter, or use the continue "
        + "token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent "
        + "list - objects that were "
        + "created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

    // Stored objects are immutable, so a snapshot is a list of references.
    private readonly Dictionary<string, JsonObject[]> _states = new(StringComparer.Ordinal);

    /// <summary>Expires all continue tokens, as etcd does after five minutes.</summary>
    public void Forget() => _states.Clear();

    public IEnumerable<JsonObject> Select(ServedResource resource, RequestInfo request, KubernetesRequest call)
    {
        var labels = LabelSelector.Parse(call.Parameter("labelSelector"));
        var fields = FieldSelector.Parse(call.Parameter("fieldSelector"), resource);
        return store.List(resource, request.Namespace).Where(v => labels(v) && fields(v));
    }

    public KubernetesResponse Respond(ServedResource resource, RequestInfo request, KubernetesRequest call)
    {
        var limit = Limit(call);
        var (asked, start) = Continue(call.Parameter("continue"));
        var (version, matching) = Matching(resource, request, call, asked, limit);
        // The key in a token is relative to the list: a name within a namespace, else a namespace and a name.
        string KeyOf(JsonObject value) => request.Namespace.Length == 0 ? ObjectStore.KeyOf(value) : value.Name();
        var rest = start is null ? matching : [.. matching.SkipWhile(v => string.CompareOrdinal(KeyOf(v), start) < 0)];
        var page = limit > 0 && rest.Length > limit ? rest[..limit] : rest;
        var metadata = new JsonObject { ["resourceVersion"] = version };
        if (page.Length < rest.Length)
        {
            metadata["continue"] = Token(version, KeyOf(page[^1]) + '\0');
            if (call.Parameter("labelSelector") is null && call.Parameter("fieldSelector") is null)
            {
                metadata["remainingItemCount"] = rest.Length - page.Length;
            }
        }

        return KubernetesResponse.Of(Document(resource, metadata, page));
    }

    public static JsonObject Document(ServedResource resource, JsonObject metadata, IEnumerable<JsonObject> values) => new()
    {
        ["kind"] = $"{resource.Kind}List",
        ["apiVersion"] = resource.ApiVersion,
        ["metadata"] = metadata,
        ["items"] = new JsonArray([.. values.Select(v => (JsonNode)Item(resource, v))]),
    };

    // Only items of custom resources have a kind and an apiVersion.
    private static JsonObject Item(ServedResource resource, JsonObject value)
    {
        var item = value.Copy();
        if (!resource.IsCustom)
        {
            item.Remove("kind");
            item.Remove("apiVersion");
        }

        return item;
    }

    private (string Version, JsonObject[] Values) Matching(
        ServedResource resource, RequestInfo request, KubernetesRequest call, string? asked, int limit)
    {
        string State(string at) => string.Join('|', at, request.Path, call.Parameter("labelSelector"), call.Parameter("fieldSelector"));
        if (asked is not null and not Inconsistent)
        {
            return _states.TryGetValue(State(asked), out var kept) ? (asked, kept) : throw Expired(call.Parameter("continue")!);
        }

        var version = store.Version.ToString(CultureInfo.InvariantCulture);
        JsonObject[] found = [.. Select(resource, request, call)];
        if (limit > 0 && found.Length > limit)
        {
            _states[State(version)] = found;
        }

        return (version, found);
    }

    private static ApiProblem Expired(string token) => new(KubernetesResponse.Problem(
        410, "Expired", TooOld, metadata: new JsonObject { ["continue"] = Token(Inconsistent, Continue(token).Start!) }));

    private static int Limit(KubernetesRequest call)
    {
        var text = call.Parameter("limit");
        return text is null
            ? 0
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
                ? limit
                : throw ApiProblem.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    private static string Token(string version, string start) => System.Buffers.Text.Base64Url.EncodeToString(
        JsonSerializer.SerializeToUtf8Bytes(
            new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = long.Parse(version, CultureInfo.InvariantCulture), ["start"] = start }));

    private static (string? Version, string? Start) Continue(string? token)
    {
        if (token is null)
        {
            return (null, null);
        }

        try
        {
            var document = JsonNode.Parse(Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token)))!;
            return (document["rv"]!.GetValue<long>().ToString(CultureInfo.InvariantCulture), document["start"]!.GetValue<string>());
        }
        catch (Exception e) when (e is FormatException or JsonException or NullReferenceException or InvalidOperationException)
        {
            throw ApiProblem.BadRequest($"invalid continue token: continue key is not valid: {e.Message}");
        }
    }
}
