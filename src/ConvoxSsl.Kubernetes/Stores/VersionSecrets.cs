using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>
/// Stores each version of a certificate in a Secret. A version is written before it becomes live, and kept so that it can be
/// restored.
/// </summary>
internal sealed class VersionSecrets(ClusterApi api, RackScope scope)
{
    private const string CertificateLabel = RackScope.AnnotationPrefix + "certificate";
    private const int MaxLabelLength = 63;

    private readonly OwnSecrets _secrets = new(api, scope, "version");

    /// <summary>Lists the numbers of a certificate's stored versions.</summary>
    public async Task<IReadOnlyList<int>> ListAsync(string id, CancellationToken ct)
    {
        var prefix = NameOf(id, null);
        var numbers = new List<int>();
        await foreach (var secret in _secrets.ListAsync(ct, $"{CertificateLabel}={LabelOf(id)}").ConfigureAwait(false))
        {
            if (secret.Name().StartsWith(prefix, StringComparison.Ordinal)
                && int.TryParse(secret.Name().AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }

    /// <summary>Finds a version.</summary>
    public Task<JsonObject?> FindAsync(string id, int number, CancellationToken ct) => _secrets.FindAsync(NameOf(id, number), ct);

    /// <summary>Stores a chain and key as a version.</summary>
    public Task WriteAsync(string id, int number, string chain, string key, CancellationToken ct) => _secrets.ChangeAsync(
        NameOf(id, number),
        secret =>
        {
            secret.SetLabel(CertificateLabel, LabelOf(id));
            secret.SetDataText(SecretObject.CertificateKey, chain);
            secret.SetDataText(SecretObject.PrivateKeyKey, key);
            return true;
        },
        ct);

    /// <summary>Stores the contents of a certificate's Secret as a version.</summary>
    public Task WriteAsync(CertificateSecret live, CancellationToken ct) => WriteAsync(
        live.Entry.Record.Id,
        live.Entry.LiveVersion,
        live.Secret.DataText(SecretObject.CertificateKey) ?? string.Empty,
        live.Secret.DataText(SecretObject.PrivateKeyKey) ?? string.Empty,
        ct);

    /// <summary>Removes versions.</summary>
    public async Task RemoveAsync(string id, IEnumerable<int> numbers, CancellationToken ct)
    {
        foreach (var number in numbers)
        {
            await _secrets.RemoveAsync(NameOf(id, number), ct).ConfigureAwait(false);
        }
    }

    private static string NameOf(string id, int? number) =>
        string.Create(CultureInfo.InvariantCulture, $"{RackScope.Prefix}{id}-v{number}");

    // A label value is shorter than a name, so callers also compare the Secret's name.
    private static string LabelOf(string id) =>
        id.Length <= MaxLabelLength ? id : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..40].ToLowerInvariant();
}
