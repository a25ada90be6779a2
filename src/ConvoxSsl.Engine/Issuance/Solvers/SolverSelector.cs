using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Propagation;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Solvers;

/// <summary>How a name is proved, and where its response goes.</summary>
internal sealed record ChosenSolver(IChallengeSolver Solver, string? Location);

/// <summary>
/// Chooses how each name is proved: dns-01 through the DNS solver with the longest zone that holds the name, or what
/// its challenge record is an alias of; else http-01 or tls-alpn-01.
/// </summary>
internal sealed class SolverSelector(IRack rack, ChallengeSolvers listeners, EngineOptions options, TimeProvider time, IProgress<IssuanceEvent> events) : IDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<int, IDnsProvider> _providers = [];
    private readonly SolverSecrets _secrets = new(rack, options.ReadVault, events);

    /// <summary>Which orders have not published yet.</summary>
    public PublishingTurn Turn { get; } = new();

    /// <summary>Checks what can be checked without asking anyone but the rack.</summary>
    /// <exception cref="InvalidInputException">A name can't be proved in the way that the settings want, or a setting can't be used.</exception>
    public async Task CheckAsync(CertificateNameSet names, IssuanceSettings settings, CancellationToken ct)
    {
        ResolverFor(settings);
        var solvers = await rack.DnsSolvers.ListAsync(ct).ConfigureAwait(false);
        foreach (var name in names.Where(name => solvers.Count == 0 || !MayUseDns(name, settings)))
        {
            ListenerFor(name, settings);
        }
    }

    /// <summary>The choice for each name; the DNS is asked where there are DNS solvers.</summary>
    /// <exception cref="InvalidInputException"><c>WildcardNeedsDns</c>, <c>NoDnsSolver</c>: none fits.</exception>
    /// <exception cref="EngineException">As <see cref="DnsResolver.FollowAsync"/>; <c>DnsSolverNotUsable</c>; each <see cref="VaultFailure"/>.</exception>
    public async Task<IReadOnlyDictionary<CertificateName, ChosenSolver>> ForAsync(CertificateNameSet names, IssuanceSettings settings, CancellationToken ct)
    {
        var solvers = await rack.DnsSolvers.ListAsync(ct).ConfigureAwait(false);
        var resolver = ResolverFor(settings);
        await ReadVaultsAsync(names.Where(name => MayUseDns(name, settings)), solvers, ct).ConfigureAwait(false);

        // A name and its wildcard have one record name between them, and one look-up.
        var matches = new Dictionary<string, (DnsSolver Solver, string RecordName)?>(StringComparer.Ordinal);
        await Task.WhenAll(names.Where(name => solvers.Count > 0 && MayUseDns(name, settings)).DistinctBy(n => n.BaseName).Select(async name =>
        {
            var match = await MatchAsync(name, solvers, resolver, ct).ConfigureAwait(false);
            lock (matches)
            {
                matches[name.BaseName] = match;
            }
        })).ConfigureAwait(false);

        // One instance for each, so that all its records go out together.
        var dns = new Dictionary<int, Dns01Solver>();
        foreach (var solver in matches.Values.Select(m => m?.Solver).OfType<DnsSolver>().DistinctBy(s => s.Id))
        {
            dns[solver.Id] = await NewDns01Async(solver, resolver, settings, ct).ConfigureAwait(false);
        }

        return names.ToDictionary(name => name, name => matches.GetValueOrDefault(name.BaseName) is { } match && MayUseDns(name, settings)
            ? new ChosenSolver(dns[match.Solver.Id], dns[match.Solver.Id].LocationOf(match.RecordName))
            : new ChosenSolver(ListenerFor(name, settings), null));
    }

    /// <summary>What can remove a response that an earlier run published.</summary>
    /// <exception cref="EngineException"><c>DnsSolverNotFound</c>: the solver that published it is gone.</exception>
    public async Task<IChallengeSolver> ForPublishedAsync(KeyAuthorization response, IssuanceSettings settings, CancellationToken ct)
    {
        if (Dns01Solver.SolverOf(response) is not { } id)
        {
            return ListenerFor(CertificateName.Parse(response.Name), settings with { ChallengeType = response.Type });
        }

        var solvers = await rack.DnsSolvers.ListAsync(ct).ConfigureAwait(false);
        var solver = solvers.FirstOrDefault(s => s.Id == id) ?? throw new EngineException(
            ErrorCode.DnsSolverNotFound,
            EngineErrorKind.NotFound,
            $"A record of an earlier run at '{response.Location![(response.Location!.IndexOf('/', StringComparison.Ordinal) + 1)..]}' has to be removed by DNS solver {id}, which is gone. Add it again, or remove the record and then the certificate's unfinished order by hand.",
            id);
        return new Dns01Solver(id, await ProviderAsync(solver, ct).ConfigureAwait(false), null, null);
    }

    /// <summary>The provider of a solver, made once.</summary>
    /// <exception cref="EngineException">
    /// <c>DnsSolverNotUsable</c>: this version does not know its provider; <c>SecretDamaged</c>; each <see cref="VaultFailure"/>.
    /// </exception>
    public async Task<IDnsProvider> ProviderAsync(DnsSolver solver, CancellationToken ct)
    {
        var secret = await _secrets.ReadAsync(solver, ct).ConfigureAwait(false);
        lock (_gate)
        {
            if (_providers.TryGetValue(solver.Id, out var known))
            {
                return known;
            }

            var provider = options.Providers.Select(make => make(solver, secret)).FirstOrDefault(p => p is not null) ?? throw new EngineException(
                ErrorCode.DnsSolverNotUsable, EngineErrorKind.InvalidState, $"This version has no provider for DNS solver {solver.Id}. Update the module.", solver.Id);
            return _providers[solver.Id] = new GatheringProvider(provider, Turn, time);
        }
    }

    /// <summary>The look-ups that the settings ask for.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidDnsServer</c>.</exception>
    public DnsResolver ResolverFor(IssuanceSettings settings) =>
        new(settings.DnsServers is { } servers ? options.Resolver with { Servers = DnsServerList.Parse(servers) } : options.Resolver);

    /// <summary>What waits for records, for as long as the settings allow.</summary>
    public DnsPropagation PropagationFor(DnsResolver resolver, IssuanceSettings settings) => new(
        resolver, settings.PropagationTimeout is { } limit ? new DnsPropagationOptions { Limit = limit } : new DnsPropagationOptions(), time);

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

    /// <summary>The solver for a name, and the name of the record: where the challenge record's aliases lead.</summary>
    public async Task<(DnsSolver Solver, string RecordName)?> MatchAsync(CertificateName name, IReadOnlyList<DnsSolver> solvers, DnsResolver resolver, CancellationToken ct)
    {
        var own = Dns01Solver.Label + name.BaseName;
        var target = own;
        try
        {
            target = await resolver.FollowAsync(own, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code is ErrorCode.DnsServerUnreachable or ErrorCode.DnsLookupFailed && Longest(solvers, own) is not null)
        {
            events.Report(new IssuanceEvent(IssuanceEventKind.Warning, $"Whether '{own}' is an alias could not be looked up, so the record goes there itself. {e.Message}"));
        }

        return Longest(solvers, target) is { } solver ? (solver, target) : null;
    }

    // A vault that is locked is told of before even the DNS is asked.
    private async Task ReadVaultsAsync(IEnumerable<CertificateName> names, IReadOnlyList<DnsSolver> solvers, CancellationToken ct)
    {
        foreach (var solver in names.Select(name => Longest(solvers, Dns01Solver.Label + name.BaseName)).OfType<DnsSolver>().Where(s => s.VaultSecret is not null).DistinctBy(s => s.Id))
        {
            await _secrets.ReadAsync(solver, ct).ConfigureAwait(false);
        }
    }

    private async Task<Dns01Solver> NewDns01Async(DnsSolver solver, DnsResolver resolver, IssuanceSettings settings, CancellationToken ct)
    {
        var propagation = settings.SkipPropagationCheck ? null : PropagationFor(resolver, settings);
        return new Dns01Solver(solver.Id, await ProviderAsync(solver, ct).ConfigureAwait(false), propagation, new Agreement(events));
    }

    private IChallengeSolver ListenerFor(CertificateName name, IssuanceSettings settings) => listeners.For(
        name,
        new ChallengeSettings
        {
            Type = settings.ChallengeType,
            HttpPort = settings.HttpPort ?? 80,
            TlsPort = settings.TlsPort ?? 443,
            HttpAddress = settings.HttpAddress,
            WebRoot = settings.WebRoot,
        });

    private static DnsSolver? Longest(IReadOnlyList<DnsSolver> solvers, string name) => solvers.Where(s => s.Covers(name) is not null).MaxBy(s => s.Covers(name));

    // RFC 8738 section 7: dns-01 proves no address.
    private static bool MayUseDns(CertificateName name, IssuanceSettings settings) =>
        !name.IsAddress && (settings.ChallengeType is null or ChallengeTypes.Dns01);

    private sealed class Agreement(IProgress<IssuanceEvent> events) : IProgress<PropagationProgress>
    {
        public void Report(PropagationProgress value) => events.Report(new IssuanceEvent(
            IssuanceEventKind.Step,
            $"{value.Agreed} of {value.Asked} DNS servers have the records{(value.Missing.Count > 0 ? $"; {value.Missing[0]}" : string.Empty)}",
            30 + (10 * value.Agreed / Math.Max(1, value.Asked)),
            value.Missing.Count > 0 ? value.Left : null));
    }
}
