using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Racks;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>
/// Requests in, certificates out: issues, renews, imports and revokes the certificates of one rack. Reads each CA's
/// directory and account once in its lifetime.
/// </summary>
public sealed class IssuanceEngine : IDisposable
{
    private readonly IRack _rack;
    private readonly TimeProvider _time;
    private readonly IProgress<IssuanceEvent> _events;
    private readonly CertificateLookup _lookup;
    private readonly SolverChoice _solvers;
    private readonly AcmeIssuer _acme;

    /// <param name="rack">Where certificates, accounts and unfinished orders are.</param>
    /// <param name="solvers">How names are proved; outlives the engine.</param>
    /// <param name="time">The clock.</param>
    /// <param name="events">Told what happens, from any thread.</param>
    /// <param name="options">What it is made of beyond these.</param>
    public IssuanceEngine(IRack rack, ChallengeSolvers solvers, TimeProvider time, IProgress<IssuanceEvent> events, EngineOptions? options = null)
    {
        _rack = rack;
        _time = time;
        _events = events;
        var parts = options ?? new EngineOptions();
        Accounts = new AcmeAccounts(rack, time, events, parts.Concurrency);
        _lookup = new CertificateLookup(rack);
        _solvers = new SolverChoice(rack, solvers, parts, time, events);
        _acme = new AcmeIssuer(rack, Accounts, _solvers, time, events);
        DnsSolvers = new DnsSolverCatalog(rack, _solvers, time);
    }

    /// <summary>The rack's accounts.</summary>
    public AcmeAccounts Accounts { get; }

    /// <summary>The rack's DNS solvers.</summary>
    public DnsSolverCatalog DnsSolvers { get; }

    /// <summary>
    /// Checks a request as far as that goes without asking anyone but the rack: names against challenges, the user's key and
    /// signing request against each other, the settings.
    /// </summary>
    /// <exception cref="InvalidInputException">What can't be used.</exception>
    public async Task CheckAsync(CertificateRequest request, CancellationToken ct)
    {
        if (request.KeepVersions < 1)
        {
            throw new InvalidInputException("InvalidKeepVersions", $"{request.KeepVersions} versions can't be kept. Give at least 1.", request.KeepVersions);
        }

        if (request.Settings.Duration is { } duration && duration <= TimeSpan.Zero)
        {
            throw new InvalidInputException("InvalidDuration", $"A certificate can't be valid for {duration}. Give a positive time span, such as 90.00:00:00.", duration);
        }

        if (request.SigningRequest is not null && request.Issuer.DirectoryUrl is null)
        {
            throw new InvalidInputException("IssuerNeeded", "A certificate signing request needs an issuer that signs it. Name one with -Issuer, such as letsencrypt.");
        }

        if (request.Timeout <= TimeSpan.Zero)
        {
            throw new InvalidInputException("InvalidTimeout", $"The CA can't answer within {request.Timeout}. Give a positive time.", request.Timeout);
        }

        AcmeAccounts.Check(request.Account);
        if (request.Issuer.DirectoryUrl is not null)
        {
            await _solvers.CheckAsync(request.Names, request.Settings, ct).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The certificate that <see cref="IssueAsync"/> would return without ordering: for the same names, from the same
    /// issuer and not due; null where there is none, or the request forces a new one.
    /// </summary>
    public async Task<CertificateEntry?> FindCurrentAsync(CertificateRequest request, CancellationToken ct)
    {
        var known = await _lookup.FindAsync(request.Names, request.Issuer, ct).ConfigureAwait(false);
        return known is not null && IsCurrent(known, request) ? known : null;
    }

    /// <summary>
    /// The certificate for the request's names: the one that is there, where its issuer is the same and it is not
    /// due, else a new version.
    /// </summary>
    /// <exception cref="InvalidInputException">The request can't be used.</exception>
    /// <exception cref="AcmeException">The CA refused.</exception>
    /// <exception cref="EngineException">The rack or a challenge could not be used.</exception>
    public async Task<CertificateEntry> IssueAsync(CertificateRequest request, CancellationToken ct)
    {
        await CheckAsync(request, ct).ConfigureAwait(false);
        if (request.Issuer.DirectoryUrl is { } directoryUrl)
        {
            await Accounts.RequireTermsAsync(directoryUrl, request.Account, ct).ConfigureAwait(false);
        }

        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        var known = await _lookup.FindAsync(request.Names, request.Issuer, ct).ConfigureAwait(false);
        var id = known?.Record.Id ?? await _lookup.NewIdAsync(request, ct).ConfigureAwait(false);

        // By names first: runs for the same names in another order, or self-signed ones, have other ids.
        await using var lockedNames = await _rack.LockAsync($"names/{CertificateLookup.SetIdOf(request.Names)}", () => ReportWait(request.Names[0].Value), ct).ConfigureAwait(false);
        await using var locked = await LockAsync(id, ct).ConfigureAwait(false);
        known = await _lookup.FindAsync(request.Names, request.Issuer, ct).ConfigureAwait(false);
        if (known is not null && ((await _acme.EndStoredAsync(known, ct).ConfigureAwait(false) && !IsDue(known)) || IsCurrent(known, request)))
        {
            return known;
        }

        var record = new CertificateRecord
        {
            Id = known?.Record.Id ?? id,
            Domains = known?.Record.Domains ?? [.. request.Names.Select(n => n.Value)],
            Issuer = request.Issuer.Name,
            Generated = request.Issuer.DirectoryUrl is not null,
            Settings = request.Settings with { DirectoryUrl = request.Issuer.DirectoryUrl },
        };
        return request.Issuer.DirectoryUrl is null
            ? await SelfSignAsync(record, request, known, ct).ConfigureAwait(false)
            : await OrderAsync(record, request, known, ct).ConfigureAwait(false);
    }

    /// <summary>Looks at a name before anything is ordered for it, step by step; orders and writes nothing.</summary>
    /// <param name="name">The name.</param>
    /// <param name="issuer">The CA whose rules count.</param>
    /// <param name="settings">How the name would be proved.</param>
    /// <param name="caCertificate">The PEM of the root that the CA's endpoint is trusted by.</param>
    /// <param name="ct">Stops it.</param>
    public IAsyncEnumerable<DnsCheck> TestAsync(CertificateName name, Issuer issuer, IssuanceSettings settings, string? caCertificate, CancellationToken ct) =>
        new DomainPreflight(_rack, _solvers, Accounts).RunAsync(name, issuer, settings, caCertificate, ct);

    /// <summary>Whether a certificate should be renewed now.</summary>
    public bool IsDue(CertificateEntry certificate) =>
        certificate.Live.Revoked is not null || certificate.Live.RenewAfter <= _time.GetUtcNow();

    /// <summary>
    /// Issues a certificate anew, with the settings of its first issuance but for the changes; goes on with an
    /// unfinished order where there is one.
    /// </summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>; <c>CertificateNotRenewable</c>: it was imported.</exception>
    public async Task<CertificateEntry> RenewAsync(string id, RenewalRequest request, CancellationToken ct)
    {
        var state = await FindAsync(id, ct).ConfigureAwait(false);
        var record = state.Record;
        if (record.Settings is not { } settings)
        {
            throw new EngineException(
                "CertificateNotRenewable", EngineErrorKind.InvalidState, $"'{id}' was imported, so its issuer must renew it. Import the new one with Import-ConvoxCertificate -Id {id}.", id);
        }

        settings = request.Change(settings);
        return await IssueAsync(
            new CertificateRequest
            {
                Names = CertificateNameSet.Parse(record.Domains),
                Issuer = Issuer.Parse(record.Issuer),
                Settings = settings,
                SigningRequest = settings.SigningRequest is { } pem ? SigningRequest.FromPem(pem) : null,
                Force = request.Force || state.Order is not null,
                Account = request.Account,
                KeepVersions = request.KeepVersions,
                Timeout = request.Timeout,
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>Stores a certificate that was made elsewhere; as a new version where an id is given.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>: no certificate has that id.</exception>
    public async Task<CertificateEntry> ImportAsync(CertificateMaterial material, string? id, int keepVersions, CancellationToken ct)
    {
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        var known = id is null ? null : await GetAsync(id, ct).ConfigureAwait(false);
        var names = material.Chain.LeafNames();
        var record = new CertificateRecord
        {
            Id = id ?? CertificateLookup.RandomId(),
            Domains = names.Count > 0 ? names : [material.Chain.Leaf.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, forIssuer: false)],
            Issuer = Issuer.ImportedName,
        };
        await using var locked = await LockAsync(record.Id, ct).ConfigureAwait(false);
        return await StoreAsync(known is null ? record : record with { Id = known.Record.Id }, material, keepVersions, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Revokes the live version: under the account where the rack has it, else with the certificate's own key.
    /// </summary>
    /// <param name="id">The certificate.</param>
    /// <param name="reason">Why.</param>
    /// <param name="issuer">The CA, for a certificate that was imported; null for the one that issued it.</param>
    /// <param name="caCertificate">The PEM of the root that the CA's endpoint is trusted by.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>; <c>CertificateNotRevocable</c>: no CA stands behind it.</exception>
    public async Task<CertificateEntry> RevokeAsync(string id, RevocationReason reason, Issuer? issuer, string? caCertificate, CancellationToken ct)
    {
        await GetAsync(id, ct).ConfigureAwait(false);
        await using var locked = await LockAsync(id, ct).ConfigureAwait(false);
        var known = await GetAsync(id, ct).ConfigureAwait(false);
        var directoryUrl = issuer?.DirectoryUrl ?? known.Record.Settings?.DirectoryUrl ?? throw new EngineException(
            "CertificateNotRevocable", EngineErrorKind.InvalidState, $"'{id}' is {known.Record.Issuer}: no CA that could revoke it is known. Name the CA with -Issuer, or remove the certificate.", id);
        using var material = await _rack.Certificates.ReadAsync(id, known.LiveVersion, ct).ConfigureAwait(false);
        _events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Revoking {id} at {directoryUrl.Host}", 50));
        await _acme.RevokeAsync(material, directoryUrl, reason, caCertificate, ct).ConfigureAwait(false);
        return await _rack.Certificates.UpdateAsync(
            known with
            {
                Versions = [.. known.Versions.Select(v => v.Number == known.LiveVersion ? v with { Revoked = _time.GetUtcNow(), RevocationReason = reason.ToString() } : v)],
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>Makes an older version live: the given one, or the one before.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>; <c>NoOlderVersion</c>.</exception>
    public async Task<CertificateEntry> RestoreAsync(string id, int? version, CancellationToken ct)
    {
        await GetAsync(id, ct).ConfigureAwait(false);
        await using var locked = await LockAsync(id, ct).ConfigureAwait(false);
        var known = await GetAsync(id, ct).ConfigureAwait(false);
        var kept = string.Join(", ", known.Versions.Select(v => v.Number));
        var target = version ?? known.Versions.LastOrDefault(v => v.Number < known.LiveVersion)?.Number;
        return target is { } number && known.Versions.Any(v => v.Number == number)
            ? await _rack.Certificates.SwitchAsync(id, number, ct).ConfigureAwait(false)
            : throw new EngineException(
                "NoOlderVersion", EngineErrorKind.NotFound, $"'{id}' has no {(version is null ? "version before the live one" : $"version {version}")}; kept are {kept}, live is {known.LiveVersion}.", id);
    }

    /// <summary>Removes a certificate, its versions, its unfinished order and what that one left published; also a damaged one.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    public async Task RemoveAsync(string id, CancellationToken ct)
    {
        await RequireThereAsync(id, ct).ConfigureAwait(false);
        await using var locked = await LockAsync(id, ct).ConfigureAwait(false);
        if (await TryFindOrderAsync(id, ct).ConfigureAwait(false) is { Published.Count: > 0 } order)
        {
            await _acme.CleanUpLeftoversAsync(order, ct).ConfigureAwait(false);
        }

        await _rack.Orders.EndAsync(id, ct).ConfigureAwait(false);
        await _rack.Certificates.RemoveAsync(id, ct).ConfigureAwait(false);
    }

    /// <summary>All certificates in the order of their ids, and after them those that are only being ordered.</summary>
    /// <param name="onDamaged">Told of each that can't be read and is left out.</param>
    /// <param name="ct">Stops it.</param>
    public async IAsyncEnumerable<CertificateState> ListAsync(Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        var orders = new SortedDictionary<string, OrderRecord>(StringComparer.Ordinal);
        await foreach (var order in _rack.Orders.ListAsync(onDamaged, ct).ConfigureAwait(false))
        {
            orders[order.Certificate.Id] = order;
        }

        await foreach (var entry in _rack.Certificates.ListAsync(onDamaged, ct).ConfigureAwait(false))
        {
            yield return new CertificateState(entry, orders.GetValueOrDefault(entry.Record.Id));
            orders.Remove(entry.Record.Id);
        }

        foreach (var order in orders.Values)
        {
            yield return new CertificateState(null, order);
        }
    }

    /// <summary>The certificate of that id, stored or only being ordered.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    public async Task<CertificateState> FindAsync(string id, CancellationToken ct)
    {
        var entry = await _rack.Certificates.FindAsync(id, ct).ConfigureAwait(false);
        var order = await _rack.Orders.FindAsync(id, ct).ConfigureAwait(false);
        return entry is null && order is null ? throw NotFound(id) : new CertificateState(entry, order);
    }

    /// <summary>The stored certificate of that id.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    public async Task<CertificateEntry> GetAsync(string id, CancellationToken ct) =>
        await _rack.Certificates.FindAsync(id, ct).ConfigureAwait(false) ?? throw NotFound(id);

    /// <inheritdoc/>
    public void Dispose()
    {
        Accounts.Dispose();
        _solvers.Dispose();
    }

    private bool IsCurrent(CertificateEntry known, CertificateRequest request)
    {
        if (request.Force || known.Record.Issuer != request.Issuer.Name || IsDue(known))
        {
            return false;
        }

        _events.Report(new IssuanceEvent(
            IssuanceEventKind.Detail, $"{known.Record.Id} for {request.Names[0]} is valid until {known.Live.Expires:u} and not due before {known.Live.RenewAfter:u}: nothing is ordered. Use -Force to order anyway."));
        return true;
    }

    private async Task RequireThereAsync(string id, CancellationToken ct)
    {
        try
        {
            await FindAsync(id, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.InvalidData)
        {
            _events.Report(new IssuanceEvent(IssuanceEventKind.Detail, e.Message));
        }
    }

    private async Task<OrderRecord?> TryFindOrderAsync(string id, CancellationToken ct)
    {
        try
        {
            return await _rack.Orders.FindAsync(id, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.InvalidData)
        {
            return null;
        }
    }

    private async Task<CertificateEntry> SelfSignAsync(CertificateRecord record, CertificateRequest request, CertificateEntry? known, CancellationToken ct)
    {
        _events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Signing a certificate for {request.Names[0]} with its own key", 50));
        var key = await CertificateKeys.ForAsync(_rack, request, known, ct).ConfigureAwait(false);
        var chain = SelfSignedCertificate.Create(key, request.Names, _time.GetUtcNow(), request.Settings.Duration ?? SelfSignedCertificate.DefaultLifetime);
        return await StoreAsync(record, new CertificateMaterial(chain, key), request.KeepVersions, ct).ConfigureAwait(false);
    }

    private async Task<CertificateEntry> OrderAsync(CertificateRecord record, CertificateRequest request, CertificateEntry? known, CancellationToken ct)
    {
        using var material = await _acme.IssueAsync(record, request, known, ct).ConfigureAwait(false);
        _events.Report(new IssuanceEvent(IssuanceEventKind.Step, "Storing the certificate", 95));
        var entry = await StoreAsync(record, material, request.KeepVersions, ct).ConfigureAwait(false);
        await _acme.EndAsync(record.Id, ct).ConfigureAwait(false);
        return entry;
    }

    private Task<CertificateEntry> StoreAsync(CertificateRecord record, CertificateMaterial material, int keepVersions, CancellationToken ct)
    {
        var leaf = material.Chain.Leaf;
        return _rack.Certificates.AddVersionAsync(
            record, material, _time.GetUtcNow(), RenewalPolicy.RenewAfter(leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime()), keepVersions, ct);
    }

    private Task<IAsyncDisposable> LockAsync(string id, CancellationToken ct) => _rack.LockAsync(
        $"certificate/{id}",
        () => ReportWait(id),
        ct);

    private void ReportWait(string what) =>
        _events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Waiting for another process that works on {what}"));

    private static EngineException NotFound(string id) => new(
        "CertificateNotFound", EngineErrorKind.NotFound, $"This rack has no certificate '{id}'. Get-ConvoxCertificate lists those that it has.", id);
}
