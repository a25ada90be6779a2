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
internal sealed record ChosenSolver(IChallengeSolver Solver, string? Location);

/// <summary>
/// Selects the solver for each name: dns-01 through the DNS solver with the longest zone that contains the name, or the target of
/// its challenge record's alias; otherwise http-01 or tls-alpn-01.
/// </summary>
internal sealed class SolverSelector(IssuanceContext context, ChallengeSolvers listeners) : IDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<int, IDnsProvider> _providers = [];
    private readonly SolverSecrets _secrets = new(context);

    /// <summary>Checks what can be checked without a request to anyone but the rack.</summary>
    /// <exception cref="InvalidInputException">A name cannot be validated as the settings require, or a setting is not valid.</exception>
    public async Task CheckAsync(CertificateNameSet names, IssuanceSettings settings, CancellationToken ct)
    {
        CreateResolver(settings);
        var solvers = await context.Rack.DnsSolvers.ListAsync(ct).ConfigureAwait(false);
        foreach (var name in names.Where(name => solvers.Count == 0 || !MayUseDns(name, settings)))
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
    /// As <see cref="DnsResolver.FollowAsync"/>; <c>DnsSolverNotUsable</c>; each <see cref="VaultFailure"/>.
    /// </exception>
    public async Task<IReadOnlyDictionary<CertificateName, ChosenSolver>> ChooseAsync(
        CertificateNameSet names, IssuanceSettings settings, RecordBatchJob job, CancellationToken ct)
    {
        var solvers = await context.Rack.DnsSolvers.ListAsync(ct).ConfigureAwait(false);
        var resolver = CreateResolver(settings);
        await ReadVaultsAsync(names.Where(name => MayUseDns(name, settings)), solvers, ct).ConfigureAwait(false);

        // A name and its wildcard share one record name, so they need one lookup.
        var matches = new Dictionary<string, (DnsSolver Solver, string RecordName)?>(StringComparer.Ordinal);
        var dnsNames = names.Where(name => solvers.Count > 0 && MayUseDns(name, settings)).DistinctBy(n => n.BaseName);
        await Task.WhenAll(dnsNames.Select(async name =>
        {
            var match = await MatchAsync(name, solvers, resolver, ct).ConfigureAwait(false);
            lock (matches)
            {
                matches[name.BaseName] = match;
            }
        })).ConfigureAwait(false);

        // One instance per DNS solver, so that all its records are written together.
        var dns = new Dictionary<int, Dns01Solver>();
        foreach (var solver in matches.Values.Select(m => m?.Solver).OfType<DnsSolver>().DistinctBy(s => s.Id))
        {
            var provider = job.Share(await GetProviderAsync(solver, ct).ConfigureAwait(false));
            var propagation = settings.SkipPropagationCheck ? null : CreatePropagation(resolver, settings);
            dns[solver.Id] = new Dns01Solver(solver.Id, provider, propagation, new PropagationReporter(context));
        }

        return names.ToDictionary(name => name, name => matches.GetValueOrDefault(name.BaseName) is { } match && MayUseDns(name, settings)
            ? new ChosenSolver(dns[match.Solver.Id], dns[match.Solver.Id].GetLocation(match.RecordName))
            : new ChosenSolver(SelectFallback(name, settings), null));
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
        var provider = await GetProviderAsync(solver, ct).ConfigureAwait(false);
        return new Dns01Solver(id, new RecordBatch(context.Time).Share(provider), null, null);
    }

    /// <summary>Gets the provider of a solver, which is created once.</summary>
    /// <exception cref="EngineException">
    /// <c>DnsSolverNotUsable</c>: this version does not support its provider; <c>SecretDamaged</c>; each <see cref="VaultFailure"/>.
    /// </exception>
    public async Task<IDnsProvider> GetProviderAsync(DnsSolver solver, CancellationToken ct)
    {
        var secret = await _secrets.ReadAsync(solver, ct).ConfigureAwait(false);
        lock (_gate)
        {
            if (_providers.TryGetValue(solver.Id, out var provider))
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
            return _providers[solver.Id] = descriptor.CreateProvider(solver.Id, solver.Settings!, secret);
        }
    }

    /// <summary>Creates the resolver that the settings name.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidDnsServer</c>.</exception>
    public DnsResolver CreateResolver(IssuanceSettings settings)
    {
        var defaults = context.Options.Resolver;
        return new DnsResolver(settings.DnsServers is { } servers ? defaults with { Servers = DnsServerList.Parse(servers) } : defaults);
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

    /// <summary>Finds the DNS solver for a name and the name of its record, after following the aliases of the challenge record.</summary>
    public async Task<(DnsSolver Solver, string RecordName)?> MatchAsync(
        CertificateName name, IReadOnlyList<DnsSolver> solvers, DnsResolver resolver, CancellationToken ct)
    {
        var own = Dns01Solver.Label + name.BaseName;
        var target = own;
        try
        {
            target = await resolver.FollowAsync(own, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (
            e.Code is ErrorCode.DnsServerUnreachable or ErrorCode.DnsLookupFailed && FindLongest(solvers, own) is not null)
        {
            context.ReportWarning(
                $"Cannot look up whether '{own}' is an alias, so the record is written at that name. {e.Message}", e.Remedy);
        }

        return FindLongest(solvers, target) is { } solver ? (solver, target) : null;
    }

    // Report a locked vault before the first DNS query.
    private async Task ReadVaultsAsync(IEnumerable<CertificateName> names, IReadOnlyList<DnsSolver> solvers, CancellationToken ct)
    {
        var used = names.Select(name => FindLongest(solvers, Dns01Solver.Label + name.BaseName)).OfType<DnsSolver>();
        foreach (var solver in used.Where(s => s.VaultSecret is not null).DistinctBy(s => s.Id))
        {
            await _secrets.ReadAsync(solver, ct).ConfigureAwait(false);
        }
    }

    // A renewal keeps dns-01 unless the DNS solver has been removed since.
    private IChallengeSolver SelectFallback(CertificateName name, IssuanceSettings settings)
    {
        var listener = SelectListener(name, settings);
        if (FindKeptType(name, settings) is { } kept && kept != listener.Type)
        {
            context.ReportWarning(
                $"'{name}' was validated with {kept} before, but no DNS solver of the rack covers it any more; {listener.Type} is used.");
        }

        return listener;
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

    private static DnsSolver? FindLongest(IReadOnlyList<DnsSolver> solvers, string name) =>
        solvers.Where(s => s.Covers(name) is not null).MaxBy(s => s.Covers(name));

    // The type that was selected automatically at the first issuance.
    private static string? FindKeptType(CertificateName name, IssuanceSettings settings) =>
        settings is not { ChallengeType: null, Http01Names: { } names } ? null
        : names.Split(',').Contains(name.Value, StringComparer.Ordinal) ? ChallengeTypes.Http01
        : ChallengeTypes.Dns01;

    // RFC 8738 section 7: dns-01 must not be used to validate IP addresses.
    private static bool MayUseDns(CertificateName name, IssuanceSettings settings) =>
        !name.IsAddress && ((settings.ChallengeType ?? FindKeptType(name, settings)) is null or ChallengeTypes.Dns01);

    private sealed class PropagationReporter(IssuanceContext context) : IProgress<PropagationProgress>
    {
        public void Report(PropagationProgress value) => context.ReportStep(
            $"{value.Agreed} of {value.Asked} DNS servers have the records"
            + (value.Missing.Count > 0 ? $"; {value.Missing[0]}" : string.Empty),
            30 + (10 * value.Agreed / Math.Max(1, value.Asked)),
            value.Missing.Count > 0 ? value.Left : null);
    }
}
