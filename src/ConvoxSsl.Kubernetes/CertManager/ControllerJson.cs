using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Racks;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>What the module remembers in an annotation of a Certificate.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(CertificateRecord))]
internal sealed partial class ControllerJson : JsonSerializerContext;
