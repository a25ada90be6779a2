using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Locks;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Solvers;

/// <summary>
/// The DNS solvers in <c>letsencrypt-config</c> and in the ClusterIssuer <c>letsencrypt</c>, with a backup in the rack's
/// namespace. Each write is preceded by what it depends on, so that an interrupted command can be repeated; removal uses the
/// reverse order.
/// </summary>
/// <param name="api">The client of the cluster.</param>
/// <param name="scope">The rack.</param>
/// <param name="locks">The locks that this process holds.</param>
/// <param name="format">The JSON form of solvers.</param>
/// <param name="variable">Reads an environment variable; null for the process's own environment.</param>
internal sealed class KubernetesDnsSolverStore(
    ClusterApi api, RackScope scope, LeaseLocks locks, DnsSolverFormat format, Func<string, string?>? variable = null)
    : IDnsSolverStore
{
    private const string RoleAnnotation = "eks.amazonaws.com/role-arn";

    private readonly Func<string, string?> _variable = variable ?? Environment.GetEnvironmentVariable;

    // A bool once it is known. A store lives for one command, during which cert-manager is not installed or removed.
    private volatile object? _hasCertManager;

    public async Task<IReadOnlyList<DnsSolver>> ListAsync(CancellationToken ct) => (await ReadAsync(ct).ConfigureAwait(false)).All;

    public async Task<IReadOnlySet<int>> ListDetachedAsync(CancellationToken ct)
    {
        var solvers = await ReadAsync(ct).ConfigureAwait(false);
        if (solvers.Config is null)
        {
            return new HashSet<int>();
        }

        var issuer = await FindIssuerAsync(ct).ConfigureAwait(false);
        var attached = solvers.Configured.Where(s => !s.NeedsEngine && issuer?.Has(s) == true).Select(s => s.Id);
        return solvers.All.Select(s => s.Id).Except(attached).ToHashSet();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException"><c>RegionNeeded</c>; <c>DnsSolverExists</c>: the number is another program's.</exception>
    /// <exception cref="EngineException"><c>SolversDamaged</c>, and the cluster's refusals.</exception>
    public async Task SaveAsync(DnsSolver solver, DnsSecret? secret, CancellationToken ct)
    {
        var solvers = await ReadAsync(ct).ConfigureAwait(false);
        if (solvers.Config is null)
        {
            await ChangeCopyAsync(copy => copy.Put(solver, secret, []), ct).ConfigureAwait(false);
            return;
        }

        if (solvers.Config.IsForeign(solver.Id) && solvers.Copy.Find(solver.Id) is null)
        {
            throw new InvalidInputException(
                ErrorCode.DnsSolverExists,
                $"The DNS solver id {solver.Id} is not valid because the rack's letsencrypt-config uses it for an unknown provider.",
                solver.Id)
            {
                Remedy = "Use another id.",
            };
        }

        var regions = await ReadRegionsAsync(solvers, ct).ConfigureAwait(false);
        var delivered = solver.NeedsEngine ? null : WithRegion(solver, regions) ?? throw RegionNeeded(solver);
        var before = solvers.StatesOf(solver.Id);
        var former = before.Select(s => s.DnsZones).Where(z => !SolverZones.AreSame(z, solver.DnsZones)).ToList();

        var kept = await SaveCredentialAsync(solver, secret, solvers.Copy, ct).ConfigureAwait(false);
        var copy = await ChangeCopyAsync(
            c =>
            {
                c.Learn(solvers.Configured.Where(s => s.Id != solver.Id));
                c.Put(solver, kept, former);
            },
            ct).ConfigureAwait(false);
        if (delivered is null)
        {
            await WithdrawAsync(solver.Id, [solver, .. before], solvers with { Copy = copy }, regions, ct).ConfigureAwait(false);
            if (solver.VaultSecret is not null)
            {
                await DeleteDeliveredAsync([solver], ct).ConfigureAwait(false);
            }
        }
        else
        {
            var config = await ChangeConfigAsync(c => c.Put(delivered), isMade: true, ct).ConfigureAwait(false);
            var others = Others(solvers with { Config = config, Copy = copy }, solver.Id, regions);
            await ChangeIssuerAsync(i => i.Put(delivered, before, others), ct).ConfigureAwait(false);
        }

        if (former.Count > 0)
        {
            await ChangeCopyAsync(c => c.ForgetFormerZones(solver.Id), ct).ConfigureAwait(false);
        }
    }

    public async Task<DnsSecret?> ReadSecretAsync(DnsSolver solver, CancellationToken ct)
    {
        var copied = solver.SecretName is { } name ? (await ReadCopyAsync(ct).ConfigureAwait(false)).Secret(name) : null;
        return solver.Settings is CloudflareSettings && await HasCertManagerAsync(ct).ConfigureAwait(false)
            ? await ReadDeliveredAsync(solver, ct).ConfigureAwait(false) ?? copied
            : copied;
    }

    /// <inheritdoc/>
    /// <exception cref="EngineException"><c>SolversDamaged</c>, and the cluster's refusals.</exception>
    public async Task RemoveAsync(int id, CancellationToken ct)
    {
        var solvers = await ReadAsync(ct).ConfigureAwait(false);
        var before = solvers.StatesOf(id);
        if (before.Count == 0)
        {
            return;
        }

        if (solvers.Config is not null)
        {
            await WithdrawAsync(id, before, solvers, await ReadRegionsAsync(solvers, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
            await DeleteDeliveredAsync(before, ct).ConfigureAwait(false);
        }

        // Last, so that an interrupted removal can be repeated.
        await ChangeCopyAsync(copy => copy.Remove(id), ct).ConfigureAwait(false);
    }

    /// <summary>Gets the AWS role of the rack's cert-manager.</summary>
    /// <exception cref="EngineException"><c>NoDnsRole</c>, <c>SolversDamaged</c>.</exception>
    public async Task<string> FindRoleAsync(CancellationToken ct)
    {
        if (await HasCertManagerAsync(ct).ConfigureAwait(false))
        {
            if ((await ReadConfigAsync(ct).ConfigureAwait(false)).Role is { } role)
            {
                return role;
            }

            var account = await api.FindAsync(
                ApiResource.ServiceAccounts, RackScope.CertManagerNamespace, RackScope.CertManagerAccount, ct).ConfigureAwait(false);
            if ((string?)account?["metadata"]?["annotations"]?[RoleAnnotation] is { Length: > 0 } annotated)
            {
                return annotated;
            }
        }

        throw new EngineException(
            ErrorCode.NoDnsRole,
            EngineErrorKind.NotFound,
            $"The cert-manager of the rack '{scope.Name}' has no AWS role: letsencrypt-config names none, and the ServiceAccount "
            + $"{RackScope.CertManagerNamespace}/{RackScope.CertManagerAccount} has no annotation {RoleAnnotation}.",
            scope.Name);
    }

    /// <inheritdoc/>
    public async Task<string?> FindControllerRoleAsync(CancellationToken ct) => await FindRoleAsync(ct).ConfigureAwait(false);

    private async Task<RackSolvers> ReadAsync(CancellationToken ct)
    {
        var config = await HasCertManagerAsync(ct).ConfigureAwait(false) ? await ReadConfigAsync(ct).ConfigureAwait(false) : null;
        return new RackSolvers(config, await ReadCopyAsync(ct).ConfigureAwait(false));
    }

    private async Task<LetsEncryptConfig> ReadConfigAsync(CancellationToken ct) =>
        LetsEncryptConfig.Read(
            await api.FindAsync(
                ApiResource.Secrets, RackScope.CertManagerNamespace, LetsEncryptConfig.SecretName, ct).ConfigureAwait(false));

    private async Task<SolverBackup> ReadCopyAsync(CancellationToken ct) =>
        SolverBackup.Read(
            await api.FindAsync(ApiResource.Secrets, scope.Namespace, SolverBackup.SecretName, ct).ConfigureAwait(false), scope, format);

    private async Task<IssuerSolvers?> FindIssuerAsync(CancellationToken ct) =>
        IssuerSolvers.Read(await api.FindAsync(ApiResource.ClusterIssuers, null, RackScope.IssuerName, ct).ConfigureAwait(false));

    private async Task<bool> HasCertManagerAsync(CancellationToken ct)
    {
        if (_hasCertManager is bool cached)
        {
            return cached;
        }

        var found = await FindCertManagerAsync(ct).ConfigureAwait(false);
        _hasCertManager = found;
        return found;
    }

    private async Task<bool> FindCertManagerAsync(CancellationToken ct)
    {
        if (!await api.IsServedAsync(ApiResource.CertManagerGroup, "v1", ct).ConfigureAwait(false))
        {
            return false;
        }

        try
        {
            return await api.FindAsync(ApiResource.Namespaces, null, RackScope.CertManagerNamespace, ct).ConfigureAwait(false) is not null;
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterForbidden)
        {
            // An identity that cannot read the namespace may still be able to use its contents.
            return true;
        }
    }

    /// <summary>Stores the credential where cert-manager reads it.</summary>
    /// <returns>The credential to add to the backup; null if the backup has it.</returns>
    private async Task<DnsSecret?> SaveCredentialAsync(DnsSolver solver, DnsSecret? secret, SolverBackup copy, CancellationToken ct)
    {
        if (solver.Settings is not CloudflareSettings cloudflare || solver.VaultSecret is not null)
        {
            return secret;
        }

        var copied = copy.Secret(solver.SecretName!);
        var delivered = secret is null ? await ReadDeliveredAsync(solver, ct).ConfigureAwait(false) : null;
        if ((secret ?? (delivered is null ? copied : null)) is { } missing)
        {
            locks.RequireHeld();
            await api.ChangeAsync(
                ApiResource.Secrets,
                RackScope.CertManagerNamespace,
                solver.SecretName!,
                found => Credential(found, solver, cloudflare, missing),
                null,
                ct).ConfigureAwait(false);
        }

        return secret ?? (copied is null ? delivered : null);
    }

    private JsonObject Credential(JsonObject? found, DnsSolver solver, CloudflareSettings cloudflare, DnsSecret secret)
    {
        found ??= SecretObject.New(
            solver.SecretName!,
            SecretObject.OpaqueType,
            (RackScope.SystemLabel, RackScope.Convox),
            (RackScope.RackLabel, scope.Name));
        foreach (var key in IssuerSolvers.CredentialKeys)
        {
            found.SetDataText(key, key == IssuerSolvers.KeyOf(cloudflare) ? secret.Value : null);
        }

        found.SetDataText("email", cloudflare.Email);
        return found;
    }

    private async Task<DnsSecret?> ReadDeliveredAsync(DnsSolver solver, CancellationToken ct)
    {
        var found = await api.FindAsync(ApiResource.Secrets, RackScope.CertManagerNamespace, solver.SecretName!, ct).ConfigureAwait(false);
        try
        {
            return found.RequireDataText(IssuerSolvers.KeyOf((CloudflareSettings)solver.Settings!)) is { Length: > 0 } value
                ? new DnsSecret(value)
                : null;
        }
        catch (FormatException)
        {
            throw new EngineException(
                ErrorCode.SecretDamaged,
                EngineErrorKind.InvalidData,
                $"The Secret '{RackScope.CertManagerNamespace}/{solver.SecretName}' is damaged.",
                solver.SecretName)
            {
                Remedy = new Remedy("SecretDamaged.DnsSolver", solver.Id),
            };
        }
    }

    private async Task DeleteDeliveredAsync(IEnumerable<DnsSolver> solvers, CancellationToken ct)
    {
        foreach (var name in solvers.Where(s => s.Settings is CloudflareSettings).Select(s => s.SecretName!).Distinct())
        {
            locks.RequireHeld();
            await api.DeleteAsync(ApiResource.Secrets, RackScope.CertManagerNamespace, name, null, ct).ConfigureAwait(false);
        }
    }

    private async Task<SolverBackup> ChangeCopyAsync(Action<SolverBackup> change, CancellationToken ct)
    {
        locks.RequireHeld();
        var secret = await api.ChangeAsync(
            ApiResource.Secrets,
            scope.Namespace,
            SolverBackup.SecretName,
            found =>
            {
                var copy = SolverBackup.Read(found, scope, format);
                change(copy);
                return copy.ToSecret();
            },
            null,
            ct).ConfigureAwait(false);
        return SolverBackup.Read(secret, scope, format);
    }

    private async Task<LetsEncryptConfig> ChangeConfigAsync(Action<LetsEncryptConfig> change, bool isMade, CancellationToken ct)
    {
        while (true)
        {
            locks.RequireHeld();
            var isNew = false;
            var secret = await api.ChangeAsOwnerAsync(
                ApiResource.Secrets,
                RackScope.CertManagerNamespace,
                LetsEncryptConfig.SecretName,
                found =>
                {
                    isNew = found is null && isMade;
                    return isNew ? LetsEncryptConfig.NewSecret(scope) : found is null ? null : Changed(found);
                },
                LetsEncryptConfig.Owner,
                ct).ConfigureAwait(false);

            // A new object belongs to its creator; only a change transfers fields to Convox. So create it empty, then change it.
            if (!isNew)
            {
                return LetsEncryptConfig.Read(secret);
            }
        }

        JsonObject Changed(JsonObject found)
        {
            var config = LetsEncryptConfig.Read(found);
            change(config);
            config.WriteTo(found);
            return found;
        }
    }

    private async Task ChangeIssuerAsync(Action<IssuerSolvers> change, CancellationToken ct)
    {
        locks.RequireHeld();
        await api.ChangeAsync(
            ApiResource.ClusterIssuers,
            null,
            RackScope.IssuerName,
            found =>
            {
                if (IssuerSolvers.Read(found) is not { } solvers)
                {
                    return null;
                }

                change(solvers);
                return found;
            },
            null,
            ct).ConfigureAwait(false);
    }

    private async Task WithdrawAsync(
        int id, IReadOnlyList<DnsSolver> before, RackSolvers solvers, IReadOnlyList<string> regions, CancellationToken ct)
    {
        await ChangeIssuerAsync(i => i.Remove(before, Others(solvers, id, regions)), ct).ConfigureAwait(false);
        await ChangeConfigAsync(c => c.Remove(id), isMade: false, ct).ConfigureAwait(false);
    }

    private static List<DnsSolver> Others(RackSolvers solvers, int id, IReadOnlyList<string> regions) =>
        [.. solvers.Configured.Where(s => s.Id != id && !s.NeedsEngine).Select(s => WithRegion(s, regions)).OfType<DnsSolver>()];

    // STS works in any region of the right partition, so prefer the regions of the rack's other solvers to this machine's.
    private async Task<IReadOnlyList<string>> ReadRegionsAsync(RackSolvers solvers, CancellationToken ct)
    {
        var issuer = await FindIssuerAsync(ct).ConfigureAwait(false);
        return
        [
            .. solvers.Configured.Select(s => (s.Settings as Route53Settings)?.Region).OfType<string>(),
            .. issuer?.Regions ?? [],
            .. new[] { _variable("AWS_REGION"), _variable("AWS_DEFAULT_REGION") }.OfType<string>().Where(r => r.Length > 0),
        ];
    }

    private static DnsSolver? WithRegion(DnsSolver solver, IReadOnlyList<string> regions) =>
        solver.Settings is not Route53Settings { Region: null } route53 ? solver
        : regions.Count > 0 ? solver with { Settings = route53 with { Region = regions[0] } }
        : null;

    private static InvalidInputException RegionNeeded(DnsSolver solver) => new(
        ErrorCode.RegionNeeded,
        $"cert-manager needs an AWS region for DNS solver {solver.Id}, and neither the rack's other solvers nor AWS_REGION specify one.",
        solver.Id);
}
