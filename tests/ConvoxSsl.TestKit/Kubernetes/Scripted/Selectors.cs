using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>A label selector: <c>a=b, c!=d, e in (f,g), h notin (i), j, !k</c>.</summary>
internal static partial class LabelSelector
{
    [GeneratedRegex(
        @"^(?<key>[A-Za-z0-9][-A-Za-z0-9_./]*)\s*"
            + @"(?:(?<op>==|=|!=)\s*(?<value>[-A-Za-z0-9_.]*)|\s(?<set>in|notin)\s*\((?<values>[^()]*)\))?$"
            + @"|^!\s*(?<absent>[A-Za-z0-9][-A-Za-z0-9_./]*)$")]
    private static partial Regex Requirement { get; }

    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex Comma { get; }

    public static Func<JsonObject, bool> Parse(string? text)
    {
        if (text is null)
        {
            return _ => true;
        }

        var tests = Comma.Split(text).Select(part => ParseOne(part.Trim())).ToArray();
        return value => tests.All(test => test(name => ApiObject.Text(value["metadata"]?["labels"]?[name])));
    }

    private static Func<Func<string, string?>, bool> ParseOne(string text)
    {
        var match = Requirement.Match(text);
        if (!match.Success)
        {
            throw ApiProblem.BadRequest($"unable to parse requirement: '{text}'");
        }

        var key = match.Groups["key"].Value;
        var value = match.Groups["value"].Value;
        var values = match.Groups["values"].Value.Split(',', StringSplitOptions.TrimEntries);
        return (match.Groups["op"].Value, match.Groups["set"].Value) switch
        {
            ("=" or "==", _) => label => label(key) == value,
            ("!=", _) => label => label(key) != value,
            (_, "in") => label => label(key) is { } found && values.Contains(found),
            (_, "notin") => label => label(key) is not { } found || !values.Contains(found),
            _ when match.Groups["absent"].Success => label => label(match.Groups["absent"].Value) is null,
            _ => label => label(key) is not null,
        };
    }
}

/// <summary>A field selector: <c>metadata.name=x,type!=y</c>.</summary>
internal static class FieldSelector
{
    /// <summary>The name that the selector is limited to; null if it is not limited.</summary>
    public static string? OnlyName(string? text) => text is null
        ? null
        : Split(text).Where(r => r.Field == "metadata.name" && !r.IsNegative).Select(r => r.Value).FirstOrDefault();

    public static Func<JsonObject, bool> Parse(string? text, ServedResource resource)
    {
        if (text is null)
        {
            return _ => true;
        }

        var tests = Split(text).ToArray();
        foreach (var test in tests)
        {
            if (!(test.Field is "metadata.name" or "metadata.namespace" || (test.Field == "type" && resource.Kind == "Secret")))
            {
                throw ApiProblem.BadRequest($"field label not supported: {test.Field}");
            }
        }

        return value => tests.All(t => (Read(value, t.Field) == t.Value) != t.IsNegative);
    }

    private static string Read(JsonObject value, string field) => field.Split('.') is ["metadata", var name]
        ? ApiObject.Text(value["metadata"]?[name]) ?? string.Empty
        : ApiObject.Text(value[field]) ?? string.Empty;

    private static IEnumerable<(string Field, bool IsNegative, string Value)> Split(string text) =>
        from part in text.Split(',', StringSplitOptions.RemoveEmptyEntries)
        let sign = part.IndexOf('=', StringComparison.Ordinal)
        let isNegative = sign > 0 && part[sign - 1] == '!'
        select sign < 1
            ? throw ApiProblem.BadRequest($"invalid selector: '{part}'; can't understand '{part}'")
            : (part[..(isNegative ? sign - 1 : sign)], isNegative, part[(sign + 1)..].TrimStart('='));
}
