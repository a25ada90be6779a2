using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Access;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.CertManager;
using ConvoxSsl.Kubernetes.Connection;
using ConvoxSsl.Kubernetes.Locks;
using ConvoxSsl.Kubernetes.Publishing;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.Kubernetes.Solvers;
using ConvoxSsl.Kubernetes.Stores;

namespace ConvoxSsl.Kubernetes;

/// <summary>
/// A Convox rack in a cluster: what it writes, Convox reads, and the reverse. Holds no state but connections; everything
/// is in the cluster, and changes go through the API server's own check that nobody was faster.
/// </summary>
public sealed class KubernetesRack : IRack, IDisposable
{
    private readonly ClusterApi _api;
    private readonly RackScope _scope;
    private readonly LeaseLocks _locks;
    private readonly RackAccess _access;

    internal KubernetesRack(ClusterApi api, RackScope scope, TimeProvider time)
    {
        _api = api;
        _scope = scope;
        _locks = new LeaseLocks(api, scope.Namespace, time);
        _access = new RackAccess(api, scope);
        var certificates = new KubernetesCertificateStore(api, scope, _locks);
        Certificates = certificates;
        Accounts = new KubernetesAccountStore(api, scope, _locks);
        Orders = new KubernetesOrderStore(api, scope, _locks);
        DnsSolvers = new KubernetesDnsSolverStore(api, scope, _locks);
        Limits = new KubernetesLimitLedger(api, scope);
        Webhooks = new KubernetesWebhookStore(api, scope, _locks);
        Controller = new CertManagerController(api, scope, certificates, time);
        Publisher = new KubernetesCertificatePublisher(api, scope);
    }

    /// <summary>
    /// A rack, as the user's kubeconfig leads to it. Nothing is asked of the cluster yet; a credential plugin of the
    /// kubeconfig runs.
    /// </summary>
    /// <param name="options">Which rack, and as whom.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told of each exchange with the API server, without bodies.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="Engine.InvalidInputException">
    /// <c>KubeConfigNotFound</c>, <c>InvalidKubeConfig</c>, <c>ContextNotFound</c>, <c>InvalidRackName</c>, <c>InvalidNamespace</c>.
    /// </exception>
    /// <exception cref="Engine.EngineException"><c>CredentialPluginFailed</c>.</exception>
    public static async Task<KubernetesRack> OpenAsync(KubernetesRackOptions options, TimeProvider time, Action<string>? log, CancellationToken ct)
    {
        var scope = RackScope.Of(options);
        var (client, found) = await ClusterConnection.OpenAsync(options, time, ct).ConfigureAwait(false);
        return new KubernetesRack(new ClusterApi(client, time, log), scope, time) { Options = found };
    }

    /// <summary>The contexts of a kubeconfig, and the racks that it tells of; nothing is asked of a cluster.</summary>
    /// <param name="kubeConfig">The file; null as in <see cref="KubernetesRackOptions.KubeConfig"/>.</param>
    /// <exception cref="Engine.InvalidInputException"><c>KubeConfigNotFound</c>, <c>InvalidKubeConfig</c>.</exception>
    public static (IReadOnlyList<string> Contexts, IReadOnlyList<string> Racks) ReadContexts(string? kubeConfig) => ClusterConnection.ReadContexts(kubeConfig);

    /// <summary>What leads to the same rack again, also where the kubeconfig's current context is another by then.</summary>
    public KubernetesRackOptions? Options { get; private init; }

    /// <inheritdoc/>
    public string Name => _scope.Name;

    /// <inheritdoc/>
    public string Location => _api.Server;

    /// <summary>The rack's namespace.</summary>
    public string Namespace => _scope.Namespace;

    /// <inheritdoc/>
    public ICertificateStore Certificates { get; }

    /// <inheritdoc/>
    public IAccountStore Accounts { get; }

    /// <inheritdoc/>
    public IOrderStore Orders { get; }

    /// <inheritdoc/>
    public IDnsSolverStore DnsSolvers { get; }

    /// <inheritdoc/>
    public ILimitLedger Limits { get; }

    /// <inheritdoc/>
    public IWebhookStore Webhooks { get; }

    /// <inheritdoc/>
    public ICertificateController? Controller { get; }

    /// <inheritdoc/>
    public ICertificatePublisher? Publisher { get; }

    /// <summary>Whether the cluster serves cert-manager's API; null where this identity is not told.</summary>
    public Task<bool?> HasCertManagerAsync(CancellationToken ct) => _access.HasCertManagerAsync(ct);

    /// <summary>What this identity may not do of all that the module does on a rack, in RBAC's words.</summary>
    public Task<IReadOnlyList<MissingPermission>> FindMissingRightsAsync(CancellationToken ct) => _access.FindMissingAsync(ct);

    /// <summary>The role of the rack's cert-manager, which a DNS role's trust policy has to name.</summary>
    /// <exception cref="Engine.EngineException"><c>NoDnsRole</c>.</exception>
    public Task<string> FindDnsRoleAsync(CancellationToken ct) => ((KubernetesDnsSolverStore)DnsSolvers).FindRoleAsync(ct);

    /// <inheritdoc/>
    public Task RequireReadableAsync(CancellationToken ct) => _access.RequireReadableAsync(ct);

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken ct) => _access.RequireWritableAsync(ct);

    /// <inheritdoc/>
    public Task<IAsyncDisposable> LockAsync(string name, Action? onWait, CancellationToken ct) => _locks.TakeAsync(name, onWait, ct);

    /// <inheritdoc/>
    public void Dispose() => _api.Dispose();
}
