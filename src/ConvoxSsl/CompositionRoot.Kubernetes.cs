using System.Runtime.CompilerServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes;
using ConvoxSsl.Kubernetes.Access;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl;

// Kubernetes racks. These methods are not inlined, so that ConvoxSsl.Kubernetes and YamlDotNet are loaded only for them.
internal static partial class CompositionRoot
{
    /// <summary>Opens a Kubernetes rack for a connection and checks that it exists.</summary>
    /// <param name="rack">The description of the rack.</param>
    /// <param name="log">Receives each HTTP request.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <returns>The complete description, and a warning that lists missing permissions; null if none are missing.</returns>
    /// <exception cref="InvalidInputException">The name or the kubeconfig is not valid.</exception>
    /// <exception cref="EngineException">The cluster cannot be reached, denies access, or has no such rack.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<(ConvoxRack Rack, string? Warning)> ConnectKubernetesAsync(
        ConvoxRack rack, Action<string> log, CancellationToken ct)
    {
        using var opened = await OpenKubernetesAsync(rack, log, ct);
        await opened.RequireReadableAsync(ct);
        var missing = await opened.FindMissingRightsAsync(ct);
        var connected = rack with
        {
            Location = opened.Location,
            Namespace = opened.Namespace,
            KubeConfig = opened.Options?.KubeConfig,
            Context = opened.Options?.Context,
            CertManager = await opened.HasCertManagerAsync(ct),
            DefaultIssuer = await FindDefaultIssuerAsync(opened, ct),
        };
        return (connected, missing.Count == 0 ? null : DescribeMissing(rack, missing));
    }

    /// <summary>Reads the contexts of a kubeconfig and the racks that it mentions, without a request to a cluster.</summary>
    /// <exception cref="InvalidInputException">The file is not valid.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static (IReadOnlyList<string> Contexts, IReadOnlyList<string> Racks) ReadKubeConfig(string? file) =>
        KubernetesRack.ReadContexts(file);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<IRack> OpenKubernetesRackAsync(ConvoxRack rack, Action<string> log, CancellationToken ct) =>
        await OpenKubernetesAsync(rack, log, ct);

    private static Task<KubernetesRack> OpenKubernetesAsync(ConvoxRack rack, Action<string> log, CancellationToken ct)
    {
        var options = new KubernetesRackOptions
        {
            Name = rack.Name,
            KubeConfig = rack.KubeConfig,
            Context = rack.Context,
            Namespace = rack.Namespace,
            Providers = Providers,
        };
        return KubernetesRack.OpenAsync(options, TimeProvider.System, log, ct);
    }

    // A rack is connected even if only this cannot be read.
    private static async Task<string?> FindDefaultIssuerAsync(KubernetesRack rack, CancellationToken ct)
    {
        try
        {
            return (await rack.State.ReadAsync(ct)).DefaultIssuer;
        }
        catch (EngineException)
        {
            return null;
        }
    }

    private static string DescribeMissing(ConvoxRack rack, IEnumerable<MissingAccess> missing)
    {
        var purposes = missing.GroupBy(permission => permission.Purpose)
            .Select(group => $"{group.Key} needs: {MissingAccess.Describe(group)}.");
        return $"This identity lacks permissions on rack '{rack.Name}'. {string.Join(' ', purposes)} docs/rbac.md has the roles.";
    }
}
