using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Issuance.Versions;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>Selects the issuer of a certificate if the user named none, and stores the rack's default issuer.</summary>
public sealed class IssuerSelector
{
    private readonly IssuanceContext _context;
    private readonly IRack _rack;
    private readonly CertificateLookup _lookup;

    internal IssuerSelector(IssuanceContext context, CertificateLookup lookup)
    {
        _context = context;
        _rack = context.Rack;
        _lookup = lookup;
    }

    /// <summary>
    /// Selects the issuer of a request without one: that of the certificate for exactly the same names, preferably from a CA, else the
    /// rack's default.
    /// </summary>
    /// <returns>The request, and false if nothing determines its issuer.</returns>
    public async Task<(IssueRequest Request, bool IsSelected)> SelectAsync(IssueRequest request, CancellationToken ct)
    {
        if (await FindKnownAsync(request.Names, ct).ConfigureAwait(false) is { } known)
        {
            _context.ReportDetail($"The issuer is {known.Issuer}, as of {known.Id} for the same names");
            var isDelegated = request.Route == IssuanceRoute.Default && known.Settings?.Controller is not null;
            return (request with
            {
                Issuer = Issuer.FromRecord(known),
                Route = isDelegated ? IssuanceRoute.Controller : request.Route,
            }, true);
        }

        if (await FindDefaultAsync(ct).ConfigureAwait(false) is not { } issuer)
        {
            return (request, false);
        }

        _context.ReportDetail($"The issuer is {issuer}, the default of rack '{_rack.Name}'");
        return (request with { Issuer = issuer }, true);
    }

    /// <summary>Finds the issuer that <see cref="SelectAsync"/> selects for these names; null if nothing determines it.</summary>
    public async Task<Issuer?> FindAsync(CertificateNameSet names, CancellationToken ct) =>
        await FindKnownAsync(names, ct).ConfigureAwait(false) is { } known
            ? Issuer.FromRecord(known)
            : await FindDefaultAsync(ct).ConfigureAwait(false);

    /// <summary>Finds the certificate from a CA for exactly these names, even if it is still being issued; null if there is none.</summary>
    public async Task<CertificateState?> FindFromCaAsync(CertificateNameSet names, CancellationToken ct)
    {
        if (await _lookup.FindAsync(names, generated: true, ct).ConfigureAwait(false) is { Record.Settings: not null } known)
        {
            return new CertificateState(known, null);
        }

        await foreach (var order in _rack.Orders.ListForAsync(names, ct).ConfigureAwait(false))
        {
            return new CertificateState(null, order);
        }

        if (_rack.Controller is { } controller)
        {
            await foreach (var unready in controller.ListUnreadyAsync(ct).ConfigureAwait(false))
            {
                if (names.SetEquals(unready.Certificate.Domains))
                {
                    return new CertificateState(null, null, unready);
                }
            }
        }

        return null;
    }

    /// <summary>Finds an imported certificate for exactly these names; null if there is none.</summary>
    public async Task<CertificateEntry?> FindImportedAsync(CertificateNameSet names, CancellationToken ct)
    {
        await foreach (var entry in _rack.Certificates.ListImportedForAsync(names, ct).ConfigureAwait(false))
        {
            if (entry.Record.Issuer == Issuer.ImportedName)
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Returns the rack's default issuer; null if it has none.</summary>
    /// <exception cref="InvalidInputException"><c>UnknownIssuer</c>: another version of the module has set it.</exception>
    /// <exception cref="EngineException"><c>RackDamaged</c>.</exception>
    public async Task<Issuer?> FindDefaultAsync(CancellationToken ct) =>
        (await _rack.State.ReadAsync(ct).ConfigureAwait(false)).DefaultIssuer is { } name ? Issuer.Parse(name) : null;

    /// <summary>Sets the rack's default issuer, or removes it.</summary>
    public async Task SetDefaultAsync(Issuer? issuer, CancellationToken ct)
    {
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        await _rack.State.UpdateAsync(
            state => state.DefaultIssuer == issuer?.Name ? state : state with { DefaultIssuer = issuer?.Name }, ct).ConfigureAwait(false);
    }

    private async Task<CertificateRecord?> FindKnownAsync(CertificateNameSet names, CancellationToken ct) =>
        (await FindFromCaAsync(names, ct).ConfigureAwait(false))?.Record
        ?? (await _lookup.FindAsync(names, generated: false, ct).ConfigureAwait(false))?.Record;
}
