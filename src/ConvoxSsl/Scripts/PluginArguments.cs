using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Scripts;

/// <summary>Stores the arguments of a Posh-ACME plugin as one secret: JSON with marks for secure strings and credentials.</summary>
internal static class PluginArguments
{
    private const string SecureMark = "$secure";
    private const string UserMark = "$user";
    private const int MinSecretLength = 8;

    /// <exception cref="InvalidInputException"><c>InvalidPluginArgs</c>: the type of a value is not supported.</exception>
    public static DnsSecret Serialize(Hashtable arguments)
    {
        var document = new JsonObject();
        foreach (DictionaryEntry argument in arguments)
        {
            var name = $"{argument.Key}";
            document[name] = ToJson(name, Unwrap(argument.Value));
        }

        return new DnsSecret(document.ToJsonString());
    }

    /// <exception cref="EngineException"><c>SecretDamaged</c>.</exception>
    public static Hashtable Deserialize(DnsSecret? secret)
    {
        var arguments = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in secret is null ? [] : Parse(secret))
        {
            arguments[name] = FromJson(value);
        }

        return arguments;
    }

    /// <summary>
    /// Finds the arguments that can be secrets. Short text is excluded unless it was a secure string, because it can be a word.
    /// </summary>
    public static IReadOnlyList<string> FindSecretTexts(DnsSecret? secret) => secret is null ? [] : [.. TextsIn(Parse(secret))];

    // Drop the cause, because the parser's message can quote the arguments.
    private static JsonObject Parse(DnsSecret secret)
    {
        try
        {
            return JsonNode.Parse(secret.Value) as JsonObject ?? throw Damaged();
        }
        catch (JsonException)
        {
            throw Damaged();
        }
    }

    private static EngineException Damaged() => new(
        ErrorCode.SecretDamaged, EngineErrorKind.InvalidData, "The stored arguments of the Posh-ACME plugin are corrupt.")
    {
        Remedy = new Remedy("SecretDamaged.PluginArgs"),
    };

    private static IEnumerable<string> TextsIn(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => m.Key == SecureMark ? [(string)m.Value!] : TextsIn(m.Value)),
        JsonArray items => items.SelectMany(TextsIn),
        JsonValue value when value.GetValueKind() == JsonValueKind.String
            && (string)value! is { Length: >= MinSecretLength } text => [text],
        _ => [],
    };

    private static JsonNode? ToJson(string name, object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag,
        SwitchParameter flag => flag.IsPresent,
        int or long => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        SecureString secure => new JsonObject { [SecureMark] = new string(Secret.ToCharArray(secure)) },
        PSCredential credential => new JsonObject
        {
            [UserMark] = credential.UserName,
            [SecureMark] = new string(Secret.ToCharArray(credential.Password)),
        },
        IEnumerable<object> items => new JsonArray([.. items.Select(item => ToJson(name, Unwrap(item)))]),
        _ => throw new InvalidInputException(
            ErrorCode.InvalidPluginArgs, $"The plugin argument '{name}' of type {value.GetType().Name} cannot be stored.", name)
        {
            Remedy = "Use text, a number, a switch, a secure string or a credential.",
        },
    };

    private static object? Unwrap(object? value) => value is PSObject wrapper ? wrapper.BaseObject : value;

    private static object? FromJson(JsonNode? value) => value switch
    {
        null => null,
        JsonArray items => items.Select(FromJson).ToArray(),
        JsonObject marked => Unmark(marked),
        JsonValue simple when simple.GetValueKind() == JsonValueKind.String => (string?)simple,
        JsonValue simple when simple.GetValueKind() == JsonValueKind.Number => (long)simple,
        _ => (bool)value,
    };

    private static object Unmark(JsonObject marked)
    {
        var secure = new NetworkCredential(string.Empty, (string?)marked[SecureMark]).SecurePassword;
        return marked[UserMark] is { } user ? new PSCredential((string)user!, secure) : secure;
    }
}
