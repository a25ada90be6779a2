using System.Runtime.ExceptionServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Selection;

/// <summary>
/// Finds the certificates of a rack that the user selected. An ID is read directly. Anything else lists the certificates, once for all
/// queries of a command, and those of the rack's apps if none matches.
/// </summary>
/// <param name="certificates">The certificates of the rack.</param>
/// <param name="store">The store of the rack.</param>
internal sealed class CertificateSelector(CertificateCatalog certificates, ICertificateStore store)
{
    private CertificateIndex? _own;
    private CertificateIndex? _ofApps;

    /// <summary>Finds the certificates that a query selects, sorted by domain; none only if no certificate matches a pattern.</summary>
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
        await SelectAsync(query, SelectionScope.StoredOne, ct) switch
        {
            [var only] => only,
            [] => throw _own!.CreateNotFound(query),
            var several => throw _own!.CreateSeveral(query, [.. several.Select(certificate => certificate.Id)], isOneNeeded: true),
        };

    /// <summary>
    /// Finds the certificate whose ID or name a text is; null if there is none, or if the certificates cannot be listed. Lists them only
    /// if the text looks like an ID or a name, unless a query has listed them already.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task<string?> FindExactAsync(string text, CancellationToken ct)
    {
        var query = new CertificateQuery(text);
        if (_own is null && !text.Contains('.', StringComparison.Ordinal) && !text.StartsWith("cert-", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            _own ??= await ReadOwnAsync(query, SelectionScope.Stored, new(StringComparer.Ordinal), ct);
        }
        catch (EngineException)
        {
            return null;
        }

        return _own.Find(query) is ([var id, ..], CertificateMatch.Id or CertificateMatch.Name) ? id : null;
    }

    private async Task<IReadOnlyList<SelectedCertificate>> SearchAsync(CertificateQuery query, SelectionScope scope, CancellationToken ct)
    {
        var read = new Dictionary<string, SelectedCertificate>(StringComparer.Ordinal);
        _own ??= await ReadOwnAsync(query, scope, read, ct);
        var (index, (ids, match)) = (_own, _own.Find(query));
        if (ids.Count == 0)
        {
            _ofApps ??= await ReadOfAppsAsync(query, read, ct);
            (index, (ids, match)) = (_ofApps, _ofApps.Find(query));
        }

        // A wildcard can be the name of a certificate. Then it is not a pattern.
        if (ids.Count > 1 && scope != SelectionScope.Several && (!query.IsPattern || match == CertificateMatch.Name))
        {
            throw index.CreateSeveral(query, ids, isOneNeeded: scope == SelectionScope.StoredOne);
        }

        var selected = new List<SelectedCertificate>();
        foreach (var id in ids)
        {
            if ((read.GetValueOrDefault(id) ?? await TryReadAsync(id, query, scope, ct)) is { } certificate)
            {
                selected.Add(certificate);
            }
        }

        return
        [
            .. selected.OrderBy(certificate => certificate.State?.Record.Domains[0] ?? certificate.Id, StringComparer.OrdinalIgnoreCase)
                .ThenBy(certificate => certificate.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>Reads a certificate by its ID; null if it does not exist.</summary>
    private async Task<SelectedCertificate?> TryReadAsync(
        string id, CertificateQuery query, SelectionScope scope, CancellationToken ct)
    {
        var selected = new SelectedCertificate(id, query);
        try
        {
            if (IsOfStored(scope) && await store.FindAsync(id, ct) is { } entry)
            {
                return selected with { State = new CertificateState(entry, null) };
            }

            return await certificates.TryFindAsync(id, ct) is { } state ? selected with { State = state } : null;
        }
        catch (EngineException e) when (e.Code is ErrorCode.CertificateDamaged or ErrorCode.OrderDamaged)
        {
            return selected with { Damage = e };
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.Denied && IsOfStored(scope))
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
        catch (EngineException e) when (e.Kind == EngineErrorKind.Denied && IsOfStored(scope))
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

    private static bool IsOfStored(SelectionScope scope) => scope is SelectionScope.Stored or SelectionScope.StoredOne;

    // Keep only the certificates that match, because a rack can have very many.
    private static void Add(
        CertificateIndex index, CertificateQuery query, Dictionary<string, SelectedCertificate> read, CertificateState state)
    {
        var (id, names) = (state.Record.Id, state.Record.Domains);
        index.Add(id, names, state.Record.Issuer);
        if (query.Rate(id, names) != CertificateMatch.None)
        {
            read[id] = new SelectedCertificate(id, query) { State = state };
        }
    }

    private static void Add(
        CertificateIndex index, CertificateQuery query, Dictionary<string, SelectedCertificate> read, EngineException damage)
    {
        if (damage is { Code: ErrorCode.CertificateDamaged, Value: string id })
        {
            index.Add(id, [], issuer: null);
            if (query.Rate(id, []) != CertificateMatch.None)
            {
                read[id] = new SelectedCertificate(id, query) { Damage = damage };
            }
        }
    }
}

/// <summary>The certificates that a command can use.</summary>
internal enum SelectionScope
{
    /// <summary>An ID, the beginning of one or a name selects one certificate; several that match are an error.</summary>
    One,

    /// <summary>Like <see cref="One"/>, and orders are read only if no version of the certificate is stored.</summary>
    Stored,

    /// <summary>Like <see cref="Stored"/>, for a command that cannot use several certificates of a pipeline either.</summary>
    StoredOne,

    /// <summary>A text selects all certificates that match it best.</summary>
    Several,
}
