using System.Runtime.ExceptionServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Selection;

/// <summary>
/// Finds the certificates of a rack that the user selected. An ID, and a name for which a CA issued a certificate of its own, are read
/// directly. Anything else lists the certificates, once for all queries of a command, and those of the rack's apps if none matches.
/// </summary>
/// <param name="certificates">The certificates of the rack.</param>
/// <param name="store">The store of the rack.</param>
internal sealed class CertificateSelector(CertificateCatalog certificates, ICertificateStore store)
{
    private CertificateIndex? _own;
    private CertificateIndex? _ofApps;

    /// <summary>Finds the certificates that a query selects; none only if no certificate matches a pattern.</summary>
    /// <param name="query">The query.</param>
    /// <param name="scope">The certificates to find.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    /// <exception cref="InvalidInputException"><c>SeveralCertificates</c>, <c>InvalidCertificateId</c>.</exception>
    public async Task<IReadOnlyList<SelectedCertificate>> SelectAsync(CertificateQuery query, SelectionScope scope, CancellationToken ct)
    {
        InvalidInputException? invalid = null;
        try
        {
            if (query.CanBeId && await TryReadAsync(query.Text, query, scope, ct) is { } exact)
            {
                return [exact];
            }
        }
        catch (InvalidInputException e) when (e.Code == ErrorCode.InvalidCertificateId)
        {
            invalid = e;
        }

        if (query is { NameId: { } nameId, Name.Value: { } name }
            && await TryReadAsync(nameId, query, scope, ct) is { State: { Entry: not null } state } byName
            && state.Record.Domains.Contains(name))
        {
            return [byName];
        }

        var selected = await SearchAsync(query, scope, ct);
        if (selected.Count == 0 && !query.IsPattern)
        {
            if (invalid is not null && query.Name is null)
            {
                ExceptionDispatchInfo.Throw(invalid);
            }

            throw (_own!.IsEmpty ? _ofApps! : _own).CreateNotFound(query);
        }

        return selected;
    }

    /// <summary>Finds the stored certificate that a query selects, even if it contains wildcards.</summary>
    /// <param name="query">The query.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    /// <exception cref="InvalidInputException"><c>SeveralCertificates</c>, <c>InvalidCertificateId</c>.</exception>
    public async Task<SelectedCertificate> SelectOneAsync(CertificateQuery query, CancellationToken ct) =>
        await SelectAsync(query, SelectionScope.Stored, ct) switch
        {
            [var only] => only,
            [] => throw _own!.CreateNotFound(query),
            var several => throw _own!.CreateSeveral(query, [.. several.Select(certificate => certificate.Id)]),
        };

    private async Task<IReadOnlyList<SelectedCertificate>> SearchAsync(CertificateQuery query, SelectionScope scope, CancellationToken ct)
    {
        var read = new Dictionary<string, SelectedCertificate>(StringComparer.Ordinal);
        _own ??= await ReadOwnAsync(query, scope, read, ct);
        var (index, ids) = (_own, _own.Find(query));
        if (ids.Count == 0)
        {
            _ofApps ??= await ReadOfAppsAsync(query, read, ct);
            (index, ids) = (_ofApps, _ofApps.Find(query));
        }

        if (ids.Count > 1 && !query.IsPattern && scope != SelectionScope.Several)
        {
            throw index.CreateSeveral(query, ids);
        }

        var selected = new List<SelectedCertificate>();
        foreach (var id in ids)
        {
            if ((read.GetValueOrDefault(id) ?? await TryReadAsync(id, query, scope, ct)) is { } certificate)
            {
                selected.Add(certificate);
            }
        }

        return selected;
    }

    /// <summary>Reads a certificate by its ID; null if it does not exist.</summary>
    private async Task<SelectedCertificate?> TryReadAsync(
        string id, CertificateQuery query, SelectionScope scope, CancellationToken ct)
    {
        var selected = new SelectedCertificate(id, query);
        try
        {
            if (scope == SelectionScope.Stored && await store.FindAsync(id, ct) is { } entry)
            {
                return selected with { State = new CertificateState(entry, null) };
            }

            return await certificates.TryFindAsync(id, ct) is { } state ? selected with { State = state } : null;
        }
        catch (EngineException e) when (e.Code is ErrorCode.CertificateDamaged or ErrorCode.OrderDamaged)
        {
            return selected with { Damage = e };
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.Denied && scope == SelectionScope.Stored)
        {
            // The user may have access to stored certificates only.
            return null;
        }
    }

    private async Task<CertificateIndex> ReadOwnAsync(
        CertificateQuery query, SelectionScope scope, Dictionary<string, SelectedCertificate> read, CancellationToken ct)
    {
        var index = new CertificateIndex();
        try
        {
            await foreach (var state in certificates.ListAsync(damage => Add(index, query, read, damage), ct))
            {
                Add(index, query, read, state);
            }
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.Denied && scope == SelectionScope.Stored)
        {
            await foreach (var entry in store.ListAsync(damage => Add(index, query, read, damage), ct))
            {
                Add(index, query, read, new CertificateState(entry, null));
            }
        }

        return index;
    }

    private async Task<CertificateIndex> ReadOfAppsAsync(
        CertificateQuery query, Dictionary<string, SelectedCertificate> read, CancellationToken ct)
    {
        var index = new CertificateIndex();
        try
        {
            await foreach (var state in certificates.ListOfAppsAsync(damage => Add(index, query, read, damage), ct))
            {
                Add(index, query, read, state);
            }
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.Denied)
        {
            // The user may have access to the rack's namespace only.
        }

        return index;
    }

    // Keep only the certificates that match, because a rack can have very many.
    private static void Add(
        CertificateIndex index, CertificateQuery query, Dictionary<string, SelectedCertificate> read, CertificateState state)
    {
        var (id, names, isIssued) = (state.Record.Id, state.Record.Domains, state.Entry is not null);
        index.Add(id, names, isIssued);
        if (query.Rate(id, names, isIssued) != CertificateMatch.None)
        {
            read[id] = new SelectedCertificate(id, query) { State = state };
        }
    }

    private static void Add(
        CertificateIndex index, CertificateQuery query, Dictionary<string, SelectedCertificate> read, EngineException damage)
    {
        if (damage is { Code: ErrorCode.CertificateDamaged, Value: string id })
        {
            index.Add(id, [], isIssued: true);
            if (query.Rate(id, [], isIssued: true) != CertificateMatch.None)
            {
                read[id] = new SelectedCertificate(id, query) { Damage = damage };
            }
        }
    }
}

/// <summary>The certificates that a command can use.</summary>
internal enum SelectionScope
{
    /// <summary>A text without wildcards selects one certificate; several that match are an error.</summary>
    One,

    /// <summary>Like <see cref="One"/>, and orders are read only if no version of the certificate is stored.</summary>
    Stored,

    /// <summary>A text selects all certificates that match it best.</summary>
    Several,
}
