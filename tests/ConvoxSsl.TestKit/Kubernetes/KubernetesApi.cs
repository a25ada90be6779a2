using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>A JSON client of the API for one user. A failure response is a <see cref="KubernetesApiException"/>.</summary>
public sealed class KubernetesApi(HttpClient http)
{
    /// <summary>The media type of a merge patch (RFC 7386).</summary>
    public const string MergePatch = "application/merge-patch+json";

    /// <summary>The media type of a JSON patch (RFC 6902).</summary>
    public const string JsonPatch = "application/json-patch+json";

    /// <summary>The media type of a strategic merge patch.</summary>
    public const string StrategicPatch = "application/strategic-merge-patch+json";

    /// <summary>The media type of a server-side apply.</summary>
    public const string ApplyPatch = "application/apply-patch+yaml";

    /// <summary>The HTTP client, with the base address, the trust and the token.</summary>
    public HttpClient Http => http;

    /// <summary>Reads an object or a list.</summary>
    public Task<JsonObject> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, null, null, ct);

    /// <summary>Reads an object.</summary>
    /// <returns>The object; null if it does not exist.</returns>
    public async Task<JsonObject?> FindAsync(string path, CancellationToken ct)
    {
        try
        {
            return await GetAsync(path, ct);
        }
        catch (KubernetesApiException e) when (e.Status == (int)HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Reads the items of a list.</summary>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(string path, CancellationToken ct) =>
        [.. (await GetAsync(path, ct))["items"]!.AsArray().Select(i => i!.AsObject())];

    /// <summary>Creates an object; its path follows from <c>apiVersion</c>, <c>kind</c> and <c>metadata.namespace</c>.</summary>
    public Task<JsonObject> CreateAsync(JsonObject value, CancellationToken ct) => PostAsync(KubernetesKinds.ListPath(value), value, ct);

    /// <summary>Creates an object from JSON text.</summary>
    public Task<JsonObject> CreateAsync(string json, CancellationToken ct) => CreateAsync(JsonNode.Parse(json)!.AsObject(), ct);

    /// <summary>Posts an object.</summary>
    public Task<JsonObject> PostAsync(string path, JsonObject value, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, path, value, null, ct);

    /// <summary>Replaces an object.</summary>
    public Task<JsonObject> ReplaceAsync(JsonObject value, CancellationToken ct) => PutAsync(KubernetesKinds.Path(value), value, ct);

    /// <summary>Replaces the status of an object, as a controller does.</summary>
    public Task<JsonObject> ReplaceStatusAsync(JsonObject value, CancellationToken ct) =>
        PutAsync(KubernetesKinds.Path(value) + "/status", value, ct);

    /// <summary>Puts an object.</summary>
    public Task<JsonObject> PutAsync(string path, JsonObject value, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, path, value, null, ct);

    /// <summary>Patches an object, by default with a merge patch.</summary>
    public Task<JsonObject> PatchAsync(string path, JsonNode patch, CancellationToken ct, string contentType = MergePatch) =>
        SendAsync(HttpMethod.Patch, path, patch, contentType, ct);

    /// <summary>Applies an object with server-side apply and force.</summary>
    public Task<JsonObject> ApplyAsync(JsonObject value, CancellationToken ct, string fieldManager = "tests", bool force = true) =>
        SendAsync(
            HttpMethod.Patch,
            $"{KubernetesKinds.Path(value)}?fieldManager={fieldManager}&force={(force ? "true" : "false")}",
            value,
            ApplyPatch,
            ct);

    /// <summary>Deletes an object.</summary>
    /// <param name="options">The DeleteOptions; null if there are none.</param>
    public Task<JsonObject> DeleteAsync(string path, CancellationToken ct, JsonObject? options = null) =>
        SendAsync(HttpMethod.Delete, path, options, null, ct);

    /// <summary>Sends a request and reads the response completely.</summary>
    /// <param name="contentType">The media type; null for JSON.</param>
    public async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonNode? body, string? contentType, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(
                body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(contentType ?? "application/json"));
        }

        using var response = await http.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        var document = Parse(text);
        return response.IsSuccessStatusCode && document is not null
            ? document
            : throw new KubernetesApiException((int)response.StatusCode, document, text);
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
