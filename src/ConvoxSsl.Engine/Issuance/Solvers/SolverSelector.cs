using System.Collections.Concurrent;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Propagation;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Solvers;

/// <summary>The solver for a name.</summary>
/// <param name="Solver">The solver.</param>
/// <param name="Location">The place of the response, in the solver's format; null if the name determines it.</param>
internal sealed record ChosenSolver(IChallengeSolver Solver, string? Location)
{
    /// <summary>The challenge record in the DNS; null if it was not looked up.</summary>
    public ChallengeRecord? Record { get; init; }
}

/// <summary>
/// Selects the solver for each name: dns-01 through the DNS solver with the longest zone that contains the name, or the target of
/// its challenge record's alias; otherwise http-01 or tls-alpn-01. By default, dns-01 is not used for a name that the challenge
/// record would make unreachable.
/// </summary>
internal sealed class SolverSelector(IssuanceContext context, ChallengeSolvers listeners) : IDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<(int Id, string? DnsServers), IDnsProvider> _providers = [];
    private readonly ConcurrentDictionary<string, DnsResolver> _resolvers = new(StringComparer.Ordinal);
    private readonly SolverSecrets _secrets = new(context);
    private readonly ChallengeRecordLookup _records = new(context);

    /// <summary>The recorded uses of DNS solvers.</summary>
    public DnsSolverUses Uses { get; } = new(context);

    /// <summary>Checks what can be checked without a request to anyone but the rack.</summary>
    /// <exception cref="InvalidInputException">A name cannot be validated as the settings require, or a setting is not valid.</exception>
    public async Task CheckAsync(CertificateNameSet names, IssuanceSettings settings, CancellationToken ct)
    {
        GetResolver(settings);
        var solvers = await context.Rack.DnsSolvers.ListAsync(ct).ConfigureAwait(false);
        foreach (var name in names.Where(name => solvers.Count == 0 || !DnsChoice.MayUseDns(name, settings)))
        {
            SelectListener(name, settings);
        }
    }

    /// <summary>Chooses the solver for each name. Queries the DNS only if the rack has DNS solvers.</summary>
    /// <param name="names">The names.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="job">The job in whose batch DNS records are written.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="InvalidInputException"><c>WildcardNeedsDns</c>, <c>NoDnsSolver</c>: none fits.</exception>
    /// <exception cref="EngineException">
    /// As <see cref="AliasLookup.FollowAsync"/>; <c>DnsSolverNotUsable</c>; each <see cref="VaultFailure"/>.
    /// </exception>
    public async Task<IReadOnlyDictionary<CertificateName, ChosenSolver>> ChooseAsync(
        CertificateNameSet names, IssuanceSettings settings, RecordBatchJob job, CancellationToken ct)
    {
        var solvers = await context.Rack.DnsSolvers.ListAsync(ct).ConfigureAwait(false);
        var resolver = GetResolver(settings);
        var dnsNames = names.Where(name => DnsChoice.MayUseDns(name, settings)).ToList();
        await ReadVaultsAsync(dnsNames, solvers, ct).ConfigureAwait(false);
        var records = solvers.Count > 0
            ? await _records.FindAsync(dnsNames, solvers, resolver, ct).ConfigureAwait(false)
            : new Dictionary<string, ChallengeRecord>();
        var choice = new DnsChoice(names, settings, records);

        // One instance per DNS solver, so that all its records are written together.
        var dns = new Dictionary<int, Dns01Solver>();
        foreach (var solver in names.Select(choice.FindSolver).OfType<DnsSolver>().DistinctBy(s => s.Id))
        {
            var provider = job.Share(await GetProviderAsync(solver, settings, ct).ConfigureAwait(false));
            var propagation = settings.SkipPropagationCheck ? null : CreatePropagation(resolver, settings);
            dns[solver.Id] = new Dns01Solver(solver.Id, provider, propagation, new PropagationReporter(context))
            {
                OnPublished = failure => Uses.RecordAsync(solver.Id, failure is null ? null : context.DescribeFailure(failure)),
            };
        }

        choice.Report(context);
        return names.ToDictionary(name => name, name =>
        {
            var record = records.GetValueOrDefault(name.BaseName);
            if (choice.FindSolver(name) is { } solver)
            {
                return new ChosenSolver(dns[solver.Id], dns[solver.Id].GetLocation(record!.Name)) { Record = record };
            }

            return choice.FindObstacle(name) is { } obstacle
                ? throw obstacle
                : new ChosenSolver(SelectListener(name, settings), null) { Record = record };
        });
    }

    /// <summary>Finds the solver that can remove a response that an earlier run published.</summary>
    /// <exception cref="EngineException"><c>DnsSolverNotFound</c>: the solver that published it is gone.</exception>
    public async Task<IChallengeSolver> FindPublisherAsync(KeyAuthorization response, IssuanceSettings settings, CancellationToken ct)
    {
        if (Dns01Solver.FindSolverId(response) is not { } id)
        {
            return SelectListener(CertificateName.Parse(response.Name), settings with { ChallengeType = response.Type });
        }

        var solvers = await context.Rack.DnsSolvers.ListAsync(ct).ConfigureAwait(false);
        var recordName = response.Location!.Split('/', 2)[1];
        var solver = solvers.FirstOrDefault(s => s.Id == id) ?? throw new EngineException(
            ErrorCode.DnsSolverNotFound,
            EngineErrorKind.NotFound,
            $"DNS solver {id} has to remove a record of an earlier run at '{recordName}', but it does not exist any more.",
            id)
        {
            Remedy = "Add it again, or remove the record and then the certificate's unfinished order by hand.",
        };
        var provider = await GetProviderAsync(solver, settings, ct).ConfigureAwait(false);
        return new Dns01Solver(id, new RecordBatch(context.Time).Share(provider), null, null);
    }

    /// <summary>Gets the provider of a solver, which is created once for each list of DNS servers.</summary>
    /// <exception cref="EngineException">
    /// <c>DnsSolverNotUsable</c>: this version does not support its provider; <c>SecretDamaged</c>; each <see cref="VaultFailure"/>.
    /// </exception>
    public async Task<IDnsProvider> GetProviderAsync(DnsSolver solver, IssuanceSettings settings, CancellationToken ct)
    {
        var secret = await _secrets.ReadAsync(solver, ct).ConfigureAwait(false);
        lock (_gate)
        {
            if (_providers.TryGetValue((solver.Id, settings.DnsServers), out var provider))
            {
                return provider;
            }

            var providers = context.Options.Providers;
            var descriptor = providers.FirstOrDefault(p => p.Name == solver.Settings?.Provider) ?? throw new EngineException(
                ErrorCode.DnsSolverNotUsable,
                EngineErrorKind.InvalidState,
                $"This version of the module does not support the provider of DNS solver {solver.Id}.",
                solver.Id)
            {
                Remedy = "Update the module.",
            };
            var zones = new ResolverZoneLookup(GetResolver(settings));
            return _providers[(solver.Id, settings.DnsServers)] =
                descriptor.CreateProvider(solver.Id, solver.Settings!, secret, zones);
        }
    }

    /// <summary>Gets the resolver that the settings name. There is one for each list of servers, because it caches name servers.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidDnsServer</c>.</exception>
    public DnsResolver GetResolver(IssuanceSettings settings)
    {
        var defaults = context.Options.Resolver;
        return _resolvers.GetOrAdd(settings.DnsServers ?? string.Empty, servers => new DnsResolver(
            servers.Length > 0 ? defaults with { Servers = DnsServerList.Parse(servers) } : defaults));
    }

    /// <summary>Creates the wait for the propagation of records, with the time limit of the settings.</summary>
    public DnsPropagation CreatePropagation(DnsResolver resolver, IssuanceSettings settings)
    {
        var defaults = new DnsPropagationOptions();
        return new DnsPropagation(resolver, defaults with { Limit = settings.PropagationTimeout ?? defaults.Limit }, context.Time);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var provider in _providers.Values)
            {
                provider.Dispose();
            }

            _providers.Clear();
        }
    }

    // Report a locked vault before the first DNS query.
    private async Task ReadVaultsAsync(IEnumerable<CertificateName> names, IReadOnlyList<DnsSolver> solvers, CancellationToken ct)
    {
        var used = names.Select(name => ChallengeRecordLookup.FindLongest(solvers, Dns01Solver.Label + name.BaseName)).OfType<DnsSolver>();
        foreach (var solver in used.Where(s => s.VaultSecret is not null).DistinctBy(s => s.Id))
        {
            await _secrets.ReadAsync(solver, ct).ConfigureAwait(false);
        }
    }

    private IChallengeSolver SelectListener(CertificateName name, IssuanceSettings settings) => listeners.For(
        name,
        new ChallengeSettings
        {
            Type = settings.ChallengeType,
            HttpPort = settings.HttpPort ?? 80,
            TlsPort = settings.TlsPort ?? 443,
            HttpAddress = settings.HttpAddress,
            WebRoot = settings.WebRoot,
        });

    private sealed class PropagationReporter(IssuanceContext context) : IProgress<PropagationProgress>
    {
        public void Report(PropagationProgress value) => context.ReportStep(
            $"{value.Agreed} of {value.Asked} DNS servers have the records"
            + (value.Missing.Count > 0 ? $"; {value.Missing[0]}" : string.Empty),
            30 + (10 * value.Agreed / Math.Max(1, value.Asked)),
            value.Missing.Count > 0 ? value.Left : null);
    }
}
