using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Access;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.CertManager;
using ConvoxSsl.Kubernetes.Connection;
using ConvoxSsl.Kubernetes.Locks;
using ConvoxSsl.Kubernetes.Publishing;
using ConvoxSsl.Kubernetes.Renewals;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.Kubernetes.Solvers;
using ConvoxSsl.Kubernetes.Stores;

namespace ConvoxSsl.Kubernetes;

/// <summary>
/// A Kubernetes rack. It shares its certificates and solvers with Convox, keeps all state in the cluster, and changes objects
/// with the API server's optimistic concurrency.
/// </summary>
public sealed class KubernetesRack : IRack, IDisposable
{
    private readonly ClusterApi _api;
    private readonly RackScope _scope;
    private readonly LeaseLocks _locks;
    private readonly RackAccess _access;

    internal KubernetesRack(ClusterApi api, RackScope scope, IReadOnlyList<DnsProviderDescriptor> providers, TimeProvider time)
    {
        _api = api;
        _scope = scope;
        _locks = new LeaseLocks(api, scope.Namespace, time);
        _access = new RackAccess(api, scope);
        var certificates = new KubernetesCertificateStore(api, scope, _locks);
        Certificates = certificates;
        Accounts = new KubernetesAccountStore(api, scope, _locks);
        Orders = new KubernetesOrderStore(api, scope, _locks);
        DnsSolvers = new KubernetesDnsSolverStore(api, scope, _locks, new DnsSolverFormat(providers));
        Limits = new KubernetesLimitLedger(api, scope);
        Webhooks = new KubernetesWebhookStore(api, scope, _locks);
        State = new KubernetesRackStateStore(api, scope);
        Targets = new KubernetesTargetStore(api, scope);
        Controller = new CertManagerController(api, scope, certificates, time);
        Publisher = new KubernetesCertificatePublisher(api, scope);
        Scheduler = new KubernetesScheduler(api, scope);
    }

    /// <summary>
    /// Opens a rack with the user's kubeconfig. Sends no request to the cluster; runs the kubeconfig's credential plugin if there
    /// is one.
    /// </summary>
    /// <param name="options">The rack, its cluster and the identity.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Receives one line per request to the API server, without bodies.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="Engine.InvalidInputException">
    /// <c>KubeConfigNotFound</c>, <c>InvalidKubeConfig</c>, <c>ContextNotFound</c>, <c>InvalidRackName</c>, <c>InvalidNamespace</c>.
    /// </exception>
    /// <exception cref="Engine.EngineException"><c>CredentialPluginFailed</c>.</exception>
    public static async Task<KubernetesRack> OpenAsync(
        KubernetesRackOptions options, TimeProvider time, Action<string>? log, CancellationToken ct)
    {
        var scope = RackScope.Create(options);
        var (client, found) = await ClusterConnection.OpenAsync(options, time, ct).ConfigureAwait(false);
        return new KubernetesRack(new ClusterApi(client, time, log), scope, options.Providers, time) { Options = found };
    }

    /// <summary>Lists a kubeconfig's contexts, and the racks whose namespaces they name. Sends no request to a cluster.</summary>
    /// <param name="kubeConfig">The file; null as in <see cref="KubernetesRackOptions.KubeConfig"/>.</param>
    /// <exception cref="Engine.InvalidInputException"><c>KubeConfigNotFound</c>, <c>InvalidKubeConfig</c>.</exception>
    public static (IReadOnlyList<string> Contexts, IReadOnlyList<string> Racks) ReadContexts(string? kubeConfig) =>
        ClusterConnection.ReadContexts(kubeConfig);

    /// <summary>The options that open the same rack again, even if the kubeconfig's current context has changed.</summary>
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
    public IRackStateStore State { get; }

    /// <inheritdoc/>
    public ITargetStore Targets { get; }

    /// <inheritdoc/>
    public ICertificateController? Controller { get; }

    /// <inheritdoc/>
    public ICertificatePublisher? Publisher { get; }

    /// <inheritdoc/>
    public IRackScheduler? Scheduler { get; }

    /// <summary>True if the cluster serves cert-manager's API; null if the identity is not allowed to read it.</summary>
    public Task<bool?> HasCertManagerAsync(CancellationToken ct) => _access.HasCertManagerAsync(ct);

    /// <summary>Lists the permissions that the identity lacks for the module's features.</summary>
    public Task<IReadOnlyList<MissingAccess>> FindMissingRightsAsync(CancellationToken ct) => _access.FindMissingAsync(ct);

    /// <inheritdoc/>
    public Task RequireReadableAsync(CancellationToken ct) => _access.RequireReadableAsync(ct);

    /// <inheritdoc/>
    public Task RequireWritableAsync(CancellationToken ct) => _access.RequireWritableAsync(ct);

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken ct) => _access.RequireWritableAsync(ct);

    /// <inheritdoc/>
    public Task<IAsyncDisposable> LockAsync(string name, Action? onWait, CancellationToken ct) => LockAsync(name, [], onWait, ct);

    /// <inheritdoc/>
    public Task<IAsyncDisposable> LockAsync(string name, IReadOnlyList<string> following, Action? onWait, CancellationToken ct) =>
        _locks.TakeAsync(name, following, onWait, ct);

    /// <inheritdoc/>
    public void Dispose() => _api.Dispose();
}
