using System.Text.Json;
using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>The JSON in the module's annotations and Secrets.</summary>
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
[JsonSerializable(typeof(RackState))]
internal sealed partial class KubernetesRackJson : JsonSerializerContext;

/// <summary>The annotation of a certificate's Secret, with all metadata that the Secret itself lacks.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="Versions">Its kept versions, oldest first.</param>
/// <param name="Live">The number of the Secret's version when the annotation was written.</param>
/// <param name="Verified">The digest of the certificate and key when the annotation was written; null if servers reject them.</param>
internal sealed record CertificateAnnotation(
    CertificateRecord Certificate, IReadOnlyList<CertificateVersion> Versions, int Live, string? Verified = null)
{
    /// <summary>The annotation's name.</summary>
    public const string Name = RackScope.AnnotationPrefix + "certificate";

    /// <summary>Parses the annotation.</summary>
    /// <exception cref="JsonException">The text is not a valid annotation.</exception>
    public static CertificateAnnotation Parse(string json) =>
        JsonSerializer.Deserialize(json, KubernetesRackJson.Default.CertificateAnnotation) is
            { Certificate.Domains.Count: > 0, Versions: { Count: > 0 } versions } read
        && versions.All(v => v is not null) && versions.Any(v => v.Number == read.Live)
            ? read
            : throw new JsonException("It does not describe a certificate.");

    /// <summary>Finds the version with a leaf certificate, and prefers the live one.</summary>
    public CertificateVersion? VersionOf(string thumbprint) =>
        Versions.Where(v => v.Thumbprint == thumbprint).OrderByDescending(v => v.Number == Live).FirstOrDefault();

    /// <inheritdoc/>
    public override string ToString() => JsonSerializer.Serialize(this, KubernetesRackJson.Default.CertificateAnnotation);
}
