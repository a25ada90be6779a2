namespace ConvoxSsl.Selection;

/// <summary>
/// Selects certificates by their names while a list of them is read. The rule is that of <see cref="CertificateQuery"/>: a wildcard that
/// is the name of a certificate selects the certificates with exactly this name, and any other one is a pattern.
/// </summary>
/// <typeparam name="T">The type of the certificates.</typeparam>
internal sealed class DomainFilter<T>
{
    private readonly IReadOnlyList<CertificateQuery> _queries;
    private readonly HashSet<CertificateQuery> _found = [];
    private readonly HashSet<CertificateQuery> _exact = [];
    private readonly List<(T Certificate, CertificateQuery[] Patterns)> _held = [];

    /// <param name="queries">The names and patterns; none to select all certificates.</param>
    public DomainFilter(IReadOnlyList<CertificateQuery> queries) => _queries = queries;

    /// <summary>The queries that have matched a certificate.</summary>
    public IReadOnlyCollection<CertificateQuery> Found => _found;

    /// <summary>
    /// Returns true if a certificate is selected. If that depends on the certificates after it, it is held for <see cref="TakeHeld"/>.
    /// </summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="names">The names of the certificate.</param>
    public bool IsSelected(T certificate, IReadOnlyList<string> names)
    {
        if (_queries.Count == 0)
        {
            return true;
        }

        var isSelected = false;
        var undecided = new List<CertificateQuery>();
        foreach (var query in _queries)
        {
            switch (query.Rate(string.Empty, names))
            {
                case CertificateMatch.None:
                    continue;
                case CertificateMatch.Part when query.Name is not null:
                    undecided.Add(query);
                    break;
                case CertificateMatch.Part:
                    isSelected = true;
                    break;
                default:
                    _exact.Add(query);
                    isSelected = true;
                    break;
            }

            _found.Add(query);
        }

        if (!isSelected && undecided.Count > 0)
        {
            _held.Add((certificate, [.. undecided]));
        }

        return isSelected;
    }

    /// <summary>Returns the held certificates that are selected, at the end of the list.</summary>
    public IReadOnlyList<T> TakeHeld()
    {
        var selected = _held.Where(item => !Array.TrueForAll(item.Patterns, _exact.Contains)).Select(item => item.Certificate).ToArray();
        _held.Clear();
        return selected;
    }
}
