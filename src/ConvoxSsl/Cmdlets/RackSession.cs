using System.Runtime.CompilerServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Errors;
using ConvoxSsl.Mapping;
using ConvoxSsl.Progress;
using ConvoxSsl.Scripts;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Cmdlets;

/// <summary>An open rack with an engine on it. Returns the rack's contents as the objects that cmdlets output.</summary>
internal sealed record RackSession(ConvoxRack Description, IRack Rack, IssuanceEngine Engine) : IDisposable
{
    /// <summary>The name of the rack.</summary>
    public string Name => Description.Name;

    /// <summary>Finds the certificates that the user selected.</summary>
    public CertificateSelector Selector { get; } = new(Engine.Certificates, Rack.Certificates);

    /// <summary>Opens a rack with an engine on it.</summary>
    /// <exception cref="InvalidInputException">The kubeconfig is not valid or no longer has the context.</exception>
    /// <exception cref="EngineException"><c>CredentialPluginFailed</c>.</exception>
    public static async Task<RackSession> OpenAsync(
        ConvoxRack description, EventWriter events, int concurrency, VaultReader readVault, CancellationToken ct)
    {
        var rack = await CompositionRoot.OpenAsync(
            description, text => events.Report(new IssuanceEvent(IssuanceEventKind.Exchange, text)), ct);
        var engine = CompositionRoot.NewEngine(
            rack,
            events,
            concurrency,
            readVault,
            (call, stop) => TargetScripts.RunAsync(call, Describe(call.Certificate, description), stop));
        return new RackSession(description, rack, engine);
    }

    private static ConvoxCertificate Describe(CertificateEntry entry, ConvoxRack rack) =>
        new CertificateState(entry, null).ToModel(rack.Name, Now);

    /// <summary>Converts a stored certificate.</summary>
    public ConvoxCertificate Describe(CertificateEntry entry) => Describe(new CertificateState(entry, null));

    /// <summary>Converts a certificate that is stored or being issued.</summary>
    public ConvoxCertificate Describe(CertificateState state) => state.ToModel(Name, Now);

    /// <summary>Converts the outcome of a renewal.</summary>
    public ConvoxRenewal Describe(RenewalOutcome outcome) => outcome.ToModel(Name, Now);

    /// <summary>Finds a certificate by its ID.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    public async Task<ConvoxCertificate> FindAsync(string id, CancellationToken ct) =>
        Describe(await Engine.Certificates.FindAsync(id, ct));

    /// <summary>Lists the certificates of the rack.</summary>
    public async IAsyncEnumerable<ConvoxCertificate> ListAsync(
        Action<EngineException> onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var state in Engine.Certificates.ListAsync(onDamaged, ct))
        {
            yield return Describe(state);
        }
    }

    /// <summary>Lists the certificates of the rack, then those that its apps own.</summary>
    /// <param name="process">Processes a certificate.</param>
    /// <param name="warn">Receives the reason why a certificate or an app cannot be read.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task ListWithAppsAsync(Func<ConvoxCertificate, Task> process, Action<string> warn, CancellationToken ct)
    {
        await foreach (var certificate in ListAsync(OnDamaged, ct))
        {
            await process(certificate);
        }

        try
        {
            await foreach (var state in Engine.Certificates.ListOfAppsAsync(OnDamaged, ct))
            {
                await process(Describe(state));
            }
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.Denied)
        {
            // The user may have access to the rack's namespace only.
            warn($"{Remedies.Append($"Cannot list the certificates of the rack's apps: {e.Message}", e.Remedy)} "
                + "To list only the rack's certificates, use Get-ConvoxCertificate -Generated.");
        }

        void OnDamaged(EngineException damage) => warn(ErrorRecords.DescribeFailure(damage));
    }

    /// <summary>Converts stored DNS solvers.</summary>
    public async Task<IReadOnlyList<ConvoxDnsSolver>> DescribeAsync(IReadOnlyList<DnsSolver> solvers, CancellationToken ct)
    {
        var detached = await Rack.DnsSolvers.ListDetachedAsync(ct);
        var state = await Rack.State.ReadAsync(ct);
        return [.. solvers.Select(solver => solver.ToModel(Name, detached, state.SolverUses))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Engine.Dispose();
        (Rack as IDisposable)?.Dispose();
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();
}
