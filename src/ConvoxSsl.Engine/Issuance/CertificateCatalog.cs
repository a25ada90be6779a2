using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>The certificates of a rack and what can be done with them without ordering a new one.</summary>
public sealed class CertificateCatalog
{
    private readonly IRack _rack;
    private readonly AcmeIssuer _acme;
    private readonly OrderEnding _ending;
    private readonly TimeProvider _time;
    private readonly IProgress<IssuanceEvent> _events;

    internal CertificateCatalog(IRack rack, AcmeIssuer acme, OrderEnding ending, TimeProvider time, IProgress<IssuanceEvent> events)
    {
        _rack = rack;
        _acme = acme;
        _ending = ending;
        _time = time;
        _events = events;
    }

    /// <summary>Stores a certificate that was made elsewhere; as a new version where an id is given.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>: no certificate has that id.</exception>
    public async Task<CertificateEntry> ImportAsync(CertificateWithKey material, string? id, int keepVersions, CancellationToken ct)
    {
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        var known = id is null ? null : await GetAsync(id, ct).ConfigureAwait(false);
        var names = material.Chain.LeafNames();
        var record = new CertificateRecord
        {
            Id = id ?? await _rack.Certificates.NewIdAsync(ct).ConfigureAwait(false),
            Domains = names.Count > 0 ? names : [material.Chain.Leaf.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, forIssuer: false)],
            Issuer = Issuer.ImportedName,
        };
        await using var locked = await LockAsync(record.Id, ct).ConfigureAwait(false);
        var stored = await StoreAsync(known is null ? record : record with { Id = known.Record.Id }, material, keepVersions, ct).ConfigureAwait(false);
        await PublishAsync(record.Id, ct).ConfigureAwait(false);
        return stored;
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
            ErrorCode.CertificateNotRevocable, EngineErrorKind.InvalidState, $"'{id}' is {known.Record.Issuer}: no CA that could revoke it is known. Name the CA with -Issuer, or remove the certificate.", id);
        using var material = await _rack.Certificates.ReadAsync(id, known.LiveVersion, ct).ConfigureAwait(false);
        _events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Revoking {id} at {directoryUrl.Host}", 50));
        await _acme.RevokeAsync(material, directoryUrl, reason, caCertificate, ct).ConfigureAwait(false);
        return await _rack.Certificates.UpdateAsync(
            known.With(known.Live with { Revoked = _time.GetUtcNow(), RevocationReason = reason.ToString() }), ct).ConfigureAwait(false);
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
        if (target is not { } number || known.Versions.All(v => v.Number != number))
        {
            throw new EngineException(
                ErrorCode.NoOlderVersion, EngineErrorKind.NotFound, $"'{id}' has no {(version is null ? "version before the live one" : $"version {version}")}; kept are {kept}, live is {known.LiveVersion}. Name one that is kept with -Version.", id);
        }

        if (await ReleaseAsync(id, ct).ConfigureAwait(false))
        {
            _events.Report(new IssuanceEvent(
                IssuanceEventKind.Warning, $"{_rack.Controller!.Name} no longer renews {id}, or it would put its own certificate back. Update-ConvoxCertificate gives it back when it is due, and with -Force at once."));
        }

        var restored = await _rack.Certificates.SwitchAsync(id, number, ct).ConfigureAwait(false);
        await PublishAsync(id, ct).ConfigureAwait(false);
        return restored;
    }

    /// <summary>Removes a certificate, its versions, its unfinished order and what that one left published; also a damaged one.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    public async Task RemoveAsync(string id, CancellationToken ct)
    {
        await RequireThereAsync(id, ct).ConfigureAwait(false);
        await using var locked = await LockAsync(id, ct).ConfigureAwait(false);
        await _ending.AbandonAsync(id, ct).ConfigureAwait(false);
        await ReleaseAsync(id, ct).ConfigureAwait(false);
        await _rack.Certificates.RemoveAsync(id, ct).ConfigureAwait(false);
    }

    /// <summary>All certificates in the order of their ids, and after them those that are only being ordered.</summary>
    /// <param name="onDamaged">Told of each that can't be read and is left out.</param>
    /// <param name="ct">Stops it.</param>
    public async IAsyncEnumerable<CertificateState> ListAsync(Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        // Before what is stored, so that one that becomes ready meanwhile is not missed.
        var controlled = await ListUnreadyAsync(ct).ConfigureAwait(false);
        var orders = new SortedDictionary<string, OrderRecord>(StringComparer.Ordinal);
        await foreach (var order in _rack.Orders.ListAsync(onDamaged, ct).ConfigureAwait(false))
        {
            if (!order.IsDryRun)
            {
                orders[order.Certificate.Id] = order;
            }
        }

        await foreach (var entry in _rack.Certificates.ListAsync(onDamaged, ct).KeepingMemoryLowAsync(ct).ConfigureAwait(false))
        {
            yield return new CertificateState(entry, orders.GetValueOrDefault(entry.Record.Id), controlled.GetValueOrDefault(entry.Record.Id));
            orders.Remove(entry.Record.Id);
            controlled.Remove(entry.Record.Id);
        }

        foreach (var id in orders.Keys.Union(controlled.Keys).Order(StringComparer.Ordinal))
        {
            yield return new CertificateState(null, orders.GetValueOrDefault(id), controlled.GetValueOrDefault(id));
        }
    }

    /// <summary>The certificates that the rack's apps hold themselves, in the order of their namespaces.</summary>
    /// <param name="onDamaged">Told of each that can't be read and is left out.</param>
    /// <param name="ct">Stops it.</param>
    public async IAsyncEnumerable<CertificateState> ListOfAppsAsync(Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var entry in _rack.Certificates.ListOfAppsAsync(onDamaged, ct).KeepingMemoryLowAsync(ct).ConfigureAwait(false))
        {
            yield return new CertificateState(entry, null);
        }
    }

    /// <summary>The certificate of that id, stored or only being ordered.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    public async Task<CertificateState> FindAsync(string id, CancellationToken ct)
    {
        // Before what is stored, so that one that becomes ready meanwhile is not missed.
        var controlled = _rack.Controller is { } controller ? await controller.FindAsync(id, ct).ConfigureAwait(false) : null;
        var entry = await _rack.Certificates.FindAsync(id, ct).ConfigureAwait(false);
        var order = entry?.Record.IsOfApp() is true ? null : await _rack.Orders.FindAsync(id, ct).ConfigureAwait(false);
        return entry is null && order is null && controlled is null or { Phase: ControlledPhase.Ready }
            ? throw NotFound(id)
            : new CertificateState(entry, order, controlled is { Phase: ControlledPhase.Ready } ? null : controlled);
    }

    /// <summary>Finds the certificate of a failed request; null if no failure was stored, such as after invalid input.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>: it was removed meanwhile.</exception>
    public async Task<CertificateState?> FindFailureAsync(IssueRequest request, CancellationToken ct)
    {
        await foreach (var order in _rack.Orders.ListForAsync(request.Names, ct).ConfigureAwait(false))
        {
            if (order.Failure is not null && order.Certificate.Issuer == request.Issuer.Name)
            {
                return await FindAsync(order.Certificate.Id, ct).ConfigureAwait(false);
            }
        }

        foreach (var unready in (await ListUnreadyAsync(ct).ConfigureAwait(false)).Values)
        {
            if (unready.Phase == ControlledPhase.Failed
                && unready.Certificate.Issuer == request.Issuer.Name
                && request.Names.SetEquals(unready.Certificate.Domains))
            {
                return await FindAsync(unready.Certificate.Id, ct).ConfigureAwait(false);
            }
        }

        return null;
    }

    /// <summary>The stored certificate of that id.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    public async Task<CertificateEntry> GetAsync(string id, CancellationToken ct) =>
        await _rack.Certificates.FindAsync(id, ct).ConfigureAwait(false) ?? throw NotFound(id);

    internal async Task<CertificateEntry> StoreAsync(CertificateRecord record, CertificateWithKey material, int keepVersions, CancellationToken ct)
    {
        // A controller that still has it would issue its own again over this one.
        if (await ReleaseAsync(record.Id, ct).ConfigureAwait(false))
        {
            _events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"{record.Id} is taken out of the hands of {_rack.Controller!.Name}."));
        }

        var leaf = material.Chain.Leaf;
        return await _rack.Certificates.AddVersionAsync(
            record, material, _time.GetUtcNow(), RenewalPolicy.GetRenewalTime(leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime()), keepVersions, ct).ConfigureAwait(false);
    }

    /// <summary>Carries a changed certificate to the apps that use it; what can't be written there is told, and no failure.</summary>
    internal async Task PublishAsync(string id, CancellationToken ct)
    {
        if (_rack.Publisher is not { } publisher)
        {
            return;
        }

        try
        {
            foreach (var copy in await publisher.PublishAsync(id, [], dryRun: false, ct).ConfigureAwait(false))
            {
                _events.Report(copy.Result == CertificateCopyResult.Failed
                    ? new IssuanceEvent(IssuanceEventKind.Warning, $"The copy of {id} in the app {copy.App} still is the old one: {copy.Reason} Publish-ConvoxCertificate tries again.")
                    : new IssuanceEvent(IssuanceEventKind.Detail, $"The app {copy.App} has {id} ({copy.Result})."));
            }
        }
        catch (EngineException e)
        {
            _events.Report(new IssuanceEvent(IssuanceEventKind.Warning, $"{id} could not be carried to the apps that use it: {e.Message} Publish-ConvoxCertificate tries again."));
        }
    }

    private async Task<bool> ReleaseAsync(string id, CancellationToken ct) =>
        _rack.Controller is { } controller && await controller.ReleaseAsync(id, ct).ConfigureAwait(false);

    private async Task<Dictionary<string, ControlledCertificate>> ListUnreadyAsync(CancellationToken ct)
    {
        var found = new Dictionary<string, ControlledCertificate>(StringComparer.Ordinal);
        if (_rack.Controller is { } controller)
        {
            await foreach (var unready in controller.ListUnreadyAsync(ct).ConfigureAwait(false))
            {
                found[unready.Certificate.Id] = unready;
            }
        }

        return found;
    }

    internal Task<IAsyncDisposable> LockAsync(string id, CancellationToken ct) => LockAsync(id, () => { }, ct);

    /// <param name="id">The certificate.</param>
    /// <param name="onWait">Called where another has it.</param>
    /// <param name="ct">Stops it.</param>
    internal Task<IAsyncDisposable> LockAsync(string id, Action onWait, CancellationToken ct) => _rack.LockAsync(
        LockOf(id),
        () =>
        {
            onWait();
            ReportWait(id);
        },
        ct);

    /// <summary>The name of a certificate's lock.</summary>
    internal static string LockOf(string id) => $"certificate/{id}";

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

    internal void ReportWait(string what) =>
        _events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Waiting for another process that works on {what}"));

    private static EngineException NotFound(string id) => new(
        ErrorCode.CertificateNotFound, EngineErrorKind.NotFound, $"This rack has no certificate '{id}'. Get-ConvoxCertificate lists those that it has.", id);
}
