using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>
/// The certificates that cert-manager writes in the namespaces of the rack's apps. Copies of the rack's own certificates are
/// excluded; a Secret with the name of one of those is a copy.
/// </summary>
internal sealed class AppCertificates(ClusterApi api, RackScope scope)
{
    private const string TlsSelector = $"type={SecretObject.TlsType}";

    /// <summary>Lists them by namespace and name.</summary>
    public async IAsyncEnumerable<CertificateEntry> ListAsync(
        Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        HashSet<string>? own = null;
        await foreach (var app in api.ListAsync(ApiResource.Namespaces, null, scope.NamespaceSelector, null, ct).ConfigureAwait(false))
        {
            if (app.Name() == scope.Namespace)
            {
                continue;
            }

            await foreach (var secret in api.ListAsync(ApiResource.Secrets, app.Name(), null, TlsSelector, ct).ConfigureAwait(false))
            {
                own ??= await ListOwnAsync(ct).ConfigureAwait(false);
                if (!own.Contains(secret.Name()) && TryRead(secret, app.Name(), onDamaged) is { } found)
                {
                    yield return found;
                }
            }
        }
    }

    /// <summary>Finds one by its id.</summary>
    /// <exception cref="EngineException"><c>CertificateDamaged</c>.</exception>
    public async Task<CertificateSecret?> FindAsync(CertificateSecretId id, CancellationToken ct) =>
        await api.FindAsync(ApiResource.Namespaces, null, id.AppNamespace!, ct).ConfigureAwait(false) is { } app && IsOfRack(app)
        && await api.FindAsync(ApiResource.Secrets, id.AppNamespace, id.Name, ct).ConfigureAwait(false) is { } secret
        && (await api.FindAsync(ApiResource.Secrets, scope.Namespace, id.Name, ct).ConfigureAwait(false))?.IsTls() != true
            ? CertificateSecret.Read(secret, id)
            : null;

    private static CertificateEntry? TryRead(JsonObject secret, string app, Action<EngineException>? onDamaged)
    {
        try
        {
            return CertificateSecret.Read(secret, new CertificateSecretId(secret.Name(), app))?.Entry;
        }
        catch (EngineException e)
        {
            onDamaged?.Invoke(e);
            return null;
        }
    }

    // Keep only the names: the rack may have very many certificates.
    private async Task<HashSet<string>> ListOwnAsync(CancellationToken ct)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var secret in api.ListAsync(ApiResource.Secrets, scope.Namespace, null, TlsSelector, ct).ConfigureAwait(false))
        {
            names.Add(secret.Name());
        }

        return names;
    }

    private bool IsOfRack(JsonObject app) =>
        app.Name() != scope.Namespace
        && app.Label(RackScope.SystemLabel) == RackScope.Convox
        && app.Label(RackScope.RackLabel) == scope.Name;
}
