using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.TestServers;

/// <summary>Sends a list of requests in a separate namespace, and records the responses without random values.</summary>
internal sealed partial class ContractRecorder(KubernetesTestServer server)
{
    private readonly Dictionary<string, string> _last = new(StringComparer.Ordinal);

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uid { get; }

    [GeneratedRegex("gen-[bcdfghjklmnpqrstvwxz2456789]{5}")]
    private static partial Regex GeneratedName { get; }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")]
    private static partial Regex Time { get; }

    [GeneratedRegex(@"\(\d+\)")]
    private static partial Regex VersionInText { get; }

    public async Task<IReadOnlyList<string>> HoldAsync(IEnumerable<ContractRequest> requests, CancellationToken ct)
    {
        _last["ns"] = await server.CreateNamespaceAsync("talk", ct);
        var user = server.AddUser();
        _last["user"] = user.Name;
        // A permission that does not affect the permissions that the requests test.
        await server.GrantAsync(user, _last["ns"], ct, new RbacRule("", "configmaps", "get"));
        var asUser = server.As(user.Token).Http;
        var lines = new List<string>();
        foreach (var request in requests)
        {
            lines.Add(
                $"{request.Method} {request.Path} {request.Body} -> "
                    + $"{await SendAsync(request, request.IsByUser ? asUser : server.Admin.Http, ct)}");
        }

        return lines;
    }

    private async Task<string> SendAsync(ContractRequest contractRequest, HttpClient http, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(new HttpMethod(contractRequest.Method), Fill(contractRequest.Path));
        request.Headers.UserAgent.ParseAdd("convoxssl-tests/1.0");
        if (contractRequest.Body is not null)
        {
            request.Content = new StringContent(Fill(contractRequest.Body), Encoding.UTF8, contractRequest.ContentType);
        }

        using var response = await http.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        JsonNode? document = null;
        try
        {
            document = JsonNode.Parse(text);
        }
        catch (JsonException)
        {
        }

        Remember(document);
        var shown = document is null ? text.Trim() : contractRequest.IsLoose ? $"{document["reason"]}" : Normal(document)!.ToJsonString();
        return $"{(int)response.StatusCode} {Anonymous(shown)}";
    }

    private string Fill(string text) =>
        _last.Aggregate(text, (filled, pair) => filled.Replace($"{{{pair.Key}}}", pair.Value, StringComparison.Ordinal));

    private void Remember(JsonNode? document)
    {
        foreach (var (name, member) in ((string, string)[])[("rv", "resourceVersion"), ("uid", "uid"), ("continue", "continue")])
        {
            if (document?["metadata"]?[member] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0)
            {
                _last[name] = text;
            }
        }
    }

    // Sort members and the causes of a failure, and omit managedFields.
    private static JsonNode? Normal(JsonNode? node) => node switch
    {
        JsonObject map when map["details"]?["causes"] is JsonArray { Count: > 1 } => Normal(WithSortedCauses(map)),
        JsonObject map => new JsonObject(map
            .Where(m => m.Key is not ("managedFields" or "selfLink") && !(m.Key == "continue" && m.Value?.GetValue<string>().Length == 0))
            .OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(m =>
                KeyValuePair.Create(
                    m.Key,
                    m.Key is "resourceVersion" or "continue" && m.Value is JsonValue v && v.GetValueKind() == JsonValueKind.String
                        ? "?"
                        : Normal(m.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Normal)]),
        _ => node?.DeepClone(),
    };

    private static JsonObject WithSortedCauses(JsonObject status)
    {
        var causes = status["details"]!["causes"]!.AsArray()
            .Select(c => $"{c!["field"]}: {c["message"]}")
            .Order(StringComparer.Ordinal)
            .ToArray();
        var copy = status.DeepClone().AsObject();
        copy["details"]!["causes"] = string.Join(" & ", causes);
        // The message repeats the causes.
        copy["message"] = copy["message"]!.GetValue<string>() is var text && text.Contains('[', StringComparison.Ordinal)
            ? text[..text.IndexOf('[', StringComparison.Ordinal)]
            : text;
        return copy;
    }

    private string Anonymous(string text)
    {
        text = Uid.Replace(
            text.Replace(_last["ns"], "{ns}", StringComparison.Ordinal).Replace(_last["user"], "{user}", StringComparison.Ordinal),
            "{uid}");
        return VersionInText.Replace(Time.Replace(GeneratedName.Replace(text, "gen-?????"), "{time}"), "({rv})");
    }
}
