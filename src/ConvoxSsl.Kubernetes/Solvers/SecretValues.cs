using System.Text;
using System.Text.Json.Nodes;

namespace ConvoxSsl.Kubernetes.Solvers;

/// <summary>The values of a Secret as text.</summary>
internal static class SecretValues
{
    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>A new Secret.</summary>
    public static JsonObject New(string name, string inNamespace, JsonObject labels) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = inNamespace, ["labels"] = labels },
        ["type"] = "Opaque",
        ["data"] = new JsonObject(),
    };

    /// <summary>The value of a key; null where there is none.</summary>
    /// <exception cref="FormatException">It is no text.</exception>
    public static string? Get(JsonObject? secret, string key)
    {
        if (secret?["data"] is not JsonObject data || data[key] is not JsonValue value)
        {
            return null;
        }

        try
        {
            return Strict.GetString(Convert.FromBase64String(value.GetValue<string>()));
        }
        catch (Exception e) when (e is DecoderFallbackException or InvalidOperationException)
        {
            throw new FormatException("The value is no text.");
        }
    }

    /// <summary>Sets the value of a key; null takes it away.</summary>
    public static void Set(JsonObject secret, string key, string? value)
    {
        if (secret["data"] is not JsonObject data)
        {
            secret["data"] = data = [];
        }

        if (value is null)
        {
            data.Remove(key);
        }
        else
        {
            data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value));
        }
    }
}
