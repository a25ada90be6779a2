using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Renewal;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>A run of renewals on a rack: selects certificates, then decides which of them are renewed.</summary>
/// <param name="engine">The engine of the rack.</param>
public sealed class RenewalRun(IssuanceEngine engine)
{
    private readonly List<(CertificateState State, bool IsNamed)> _selected = [];
    private bool _isForAll;

    /// <summary>
    /// The ids of the selected certificates; null if they are all certificates of the rack, and none if these cannot be listed.
    /// </summary>
    public IReadOnlyCollection<string>? Ids => _isForAll ? null : [.. _selected.Select(item => item.State.Record.Id)];

    /// <summary>Selects a certificate.</summary>
    /// <param name="state">The certificate.</param>
    /// <param name="isNamed">True if the user named the certificate, so that it is an error if it cannot be renewed.</param>
    public void Add(CertificateState state, bool isNamed) => _selected.Add((state, isNamed));

    /// <summary>Selects all certificates of the rack, sorted by domain, and removes what killed runs left published.</summary>
    /// <param name="onDamaged">Receives the error of each certificate that cannot be read.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task AddAllAsync(Action<EngineException> onDamaged, CancellationToken ct)
    {
        var all = new List<CertificateState>();
        await foreach (var state in engine.Certificates.ListAsync(onDamaged, ct).ConfigureAwait(false))
        {
            all.Add(state);
        }

        _isForAll = true;
        _selected.AddRange(all.OrderBy(state => state.Record.Domains[0], StringComparer.OrdinalIgnoreCase).Select(state => (state, false)));

        await engine.CleanUpLeftoversAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Queries the CAs' renewal information.</summary>
    /// <param name="concurrency">The maximum number of concurrent requests.</param>
    /// <param name="isPreview">False to store the information.</param>
    /// <param name="ct">The cancellation token.</param>
    public Task RefreshAsync(int concurrency, bool isPreview, CancellationToken ct) => Parallel.ForAsync(
        0,
        _selected.Count,
        new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = ct },
        async (i, stop) =>
        {
            var state = _selected[i].State;
            state = isPreview
                ? await engine.Renewals.PreviewAsync(state, stop).ConfigureAwait(false)
                : await engine.Renewals.RefreshAsync(state, stop).ConfigureAwait(false);
            _selected[i] = _selected[i] with { State = state };
        });

    /// <summary>Decides about the selected certificates, in the order of their selection.</summary>
    /// <param name="force">True to renew even if a certificate is not due or its last attempt failed recently.</param>
    public IReadOnlyList<(CertificateState State, RenewalDecision Decision)> Decide(bool force) =>
        [.. _selected.Select(item => (item.State, engine.Renewals.Decide(item.State, item.IsNamed, force)))];
}
