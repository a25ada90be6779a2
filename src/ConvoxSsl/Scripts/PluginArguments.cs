using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Scripts;

/// <summary>The arguments of a Posh-ACME plugin as one secret: JSON in which secure strings and credentials are marked.</summary>
internal static class PluginArguments
{
    private const string SecureMark = "$secure";
    private const string UserMark = "$user";
    private const int ShortestSecret = 8;

    /// <exception cref="InvalidInputException"><c>InvalidPluginArgs</c>: a value of a type that can't be stored.</exception>
    public static DnsSecret Serialize(Hashtable arguments)
    {
        var document = new JsonObject();
        foreach (DictionaryEntry argument in arguments)
        {
            document[$"{argument.Key}"] = ToJson($"{argument.Key}", argument.Value is PSObject wrapped ? wrapped.BaseObject : argument.Value);
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

    /// <summary>All texts among the arguments that may be secrets. Short ones can't be told from ordinary words, unless they were given as secure strings.</summary>
    public static IReadOnlyList<string> FindSecretTexts(DnsSecret? secret) => secret is null ? [] : [.. TextsIn(Parse(secret))];

    // Without the cause: the parser's words may quote the arguments.
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
        ErrorCode.SecretDamaged, EngineErrorKind.InvalidData, "The stored arguments of the Posh-ACME plugin are damaged. Give them again with Set-ConvoxDnsSolver -PluginArgs.");

    private static IEnumerable<string> TextsIn(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => m.Key == SecureMark ? [(string)m.Value!] : TextsIn(m.Value)),
        JsonArray items => items.SelectMany(TextsIn),
        JsonValue value when value.GetValueKind() == JsonValueKind.String && (string)value! is { Length: >= ShortestSecret } text => [text],
        _ => [],
    };

    private static JsonNode? ToJson(string name, object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag,
        SwitchParameter flag => flag.IsPresent,
        int or long => JsonValue.Create(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)),
        SecureString secure => new JsonObject { [SecureMark] = new string(Secret.ToCharArray(secure)) },
        PSCredential credential => new JsonObject { [UserMark] = credential.UserName, [SecureMark] = new string(Secret.ToCharArray(credential.Password)) },
        IEnumerable<object> many => new JsonArray([.. many.Select(item => ToJson(name, item is PSObject wrapped ? wrapped.BaseObject : item))]),
        _ => throw new InvalidInputException(
            ErrorCode.InvalidPluginArgs, $"The plugin argument '{name}' is a {value.GetType().Name}, which can't be stored. Give text, a number, a switch, a secure string or a credential.", name),
    };

    private static object? FromJson(JsonNode? value) => value switch
    {
        null => null,
        JsonArray many => many.Select(FromJson).ToArray(),
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
