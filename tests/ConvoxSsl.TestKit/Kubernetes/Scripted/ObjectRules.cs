using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>The server's rules for objects, beside the schemas of CustomResourceDefinitions.</summary>
internal static partial class ObjectRules
{
    private const string SubdomainRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
            + "alphanumeric character "
        + "(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string LabelRule =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an "
            + "alphanumeric character "
        + "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string KeyRule =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' "
        + "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    private const string LabelValueRule =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
            + "alphanumeric character "
        + "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private const int LargestSecret = 1024 * 1024;

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain { get; }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label { get; }

    [GeneratedRegex(@"^[-._a-zA-Z0-9]+\z")]
    private static partial Regex Key { get; }

    [GeneratedRegex(@"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z")]
    private static partial Regex LabelValue { get; }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[-+]\d\d:\d\d)\z")]
    private static partial Regex MicroTime { get; }

    /// <summary>Rejects an object that cannot be decoded as its kind, and converts it to its stored form.</summary>
    /// <exception cref="ApiProblem">A member has the wrong type.</exception>
    public static void Decode(ServedResource resource, JsonObject value)
    {
        foreach (var list in new[] { "labels", "annotations" })
        {
            if (value["metadata"]?[list] is JsonObject map && map.FirstOrDefault(m => m.Value is not null
                && ApiObject.Text(m.Value) is null) is { Key: { } key })
            {
                throw ApiProblem.BadRequest(
                    $"{resource.Kind} in version \"v1\" cannot be handled as a {resource.Kind}: v1.ObjectMeta.{list}: {key}: it is no "
                        + "string");
            }
        }

        if (resource.Kind == "Secret")
        {
            DecodeSecret(value);
        }

        KnownMembers.Keep(resource, value);

        foreach (var time in resource.Kind == "Lease" ? (string[])["acquireTime", "renewTime"] : [])
        {
            if (value["spec"]?[time] is { } given && !MicroTime.IsMatch(ApiObject.Text(given) ?? string.Empty))
            {
                throw ApiProblem.BadRequest(
                    $"Lease in version \"v1\" cannot be handled as a Lease: v1.Lease.Spec: v1.LeaseSpec.{time}: unmarshalerDecoder: "
                        + $"parsing time \"{given}\" as \"2006-01-02T15:04:05.000000Z07:00\"");
            }
        }
    }

    /// <exception cref="ApiProblem">The object is not valid.</exception>
    public static void Check(ServedResource resource, JsonObject value, JsonObject? before, IEnumerable<FieldProblem> bySchema)
    {
        var problems = new List<FieldProblem>();
        CheckName(resource, value.Name(), problems);
        foreach (var (key, label) in value["metadata"]?["labels"] as JsonObject ?? [])
        {
            if (ApiObject.Text(label) is not { Length: <= 63 } text || !LabelValue.IsMatch(text))
            {
                problems.Add(
                    FieldProblem.Invalid(
                        "metadata.labels",
                        $"\"{label}\"",
                        ApiObject.Text(label) is { Length: > 63 } ? "must be no more than 63 characters" : LabelValueRule));
            }
        }

        problems.AddRange(resource.Kind switch
        {
            "Secret" => CheckSecret(value, before),
            "Lease" => CheckLease(value),
            "RoleBinding" or "ClusterRoleBinding" => CheckBinding(value, before),
            _ => bySchema,
        });
        if (problems.Count > 0)
        {
            throw ApiProblem.Invalid(resource.QualifiedKind, value.Name(), problems);
        }
    }

    private static void CheckName(ServedResource resource, string name, List<FieldProblem> problems)
    {
        // A Role's name can be any path segment.
        if (resource.Group == "rbac.authorization.k8s.io")
        {
            return;
        }

        var isLabel = resource.Kind == "Namespace";
        if (name.Length > (isLabel ? 63 : 253))
        {
            problems.Add(FieldProblem.Invalid("metadata.name", $"\"{name}\"", $"must be no more than {(isLabel ? 63 : 253)} characters"));
        }
        else if (!(isLabel ? Label : Subdomain).IsMatch(name))
        {
            problems.Add(FieldProblem.Invalid("metadata.name", $"\"{name}\"", isLabel ? LabelRule : SubdomainRule));
        }
    }

    private static void DecodeSecret(JsonObject value)
    {
        foreach (var (key, node) in value["data"] as JsonObject ?? [])
        {
            if (node is not null && !(ApiObject.Text(node) is { } text && Base64.IsValid(text)))
            {
                throw ApiProblem.BadRequest(
                    "Secret in version \"v1\" cannot be handled as a Secret: v1.Secret.Data: decode base64: illegal base64 data at input "
                        + $"byte 0, error found in ...|\"{key}\"|...");
            }
        }

        if (value["stringData"] is JsonObject given)
        {
            if (value["data"] is not JsonObject data)
            {
                value["data"] = data = [];
            }

            foreach (var (key, node) in given)
            {
                data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(ApiObject.Text(node) ?? string.Empty));
            }
        }

        value.Remove("stringData");
        value["type"] ??= "Opaque";
    }

    private static IEnumerable<FieldProblem> CheckSecret(JsonObject value, JsonObject? before)
    {
        var data = value["data"] as JsonObject ?? [];
        foreach (var key in data.Select(d => d.Key).Where(k => !Key.IsMatch(k)))
        {
            yield return FieldProblem.Invalid($"data[{key}]", $"\"{key}\"", KeyRule);
        }

        if (data.Sum(d => (long)(ApiObject.Text(d.Value)?.Length ?? 0) * 3 / 4) > LargestSecret)
        {
            yield return new FieldProblem(
                "FieldValueTooLong",
                "data",
                string.Create(CultureInfo.InvariantCulture, $"Too long: must have at most {LargestSecret} bytes"));
        }

        var type = ApiObject.Text(value["type"]);
        foreach (var key in type == "kubernetes.io/tls" ? (string[])["tls.crt", "tls.key"] : [])
        {
            if (!data.ContainsKey(key))
            {
                yield return FieldProblem.Required($"data[{key}]");
            }
        }

        if (before is not null && ApiObject.Text(before["type"]) != type)
        {
            yield return FieldProblem.Immutable("type", type);
        }

        if (before?["immutable"]?.GetValue<bool>() == true && !JsonNode.DeepEquals(before["data"], value["data"]))
        {
            yield return new FieldProblem("FieldValueForbidden", "data", "Forbidden: field is immutable when `immutable` is set");
        }
    }

    private static IEnumerable<FieldProblem> CheckLease(JsonObject value)
    {
        if (value["spec"]?["leaseDurationSeconds"] is JsonValue duration && duration.GetValue<int>() <= 0)
        {
            yield return FieldProblem.Invalid("spec.leaseDurationSeconds", $"{duration}", "must be greater than 0");
        }

        if (value["spec"]?["leaseTransitions"] is JsonValue transitions && transitions.GetValue<int>() < 0)
        {
            yield return FieldProblem.Invalid("spec.leaseTransitions", $"{transitions}", "must to greater or equal than 0");
        }
    }

    private static string ShowRoleRef(JsonNode? roleRef) =>
        $"rbac.RoleRef{{APIGroup:\"{roleRef?["apiGroup"]}\", Kind:\"{roleRef?["kind"]}\", Name:\"{roleRef?["name"]}\"}}";

    private static IEnumerable<FieldProblem> CheckBinding(JsonObject value, JsonObject? before)
    {
        if (ApiObject.Text(value["roleRef"]?["name"]) is not { Length: > 0 })
        {
            yield return FieldProblem.Required("roleRef.name");
        }

        if (before is not null && !JsonNode.DeepEquals(before["roleRef"], value["roleRef"]))
        {
            yield return FieldProblem.Invalid("roleRef", ShowRoleRef(value["roleRef"]), "cannot change roleRef");
        }
    }
}
