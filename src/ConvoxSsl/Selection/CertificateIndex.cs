using ConvoxSsl.Engine;

namespace ConvoxSsl.Selection;

/// <summary>The IDs and names of a rack's certificates, and the errors for a query that selects none or several of them.</summary>
internal sealed class CertificateIndex
{
    private const int MaxListed = 5;
    private const int MaxNames = 3;

    private readonly Dictionary<string, (IReadOnlyList<string> Names, string? Issuer)> _certificates = new(StringComparer.Ordinal);

    /// <summary>True if it has no certificates.</summary>
    public bool IsEmpty => _certificates.Count == 0;

    /// <summary>Adds a certificate.</summary>
    /// <param name="id">The ID of the certificate.</param>
    /// <param name="names">The names of the certificate; none if it cannot be read.</param>
    /// <param name="issuer">The issuer of the certificate; null if it cannot be read.</param>
    public void Add(string id, IReadOnlyList<string> names, string? issuer) => _certificates[id] = (names, issuer);

    /// <summary>Finds the certificates that match best, in the order in which they were added.</summary>
    /// <param name="query">The query.</param>
    /// <returns>The IDs, and the kind of their match.</returns>
    public (IReadOnlyList<string> Ids, CertificateMatch Match) Find(CertificateQuery query)
    {
        var matches = _certificates
            .Select(item => (Id: item.Key, Match: query.Rate(item.Key, item.Value.Names)))
            .Where(item => item.Match != CertificateMatch.None)
            .ToList();
        var best = matches.Count == 0 ? CertificateMatch.None : matches.Max(item => item.Match);
        return ([.. matches.Where(item => item.Match == best).Select(item => item.Id)], best);
    }

    /// <summary>Finds the only certificate that matches best.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    /// <exception cref="InvalidInputException"><c>SeveralCertificates</c>.</exception>
    public string FindOne(CertificateQuery query) => Find(query).Ids switch
    {
        [var only] => only,
        [] => throw CreateNotFound(query),
        var several => throw CreateSeveral(query, several, isOneNeeded: true),
    };

    /// <summary>Creates the error for a text that selects several certificates, where one is needed.</summary>
    /// <param name="query">The query.</param>
    /// <param name="ids">The IDs of the certificates.</param>
    /// <param name="isOneNeeded">True if the command cannot use several certificates of a pipeline either.</param>
    public InvalidInputException CreateSeveral(CertificateQuery query, IReadOnlyList<string> ids, bool isOneNeeded)
    {
        var listed = string.Join(", ", ids.Take(MaxListed).Select(Describe));
        var more = ids.Count > MaxListed ? $" and {ids.Count - MaxListed} more" : string.Empty;
        return new InvalidInputException(
            ErrorCode.SeveralCertificates, $"'{query.Text}' matches {ids.Count} certificates: {listed}{more}.", query.Text)
        {
            Remedy = isOneNeeded ? new Remedy("SeveralCertificates.One") : new Remedy("SeveralCertificates.Match"),
        };
    }

    /// <summary>Creates the error for a text that selects no certificate, with the certificates that fit it most closely.</summary>
    public EngineException CreateNotFound(CertificateQuery query)
    {
        var hint = Suggest(query);
        return new EngineException(
            ErrorCode.CertificateNotFound,
            EngineErrorKind.NotFound,
            $"Cannot find certificate '{query.Text}' on this rack.{(IsEmpty ? " The rack has no certificates." : null)}",
            query.Text)
        {
            // General advice would contradict a suggestion.
            Remedy = hint is not null ? Remedy.FromText(hint)
                : new Remedy(IsEmpty ? "CertificateNotFound.Empty" : ErrorCode.CertificateNotFound),
        };
    }

    private string? Suggest(CertificateQuery query)
    {
        if (query.Name is { } name)
        {
            foreach (var (id, (names, _)) in _certificates)
            {
                if (names.FirstOrDefault(own => name.IsCoveredBy([own])) is { } covering)
                {
                    return $"'{name}' is covered by '{covering}', which is a name on {id}.";
                }
            }
        }

        var similar = Suggestion.Find(query.Text, _certificates.Values.SelectMany(item => item.Names).Distinct(StringComparer.Ordinal));
        return similar is not null ? $"'{similar}' is a name on {_certificates.First(item => item.Value.Names.Contains(similar)).Key}."
            : Suggestion.Find(query.Text, _certificates.Keys) is { } near ? $"The rack has {Describe(near)}."
            : null;
    }

    private string Describe(string id)
    {
        var (names, issuer) = _certificates.GetValueOrDefault(id);
        return names is { Count: > 0 }
            ? $"{id} ({issuer}; {string.Join(", ", names.Take(MaxNames))}{(names.Count > MaxNames ? ", …" : null)})"
            : id;
    }
}
