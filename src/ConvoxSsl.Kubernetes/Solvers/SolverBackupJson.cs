using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Kubernetes.Solvers;

/// <summary>The JSON of solver settings in the backup.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredDnsSolver))]
internal sealed partial class SolverBackupJson : JsonSerializerContext;
