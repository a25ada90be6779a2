using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>A certificate in its Secret.</summary>
/// <param name="Secret">The Secret.</param>
/// <param name="Entry">The certificate's metadata.</param>
/// <param name="IsRecorded">True if the module wrote the live version; false if another program did.</param>
internal sealed record CertificateSecret(JsonObject Secret, CertificateEntry Entry, bool IsRecorded)
{
    /// <summary>The reason why a Secret is damaged if its certificate cannot be read.</summary>
    public const string Unreadable = "its tls.crt holds no certificate that can be read";

    private const string BeingIssuedAnnotation = "cert-manager.io/certificate-name";

    /// <summary>Reads a Secret; null if it has no certificate yet, or is not of the type TLS.</summary>
    /// <param name="secret">The Secret.</param>
    /// <param name="id">The certificate's id.</param>
    /// <exception cref="EngineException"><c>CertificateDamaged</c>.</exception>
    public static CertificateSecret? Read(JsonObject secret, CertificateSecretId id)
    {
        if (!secret.IsTls())
        {
            return null;
        }

        if (secret.DataText(SecretObject.CertificateKey) is not { Length: > 0 } pem)
        {
            return secret.Annotation(BeingIssuedAnnotation) is not null
                ? null
                : throw Damaged(
                    secret, id, secret.HasData(SecretObject.CertificateKey) ? "its tls.crt is empty or not base64" : "it has no tls.crt");
        }

        var annotation = ReadAnnotation(secret, id);
        var leaf = FirstCertificate(pem) ?? throw Damaged(secret, id, Unreadable);

        // The thumbprint identifies a version that the module wrote, without parsing the certificate.
        return annotation?.VersionOf(ThumbprintOf(leaf)) is { } live
            ? Of(
                secret,
                id,
                annotation.Certificate,
                annotation.Versions,
                live,
                leaf,
                new Lazy<CertificateFault?>(() => SecretFault.Find(secret, annotation.Verified)),
                annotation.Live == live.Number)
            : ReadUnknown(secret, id, pem, annotation);
    }

    /// <summary>Reads a Secret's chain and key.</summary>
    /// <exception cref="EngineException"><c>CertificateDamaged</c>.</exception>
    public static CertificateWithKey ReadMaterial(JsonObject secret, CertificateSecretId id)
    {
        var chain = ReadChain(secret, id, secret.DataText(SecretObject.CertificateKey) ?? string.Empty);
        try
        {
            var key = secret.DataText(SecretObject.PrivateKeyKey) is { Length: > 0 } pem ? PrivateKey.FromPem(pem) : null;
            return new CertificateWithKey(chain, key);
        }
        catch (InvalidInputException)
        {
            chain.Dispose();
            throw Damaged(secret, id, "its tls.key holds no key that can be read");
        }
    }

    /// <summary>Writes a certificate's metadata to the annotation of its Secret, which has its data already.</summary>
    public static void Annotate(JsonObject secret, CertificateRecord record, IReadOnlyList<CertificateVersion> versions, int live)
    {
        var verified = SecretFault.FindUnusable(secret) is null ? SecretFault.GetDigest(secret) : null;
        secret.SetAnnotation(CertificateAnnotation.Name, new CertificateAnnotation(record, versions, live, verified).ToString());
    }

    /// <summary>Creates the error for a damaged Secret, without quoting it.</summary>
    public static EngineException Damaged(JsonObject secret, CertificateSecretId id, string why)
    {
        Remedy? remedy = !secret.IsTls() ? "That version cannot be restored; the certificate in use is not affected."
            : id.AppNamespace is null ? new Remedy("CertificateDamaged.Secret", id.ToString())
            : "Delete that Secret, so that the app's cert-manager issues the certificate again.";
        return new EngineException(
            ErrorCode.CertificateDamaged,
            EngineErrorKind.InvalidData,
            $"The Secret '{secret.Name()}' in the namespace '{(string?)secret["metadata"]?["namespace"]}' is damaged: {why}.",
            id.ToString())
        {
            Remedy = remedy,
        };
    }

    /// <summary>Decodes the first PEM block, which Convox also takes as the leaf.</summary>
    public static byte[]? FirstCertificate(ReadOnlySpan<char> pem)
    {
        // With a byte order mark, the search would skip the first block.
        pem = pem.TrimStart('\uFEFF');
        if (!PemEncoding.TryFind(pem, out var fields) || !pem[fields.Label].EndsWith("CERTIFICATE"))
        {
            return null;
        }

        var leaf = new byte[fields.DecodedDataLength];
        return Convert.TryFromBase64Chars(pem[fields.Base64Data], leaf, out _) ? leaf : null;
    }

    private static CertificateSecret ReadUnknown(JsonObject secret, CertificateSecretId id, string pem, CertificateAnnotation? annotation)
    {
        using var chain = ReadChain(secret, id, pem);
        var fault = new Lazy<CertificateFault?>(SecretFault.Find(secret, chain));
        if (annotation?.VersionOf(chain.Leaf.Thumbprint) is { } live)
        {
            var isRecorded = annotation.Live == live.Number;
            return Of(secret, id, annotation.Certificate, annotation.Versions, live, chain.Leaf.RawData, fault, isRecorded);
        }

        var added = SecretCertificateParser.VersionOf(secret, chain, 1 + (annotation?.Versions.Max(v => v.Number) ?? 0));
        return Of(
            secret,
            id,
            annotation?.Certificate ?? SecretCertificateParser.RecordOf(secret, id.ToString(), chain),
            [.. annotation?.Versions ?? [], added],
            added,
            chain.Leaf.RawData,
            fault,
            isRecorded: false);
    }

    private static CertificateSecret Of(
        JsonObject secret,
        CertificateSecretId id,
        CertificateRecord record,
        IReadOnlyList<CertificateVersion> versions,
        CertificateVersion live,
        byte[] leaf,
        Lazy<CertificateFault?> fault,
        bool isRecorded) => new(
        secret,
        new CertificateEntry
        {
            // The annotation of a manual copy contains the original's id.
            Record = record.Id == id.ToString() ? record : record with { Id = id.ToString() },
            Versions = versions,
            LiveVersion = live.Number,
            Leaf = leaf,
            Namespace = (string?)secret["metadata"]?["namespace"],
            Fault = fault,
        },
        isRecorded);

    private static CertificateAnnotation? ReadAnnotation(JsonObject secret, CertificateSecretId id)
    {
        if (secret.Annotation(CertificateAnnotation.Name) is not { } json)
        {
            return null;
        }

        try
        {
            return CertificateAnnotation.Parse(json);
        }
        catch (JsonException)
        {
            throw Damaged(
                secret, id, $"its annotation {CertificateAnnotation.Name} cannot be read; without it, the certificate counts as imported");
        }
    }

    private static CertificateChain ReadChain(JsonObject secret, CertificateSecretId id, string pem)
    {
        try
        {
            return CertificateChain.FromPem(pem);
        }
        catch (InvalidInputException)
        {
            throw Damaged(secret, id, Unreadable);
        }
    }

    // .NET and Windows identify certificates by SHA-1; it protects nothing.
#pragma warning disable CA5350
    private static string ThumbprintOf(byte[] certificate) => Convert.ToHexString(SHA1.HashData(certificate));
#pragma warning restore CA5350
}
