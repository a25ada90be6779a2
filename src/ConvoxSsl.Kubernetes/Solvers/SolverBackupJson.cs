using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Kubernetes.Solvers;

/// <summary>The solvers' settings as the module's own Secret has them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredDnsSolver))]
internal sealed partial class SolverBackupJson : JsonSerializerContext;
