using System.Runtime.CompilerServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes;
using ConvoxSsl.Kubernetes.Access;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Racks;

/// <summary>Opens Kubernetes racks. Its methods are not inlined, so that the client library is loaded only for them.</summary>
internal static class KubernetesRacks
{
    /// <summary>Opens a Kubernetes rack.</summary>
    /// <param name="rack">The description of the rack.</param>
    /// <param name="providers">The DNS providers.</param>
    /// <param name="log">Receives each HTTP request.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="InvalidInputException">The kubeconfig is not valid or no longer has the context.</exception>
    /// <exception cref="EngineException"><c>CredentialPluginFailed</c>.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<IRack> OpenAsync(
        ConvoxRack rack, IReadOnlyList<DnsProviderDescriptor> providers, Action<string> log, CancellationToken ct) =>
        await OpenClusterAsync(rack, providers, log, ct);

    /// <summary>Opens a Kubernetes rack for a connection and checks that it exists.</summary>
    /// <param name="rack">The description of the rack.</param>
    /// <param name="providers">The DNS providers.</param>
    /// <param name="log">Receives each HTTP request.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <returns>The complete description, and a warning that lists missing permissions; null if none are missing.</returns>
    /// <exception cref="InvalidInputException">The name or the kubeconfig is not valid.</exception>
    /// <exception cref="EngineException">The cluster cannot be reached, denies access, or has no such rack.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<(ConvoxRack Rack, string? Warning)> ConnectAsync(
        ConvoxRack rack, IReadOnlyList<DnsProviderDescriptor> providers, Action<string> log, CancellationToken ct)
    {
        using var opened = await OpenClusterAsync(rack, providers, log, ct);
        await opened.RequireReadableAsync(ct);
        var missing = await opened.FindMissingRightsAsync(ct);
        var connected = rack with
        {
            Location = opened.Location,
            Namespace = opened.Namespace,
            KubeConfig = opened.Options?.KubeConfig,
            Context = opened.Options?.Context,
            CertManager = await opened.HasCertManagerAsync(ct),
        };
        return (connected, missing.Count == 0 ? null : Describe(rack, missing));
    }

    /// <summary>Reads the contexts of a kubeconfig and the racks that it mentions, without a request to a cluster.</summary>
    /// <exception cref="InvalidInputException">The file is not valid.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static (IReadOnlyList<string> Contexts, IReadOnlyList<string> Racks) ReadKubeConfig(string? file) =>
        KubernetesRack.ReadContexts(file);

    private static Task<KubernetesRack> OpenClusterAsync(
        ConvoxRack rack, IReadOnlyList<DnsProviderDescriptor> providers, Action<string> log, CancellationToken ct)
    {
        var options = new KubernetesRackOptions
        {
            Name = rack.Name,
            KubeConfig = rack.KubeConfig,
            Context = rack.Context,
            Namespace = rack.Namespace,
            Providers = providers,
        };
        return KubernetesRack.OpenAsync(options, TimeProvider.System, log, ct);
    }

    private static string Describe(ConvoxRack rack, IEnumerable<MissingAccess> missing)
    {
        var purposes = missing.GroupBy(permission => permission.Purpose)
            .Select(group => $"{group.Key} needs: {MissingAccess.Describe(group)}.");
        return $"This identity lacks permissions on rack '{rack.Name}'. {string.Join(' ', purposes)} docs/rbac.md has the roles.";
    }
}
