using System.Text.Json;
using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>What the module keeps in annotations and in Secrets of its own.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(CertificateAnnotation))]
[JsonSerializable(typeof(CertificateRecord))]
[JsonSerializable(typeof(AccountRecord))]
[JsonSerializable(typeof(OrderRecord))]
[JsonSerializable(typeof(LimitRecords))]
[JsonSerializable(typeof(WebhookRecord))]
internal sealed partial class KubernetesRackJson : JsonSerializerContext;

/// <summary>The annotation of a certificate's Secret: all that is known of it beyond what the Secret itself says.</summary>
/// <param name="Certificate">What it is.</param>
/// <param name="Versions">Its kept versions, oldest first.</param>
/// <param name="Live">The number of the version that the Secret held when this was written.</param>
internal sealed record CertificateAnnotation(CertificateRecord Certificate, IReadOnlyList<CertificateVersion> Versions, int Live)
{
    /// <summary>Its name.</summary>
    public const string Name = RackScope.AnnotationPrefix + "certificate";

    /// <summary>Reads it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static CertificateAnnotation Parse(string json) =>
        JsonSerializer.Deserialize(json, KubernetesRackJson.Default.CertificateAnnotation) is { Certificate.Domains.Count: > 0, Versions: { Count: > 0 } versions } read
        && versions.All(v => v is not null) && versions.Any(v => v.Number == read.Live)
            ? read
            : throw new JsonException("It does not describe a certificate.");

    /// <summary>The version with that leaf; the live one where several have it.</summary>
    public CertificateVersion? VersionOf(string thumbprint) =>
        Versions.Where(v => v.Thumbprint == thumbprint).OrderByDescending(v => v.Number == Live).FirstOrDefault();

    /// <inheritdoc/>
    public override string ToString() => JsonSerializer.Serialize(this, KubernetesRackJson.Default.CertificateAnnotation);
}
