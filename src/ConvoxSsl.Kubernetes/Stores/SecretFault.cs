using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>Finds faults of TLS Secrets: certificates that servers reject, and values that belong to another certificate.</summary>
internal static class SecretFault
{
    private const string AuthorityKey = "ca.crt";

    // cert-manager writes these for a Certificate with additionalOutputFormats:
    // https://cert-manager.io/docs/usage/certificate/#additional-certificate-output-formats
    private const string CombinedKey = "tls-combined.pem";
    private const string DerKey = "key.der";

    /// <summary>Finds the most severe fault of a Secret; null if there is none.</summary>
    /// <param name="secret">The Secret.</param>
    /// <param name="verified">The digest of a certificate and key that servers do not reject, which need not be parsed; or null.</param>
    public static CertificateFault? Find(JsonObject secret, string? verified)
    {
        if (verified is not null && verified == GetDigest(secret))
        {
            return FindOther(secret);
        }

        using var chain = ReadChain(secret, SecretObject.CertificateKey);
        return Find(secret, chain);
    }

    /// <summary>Finds the most severe fault of a Secret of which nothing is verified.</summary>
    /// <param name="secret">The Secret.</param>
    /// <param name="chain">Its certificate; null if that cannot be read.</param>
    public static CertificateFault? Find(JsonObject secret, CertificateChain? chain) =>
        FindUnusable(secret, chain) is { } fault
            ? new CertificateFault(CertificateFaultKind.Unusable, $"It cannot be used because {fault}.")
            : FindOther(secret);

    /// <summary>Creates a digest of a Secret's certificate and key.</summary>
    public static string GetDigest(JsonObject secret)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var key in new[] { SecretObject.CertificateKey, SecretObject.PrivateKeyKey })
        {
            var value = secret.Data(key) ?? [];
            hash.AppendData(BitConverter.GetBytes(value.Length));
            hash.AppendData(value);
        }

        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }

    /// <summary>Describes the fault for which servers or their clients reject the certificate.</summary>
    /// <returns>The fault as a clause; null if there is none.</returns>
    public static string? FindUnusable(JsonObject secret)
    {
        using var chain = ReadChain(secret, SecretObject.CertificateKey);
        return FindUnusable(secret, chain);
    }

    private static string? FindUnusable(JsonObject secret, CertificateChain? chain)
    {
        var first = CertificateSecret.FirstCertificate(secret.DataText(SecretObject.CertificateKey));
        if (chain is null || first is null)
        {
            return CertificateSecret.Unreadable;
        }

        if (!chain.Leaf.RawDataMemory.Span.SequenceEqual(first))
        {
            return "its tls.crt begins with another certificate, which servers would present";
        }

        var key = HasValue(secret, SecretObject.PrivateKeyKey) ? secret.DataText(SecretObject.PrivateKeyKey) : null;
        return (key is null ? null : KeyFault.Find(key, chain)) ?? ChainFault.Find(chain);
    }

    // The faults of a certificate that can be used.
    private static CertificateFault? FindOther(JsonObject secret) =>
        !HasValue(secret, SecretObject.PrivateKeyKey)
            ? new CertificateFault(CertificateFaultKind.NoKey, "Its Secret has no private key, so it cannot be copied to apps.")
        : FindOutdated(secret) is { } outdated ? new CertificateFault(CertificateFaultKind.OutdatedCopy, outdated)
        : null;

    private static string? FindOutdated(JsonObject secret)
    {
        if (!HasValue(secret, CombinedKey) && !HasValue(secret, DerKey) && !HasValue(secret, AuthorityKey))
        {
            return null;
        }

        using var chain = ReadChain(secret, SecretObject.CertificateKey)!;
        string[] copies =
        [
            .. HasOtherCertificate(secret, chain) ? (string[])[CombinedKey] : [],
            .. HasOtherKey(secret) ? (string[])[DerKey] : [],
        ];
        return copies.Length > 0
                ? $"Its Secret also has {string.Join(" and ", copies)} of another version, which other programs may still use."
            : HasOtherAuthority(secret, chain)
                ? "The ca.crt in its Secret does not contain its issuer, so programs that trust only that file reject the certificate."
            : null;
    }

    private static bool HasOtherCertificate(JsonObject secret, CertificateChain chain)
    {
        using var other = ReadChain(secret, CombinedKey);
        return other is not null && !other.Leaf.RawDataMemory.Span.SequenceEqual(chain.Leaf.RawDataMemory.Span);
    }

    // cert-manager decodes the PEM block in tls.key for it.
    private static bool HasOtherKey(JsonObject secret) =>
        HasValue(secret, DerKey)
        && secret.DataText(SecretObject.PrivateKeyKey) is { } pem
        && PemEncoding.TryFind(pem, out var fields)
        && !Convert.FromBase64String(pem[fields.Base64Data]).AsSpan().SequenceEqual(secret.Data(DerKey));

    private static bool HasOtherAuthority(JsonObject secret, CertificateChain chain)
    {
        if (!HasValue(secret, AuthorityKey))
        {
            return false;
        }

        IReadOnlyList<X509Certificate2> authorities = [];
        try
        {
            authorities = RootCertificates.Parse(secret.DataText(AuthorityKey));
            return !authorities.Any(authority => chain.Certificates.Any(
                certificate => certificate.IssuerName.RawData.AsSpan().SequenceEqual(authority.SubjectName.RawData)));
        }
        catch (InvalidInputException)
        {
            // It has another use.
            return false;
        }
        finally
        {
            foreach (var authority in authorities)
            {
                authority.Dispose();
            }
        }
    }

    private static bool HasValue(JsonObject secret, string key) => secret.Data(key) is { Length: > 0 };

    private static CertificateChain? ReadChain(JsonObject secret, string key)
    {
        try
        {
            return secret.DataText(key) is { Length: > 0 } pem ? CertificateChain.FromPem(pem) : null;
        }
        catch (InvalidInputException)
        {
            return null;
        }
    }
}
