using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Dns.Providers.Scripts;

/// <summary>The JSON form of the settings of both script providers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ScriptSettings))]
[JsonSerializable(typeof(PoshAcmeSettings))]
public sealed partial class ScriptSettingsJson : JsonSerializerContext;
