using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>
/// The schema of a CustomResourceDefinition: drops unknown members, sets defaults, and validates. CEL rules are ignored, as
/// in server version 1.20.
/// </summary>
internal sealed class CustomSchema(JsonObject root)
{
    /// <summary>Gets the schemas of a cert-manager version.</summary>
    public static IReadOnlyDictionary<string, CustomSchema> Load(CertManagerVersion version) => CertManagerDefinitions.Read(version)
        .Select(PlainYaml.Read)
        .ToDictionary(
            d => d["spec"]!["names"]!["kind"]!.GetValue<string>(),
            d => new CustomSchema(
                d["spec"]!["versions"]!.AsArray().Single(
                    v => v!["name"]!.GetValue<string>() == "v1")!["schema"]!["openAPIV3Schema"]!.AsObject()));

    /// <summary>Converts an object to its stored form.</summary>
    public void Complete(JsonObject value)
    {
        foreach (var name in value.Select(m => m.Key).Where(n => n is not ("apiVersion" or "kind" or "metadata")).ToArray())
        {
            if (root["properties"]?[name] is JsonObject schema)
            {
                Complete(schema, value[name]);
            }
            else
            {
                value.Remove(name);
            }
        }
    }

    public IReadOnlyList<FieldProblem> Check(JsonObject value)
    {
        var problems = new List<FieldProblem>();
        var content = value.Copy();
        content["metadata"] = new JsonObject();
        Check(root, content, string.Empty, problems);
        return problems;
    }

    private static void Complete(JsonObject schema, JsonNode? node)
    {
        if (node is JsonArray list && schema["items"] is JsonObject items)
        {
            foreach (var item in list)
            {
                Complete(items, item);
            }
        }
        else if (node is JsonObject map)
        {
            CompleteMap(schema, map);
        }
    }

    private static void CompleteMap(JsonObject schema, JsonObject map)
    {
        var (properties, others) = (schema["properties"] as JsonObject, schema["additionalProperties"] as JsonObject);
        foreach (var name in map.Select(m => m.Key).ToArray())
        {
            if ((properties?[name] ?? others) is JsonObject inner)
            {
                Complete(inner, map[name]);
            }
            else if (!Is(schema, "x-kubernetes-preserve-unknown-fields"))
            {
                map.Remove(name);
            }
        }

        foreach (var (name, inner) in properties ?? [])
        {
            if (inner?["default"] is { } value && !map.ContainsKey(name))
            {
                map[name] = value.DeepClone();
            }
        }
    }

    private static void Check(JsonObject schema, JsonNode? node, string path, List<FieldProblem> problems)
    {
        var isEither = Is(schema, "x-kubernetes-int-or-string");
        var (type, found) = (ApiObject.Text(schema["type"]), TypeOf(node));
        if (isEither ? found is not ("integer" or "string") : type is not null && type != found && (type, found) != ("number", "integer"))
        {
            problems.Add(
                FieldProblem.Invalid(path, $"\"{found}\"", $"{path} in body must be of type {type ?? "integer,string"}: \"{found}\""));
            return;
        }

        switch (node)
        {
            case JsonObject map:
                CheckMap(schema, map, path, problems);
                break;
            case JsonArray list when schema["items"] is JsonObject items:
                foreach (var item in list)
                {
                    Check(items, item, path, problems);
                }

                break;
            case JsonValue value when found == "string":
                CheckText(schema, value.GetValue<string>(), path, problems);
                break;
            case JsonValue value when found is "integer" or "number":
                CheckNumber(schema, value, path, problems);
                break;
        }
    }

    private static void CheckMap(JsonObject schema, JsonObject map, string path, List<FieldProblem> problems)
    {
        foreach (var name in (schema["required"] as JsonArray ?? []).Select(n => n!.GetValue<string>()).Where(n => !map.ContainsKey(n)))
        {
            problems.Add(FieldProblem.Required(Below(path, name)));
        }

        foreach (var (name, node) in map)
        {
            if ((schema["properties"]?[name] ?? schema["additionalProperties"]) is JsonObject inner)
            {
                Check(inner, node, Below(path, name), problems);
            }
        }
    }

    private static void CheckText(JsonObject schema, string text, string path, List<FieldProblem> problems)
    {
        void Refuse(string rule) => problems.Add(FieldProblem.Invalid(path, $"\"{text}\"", $"{path} in body {rule}"));
        var allowed = (schema["enum"] as JsonArray ?? []).Select(e => e!.GetValue<string>()).ToArray();
        if (allowed.Length > 0 && !allowed.Contains(text))
        {
            problems.Add(FieldProblem.Unsupported(path, $"\"{text}\"", string.Join(", ", allowed.Select(a => $"\"{a}\""))));
        }

        if (schema["minLength"]?.GetValue<long>() > text.Length)
        {
            Refuse($"should be at least {schema["minLength"]} chars long");
        }

        if (schema["maxLength"]?.GetValue<long>() < text.Length)
        {
            Refuse($"should be at most {schema["maxLength"]} chars long");
        }

        if (ApiObject.Text(schema["pattern"]) is { } pattern && !Regex.IsMatch(text, pattern))
        {
            Refuse($"should match '{pattern}'");
        }

        var isOfFormat = ApiObject.Text(schema["format"]) switch
        {
            "date-time" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _)
                && text.Contains('T', StringComparison.Ordinal),
            "byte" => System.Buffers.Text.Base64.IsValid(text),
            _ => true,
        };
        if (!isOfFormat)
        {
            Refuse($"must be of type {schema["format"]}: \"{text}\"");
        }
    }

    private static void CheckNumber(JsonObject schema, JsonValue value, string path, List<FieldProblem> problems)
    {
        var number = decimal.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);
        if (schema["minimum"]?.GetValue<long>() > number)
        {
            problems.Add(FieldProblem.Invalid(path, $"{value}", $"{path} in body should be greater than or equal to {schema["minimum"]}"));
        }

        if (schema["maximum"]?.GetValue<long>() < number)
        {
            problems.Add(FieldProblem.Invalid(path, $"{value}", $"{path} in body should be less than or equal to {schema["maximum"]}"));
        }
    }

    private static string TypeOf(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => node.ToJsonString().AsSpan().ContainsAny('.', 'e', 'E') ? "number" : "integer",
        _ => "null",
    };

    private static string Below(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static bool Is(JsonObject schema, string extension) =>
        schema[extension] is JsonValue value && value.TryGetValue<bool>(out var isSet) && isSet;
}
