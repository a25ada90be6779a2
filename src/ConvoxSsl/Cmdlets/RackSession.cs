using System.Runtime.CompilerServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Cmdlets;

/// <summary>A rack that a cmdlet has opened, with an engine on it, and its contents as users see them.</summary>
internal sealed record RackSession(ConvoxRack Description, IRack Rack, IssuanceEngine Engine)
{
    /// <summary>A stored certificate as users see it.</summary>
    public ConvoxCertificate Describe(CertificateEntry entry) => Describe(new CertificateState(entry, null));

    /// <summary>All certificates as users see them.</summary>
    public async IAsyncEnumerable<ConvoxCertificate> ListAsync(Action<EngineException> onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var state in Engine.Certificates.ListAsync(onDamaged, ct))
        {
            yield return Describe(state);
        }
    }

    /// <summary>The certificates that the rack's apps hold themselves, as users see them.</summary>
    public async IAsyncEnumerable<ConvoxCertificate> ListOfAppsAsync(Action<EngineException> onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var state in Engine.Certificates.ListOfAppsAsync(onDamaged, ct))
        {
            yield return Describe(state);
        }
    }

    /// <summary>The rack's certificates and those that its apps hold themselves, one after the other.</summary>
    /// <param name="give">Takes a certificate.</param>
    /// <param name="warn">Takes what can't be read, or not by this identity.</param>
    /// <param name="ct">Stops it.</param>
    public async Task ListWithAppsAsync(Func<ConvoxCertificate, Task> give, Action<string> warn, CancellationToken ct)
    {
        await foreach (var certificate in ListAsync(damage => warn(damage.Message), ct))
        {
            await give(certificate);
        }

        try
        {
            await foreach (var certificate in ListOfAppsAsync(damage => warn(damage.Message), ct))
            {
                await give(certificate);
            }
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.Denied)
        {
            // Who may read only the rack's namespace still sees what is there.
            warn($"The certificates of the rack's apps are not listed: {e.Message} Get-ConvoxCertificate -Generated lists the rack's alone.");
        }
    }

    /// <summary>The certificate of that id as users see it.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    public async Task<ConvoxCertificate> FindAsync(string id, CancellationToken ct) => Describe(await Engine.Certificates.FindAsync(id, ct));

    /// <summary>Stored solvers as users see them.</summary>
    public async Task<IReadOnlyList<ConvoxDnsSolver>> DescribeAsync(IReadOnlyList<DnsSolver> solvers, CancellationToken ct)
    {
        var detached = await Rack.DnsSolvers.ListDetachedAsync(ct);
        return [.. solvers.Select(s => ConvoxDnsSolver.Of(s, Description.Name, detached))];
    }

    /// <summary>What came of a renewal, as users see it.</summary>
    public ConvoxRenewal DescribeRenewal(CertificateState state, ConvoxRenewalResult result, string reason) => new()
    {
        Id = state.Record.Id,
        Domain = state.Record.Domains[0],
        Result = result,
        Reason = reason,
        Expires = state.Entry?.Live.Expires,
        RenewAfter = state.Entry?.Live.RenewAfter,
        WaitsUntil = result is ConvoxRenewalResult.Waiting or ConvoxRenewalResult.Failed ? state.Failure?.NextTry : null,
        Certificate = Describe(state),
        Rack = Description.Name,
    };

    /// <summary>A certificate as users see it, as far as it has come.</summary>
    public ConvoxCertificate Describe(CertificateState state) => ConvoxCertificate.Of(state, Description.Name, CompositionRoot.Now);
}
