using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>The JSON files of a local rack.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(RackFormat))]
[JsonSerializable(typeof(CertificateFile))]
[JsonSerializable(typeof(AccountRecord))]
[JsonSerializable(typeof(OrderRecord))]
[JsonSerializable(typeof(SolverFile))]
[JsonSerializable(typeof(SecretFile))]
[JsonSerializable(typeof(LimitRecords))]
[JsonSerializable(typeof(WebhookRecord))]
[JsonSerializable(typeof(RackState))]
internal sealed partial class LocalRackJson : JsonSerializerContext;

/// <summary>The contents of certificate.json: all metadata except the number of the live version.</summary>
internal sealed record CertificateFile(CertificateRecord Certificate, IReadOnlyList<CertificateVersion> Versions)
{
    public CertificateRecord Certificate { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Certificate);

    public IReadOnlyList<CertificateVersion> Versions { get; init => field = JsonGuard.Items(value); } = JsonGuard.Items(Versions);
}

/// <summary>The contents of solvers.json: the DNS solvers without their credentials.</summary>
internal sealed record SolverFile(IReadOnlyList<StoredDnsSolver> Solvers)
{
    public IReadOnlyList<StoredDnsSolver> Solvers { get; init => field = JsonGuard.Items(value); } = JsonGuard.Items(Solvers);
}
