using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Issuance.Versions;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Catalog;

/// <summary>The certificates of a rack, and the operations on them that order nothing.</summary>
public sealed class CertificateCatalog
{
    private readonly IssuanceContext _context;
    private readonly IRack _rack;
    private readonly CertificateLocks _locks;
    private readonly CertificateWriter _writer;
    private readonly OrderJournal _journal;
    private readonly CertificateRevocation _revocation;

    internal CertificateCatalog(
        IssuanceContext context, CertificateLocks locks, CertificateWriter writer, OrderJournal journal, CertificateRevocation revocation)
    {
        _context = context;
        _rack = context.Rack;
        _locks = locks;
        _writer = writer;
        _journal = journal;
        _revocation = revocation;
    }

    /// <summary>Stores a certificate that was created elsewhere; as a new version if an id is given.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>: no certificate has that id.</exception>
    public async Task<CertificateEntry> ImportAsync(CertificateWithKey material, string? id, int keepVersions, CancellationToken ct)
    {
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        var known = id is null ? null : await GetOwnAsync(id, ct).ConfigureAwait(false);
        var names = material.Chain.LeafNames();
        var record = new CertificateRecord
        {
            Id = id ?? await _rack.Certificates.NewIdAsync(ct).ConfigureAwait(false),
            Domains = names.Count > 0 ? names
                : [DisplayText.OneLine(material.Chain.Leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false))],
            Issuer = Issuer.ImportedName,
        };
        await using var locked = await LockAsync(record.Id, ct).ConfigureAwait(false);
        record = known is null ? record : record with { Id = known.Record.Id };
        var stored = await _writer.StoreAsync(record, material, keepVersions, ct).ConfigureAwait(false);
        await _writer.PublishAsync(record.Id, ct).ConfigureAwait(false);
        return stored;
    }

    /// <summary>
    /// Revokes the live version: with the account if the rack has it, else with the certificate's own key.
    /// </summary>
    /// <param name="id">The certificate.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="issuer">The CA, for a certificate that was imported; null for the one that issued it.</param>
    /// <param name="caCertificate">The PEM of the root that the CA's endpoint is trusted by.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>; <c>CertificateNotRevocable</c>: its CA is not known.</exception>
    public async Task<CertificateEntry> RevokeAsync(
        string id, RevocationReason reason, Issuer? issuer, string? caCertificate, CancellationToken ct)
    {
        await CheckRevocationAsync(id, issuer, ct).ConfigureAwait(false);
        await using var locked = await LockAsync(id, ct).ConfigureAwait(false);
        var (known, directoryUrl) = await CheckRevocationAsync(id, issuer, ct).ConfigureAwait(false);
        using var material = await _rack.Certificates.ReadAsync(id, known.LiveVersion, ct).ConfigureAwait(false);
        _context.ReportStep($"Revoking {id} at {directoryUrl.Authority}", 50);
        await _revocation.RevokeAsync(material, directoryUrl, reason, caCertificate, ct).ConfigureAwait(false);
        return await _rack.Certificates.UpdateAsync(
            known.With(known.Live with { Revoked = _context.Now, RevocationReason = reason.ToString() }), ct).ConfigureAwait(false);
    }

    /// <summary>Checks that a certificate can be revoked, and returns it with the directory of its CA.</summary>
    /// <exception cref="EngineException">
    /// <c>CertificateNotFound</c>; <c>CertificateOfApp</c>; <c>CertificateNotRevocable</c>: it is self-signed, or its CA or its key is
    /// not known.
    /// </exception>
    public async Task<(CertificateEntry Certificate, Uri DirectoryUrl)> CheckRevocationAsync(
        string id, Issuer? issuer, CancellationToken ct)
    {
        var known = await GetOwnAsync(id, ct).ConfigureAwait(false);
        if (known.Record.Issuer == Issuer.SelfSignedName)
        {
            throw new EngineException(
                ErrorCode.CertificateNotRevocable,
                EngineErrorKind.InvalidState,
                $"Cannot revoke {known.Record.GetTitle()} because it is self-signed: no CA issued it.",
                id)
            {
                Remedy = new Remedy("CertificateNotRevocable.SelfSigned", id),
            };
        }

        var directoryUrl = issuer?.DirectoryUrl ?? known.Record.Settings?.DirectoryUrl ?? throw new EngineException(
            ErrorCode.CertificateNotRevocable,
            EngineErrorKind.InvalidState,
            $"'{id}' is {known.Record.Issuer}, and no CA that could revoke it is known.",
            id);
        await _revocation.CheckAsync(known.Record, directoryUrl, ct).ConfigureAwait(false);
        return (known, directoryUrl);
    }

    /// <summary>Checks that a version can be restored, and returns its number.</summary>
    /// <param name="id">The certificate.</param>
    /// <param name="version">The version; null for the one before the live version.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException">
    /// <c>CertificateNotFound</c>; <c>CertificateOfApp</c>; <c>NoOlderVersion</c>.
    /// </exception>
    public async Task<int> CheckRestoreAsync(string id, int? version, CancellationToken ct)
    {
        var known = await GetOwnAsync(id, ct).ConfigureAwait(false);
        var target = version ?? known.Versions.LastOrDefault(v => v.Number < known.LiveVersion)?.Number;
        if (target is { } number && known.Versions.Any(v => v.Number == number))
        {
            return number;
        }

        if (known.Versions is [var only])
        {
            throw new EngineException(ErrorCode.NoOlderVersion, EngineErrorKind.NotFound, $"'{id}' has only version {only.Number}.", id)
            {
                Remedy = "Each renewal and each import adds one.",
            };
        }

        var kept = string.Join(", ", known.Versions.Select(v => v.Number));
        var missing = version is null ? "version before the live one" : $"version {version}";
        throw new EngineException(
            ErrorCode.NoOlderVersion,
            EngineErrorKind.NotFound,
            $"'{id}' has no {missing}; it keeps {kept}, and {known.LiveVersion} is live.",
            id);
    }

    /// <summary>Makes an older version live: the given one, or the one before the live version.</summary>
    /// <exception cref="EngineException">As <see cref="CheckRestoreAsync"/>.</exception>
    public async Task<CertificateEntry> RestoreAsync(string id, int? version, CancellationToken ct)
    {
        await CheckRestoreAsync(id, version, ct).ConfigureAwait(false);
        await using var locked = await LockAsync(id, ct).ConfigureAwait(false);
        var number = await CheckRestoreAsync(id, version, ct).ConfigureAwait(false);
        if (await _writer.ReleaseAsync(id, ct).ConfigureAwait(false))
        {
            _context.ReportWarning(
                $"{_rack.Controller!.Name} no longer renews {id}, because it would replace the restored version with its own.",
                new Remedy("ControllerReleased"));
        }

        var restored = await _rack.Certificates.SwitchAsync(id, number, ct).ConfigureAwait(false);
        _writer.WarnOfOutdatedCopy(restored);
        await _writer.PublishAsync(id, ct).ConfigureAwait(false);
        return restored;
    }

    /// <summary>
    /// Updates all outdated copies in the rack's apps, such as those of certificates that the rack's controller renewed. Failures are
    /// warnings.
    /// </summary>
    public Task PublishAllAsync(CancellationToken ct) => _writer.PublishAllAsync(ct);

    /// <summary>Removes a certificate, even a damaged one, with its versions, its order and what that published.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    public async Task RemoveAsync(string id, CancellationToken ct)
    {
        await RequireExistingAsync(id, ct).ConfigureAwait(false);
        await using (await LockAsync(id, ct).ConfigureAwait(false))
        {
            await _journal.AbandonAsync(id, await _journal.TryFindAsync(id, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
            await _writer.ReleaseAsync(id, ct).ConfigureAwait(false);
            await _rack.Certificates.RemoveAsync(id, ct).ConfigureAwait(false);
        }

        await ForgetDeliveriesAsync(id, ct).ConfigureAwait(false);
        await _writer.WarnOfCopiesAsync(id, ct).ConfigureAwait(false);
    }

    /// <summary>Lists all certificates in the order of their ids, and after them those that are still being ordered.</summary>
    /// <param name="onDamaged">Receives the error of each certificate that cannot be read.</param>
    /// <param name="ct">The cancellation token.</param>
    public async IAsyncEnumerable<CertificateState> ListAsync(
        Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        // Before the stored ones, so that a certificate that becomes ready meanwhile is not missed.
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
            var id = entry.Record.Id;
            yield return new CertificateState(entry, orders.GetValueOrDefault(id), controlled.GetValueOrDefault(id));
            orders.Remove(id);
            controlled.Remove(id);
        }

        foreach (var id in orders.Keys.Union(controlled.Keys).Order(StringComparer.Ordinal))
        {
            yield return new CertificateState(null, orders.GetValueOrDefault(id), controlled.GetValueOrDefault(id));
        }
    }

    /// <summary>Lists the certificates that the rack's apps own, in the order of their namespaces.</summary>
    /// <param name="onDamaged">Receives the error of each certificate that cannot be read.</param>
    /// <param name="ct">The cancellation token.</param>
    public async IAsyncEnumerable<CertificateState> ListOfAppsAsync(
        Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var entry in _rack.Certificates.ListOfAppsAsync(onDamaged, ct).KeepingMemoryLowAsync(ct).ConfigureAwait(false))
        {
            yield return new CertificateState(entry, null);
        }
    }

    /// <summary>Finds a certificate that is stored or being ordered.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    public async Task<CertificateState> FindAsync(string id, CancellationToken ct) =>
        await TryFindAsync(id, ct).ConfigureAwait(false) ?? throw NotFound(id);

    /// <summary>Finds a certificate that is stored or being ordered; null if there is none.</summary>
    public async Task<CertificateState?> TryFindAsync(string id, CancellationToken ct)
    {
        // Before the stored ones, so that a certificate that becomes ready meanwhile is not missed.
        var controlled = _rack.Controller is { } controller ? await controller.FindAsync(id, ct).ConfigureAwait(false) : null;
        var entry = await _rack.Certificates.FindAsync(id, ct).ConfigureAwait(false);
        var order = entry?.Record.IsOfApp() is true ? null : await _rack.Orders.FindAsync(id, ct).ConfigureAwait(false);
        return entry is null && order is null && controlled is null or { Phase: ControlledPhase.Ready }
            ? null
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

    /// <summary>Gets a stored certificate.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>; the message says if it has not been issued yet.</exception>
    public async Task<CertificateEntry> GetAsync(string id, CancellationToken ct) =>
        await _rack.Certificates.FindAsync(id, ct).ConfigureAwait(false)
        ?? (await FindAsync(id, ct).ConfigureAwait(false)).RequireIssued();

    /// <summary>Checks that a certificate does not belong to an app of the rack, so that it can be changed.</summary>
    /// <exception cref="EngineException"><c>CertificateOfApp</c>.</exception>
    public static void RequireOwn(CertificateRecord certificate)
    {
        if (certificate.IsOfApp())
        {
            throw new EngineException(
                ErrorCode.CertificateOfApp,
                EngineErrorKind.InvalidState,
                $"Cannot change {certificate.GetTitle()} because it belongs to an app, whose cert-manager Certificate writes it.",
                certificate.Id);
        }
    }

    // The delivered files stay.
    private async Task ForgetDeliveriesAsync(string id, CancellationToken ct)
    {
        try
        {
            await _rack.Targets.UpdateAsync(
                targets => targets.Any(target => target.FindState(id) is not null)
                    ? [.. targets.Select(target => target.Without(id))]
                    : targets,
                ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.TargetsDamaged)
        {
            _context.ReportWarning(e.Message, e.Remedy);
        }
    }

    private async Task<CertificateEntry> GetOwnAsync(string id, CancellationToken ct)
    {
        var entry = await GetAsync(id, ct).ConfigureAwait(false);
        RequireOwn(entry.Record);
        return entry;
    }

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

    internal Task<IAsyncDisposable> LockAsync(string id, CancellationToken ct) => _locks.LockAsync(id, ct);

    // A damaged certificate exists too.
    private async Task RequireExistingAsync(string id, CancellationToken ct)
    {
        try
        {
            await FindAsync(id, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.InvalidData)
        {
            _context.ReportDetail(e.Message, e.Remedy);
        }
    }

    private static EngineException NotFound(string id) =>
        new(ErrorCode.CertificateNotFound, EngineErrorKind.NotFound, $"Cannot find certificate '{id}' on this rack.", id);
}
