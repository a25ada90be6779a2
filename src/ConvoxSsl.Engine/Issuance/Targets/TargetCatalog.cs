using System.Globalization;
using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Targets;

/// <summary>The targets of a rack, and the operations on them that deliver nothing.</summary>
public sealed class TargetCatalog
{
    private readonly IssuanceContext _context;
    private readonly IRack _rack;
    private readonly TargetChecks _checks;

    internal TargetCatalog(IssuanceContext context)
    {
        _context = context;
        _rack = context.Rack;
        _checks = new TargetChecks(context);
    }

    /// <summary>The name of this machine.</summary>
    public string Machine => _context.Options.Machine;

    /// <summary>Lists all targets by id, with the certificates that match them.</summary>
    /// <exception cref="EngineException"><c>TargetsDamaged</c>.</exception>
    public async Task<IReadOnlyList<MatchedTarget>> ListAsync(CancellationToken ct)
    {
        var targets = await _rack.Targets.ListAsync(ct).ConfigureAwait(false);
        return await MatchAsync(targets, ct).ConfigureAwait(false);
    }

    /// <summary>Gets a target.</summary>
    /// <exception cref="EngineException"><c>TargetNotFound</c>, <c>TargetsDamaged</c>.</exception>
    public async Task<CertificateTarget> FindAsync(int id, CancellationToken ct) =>
        Find(await _rack.Targets.ListAsync(ct).ConfigureAwait(false), id);

    /// <summary>Gets a target with the certificates that match it.</summary>
    /// <exception cref="EngineException"><c>TargetNotFound</c>, <c>TargetsDamaged</c>.</exception>
    public async Task<MatchedTarget> GetAsync(int id, CancellationToken ct) =>
        await MatchAsync(await FindAsync(id, ct).ConfigureAwait(false), ct).ConfigureAwait(false);

    /// <summary>Checks a new or changed target on this machine, and changes nothing.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>TargetPathTaken</c>, <c>PathNotWritable</c>, <c>InvalidExportPath</c>, <c>InvalidOwner</c>, <c>InvalidGroup</c>,
    /// <c>InvalidMode</c>, <c>KeyExposed</c>, <c>UnknownService</c>, <c>CommandNotFound</c>.
    /// </exception>
    /// <exception cref="EngineException"><c>ServicesNotSupported</c>.</exception>
    public async Task CheckAsync(CertificateTarget target, CancellationToken ct)
    {
        RequireFreePaths(target, await _rack.Targets.ListAsync(ct).ConfigureAwait(false));
        if (_checks.IsOfThisMachine(target))
        {
            await _checks.RequireAsync(target, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Checks on this machine that the server of a target presents any certificate.</summary>
    /// <exception cref="InvalidInputException"><c>EndpointUnreachable</c>, <c>StartTlsRefused</c>, <c>TlsFailed</c>.</exception>
    public Task CheckEndpointAsync(MatchedTarget matched, CancellationToken ct) =>
        _checks.IsOfThisMachine(matched.Target) ? _checks.RequireEndpointAsync(matched, ct) : Task.CompletedTask;

    /// <summary>Tests a target step by step, and changes nothing.</summary>
    /// <exception cref="EngineException"><c>TargetNotFound</c>, <c>TargetsDamaged</c>.</exception>
    public async IAsyncEnumerable<DnsCheck> TestAsync(int id, [EnumeratorCancellation] CancellationToken ct)
    {
        var target = await GetAsync(id, ct).ConfigureAwait(false);
        await foreach (var check in _checks.RunAsync(target, ct).ConfigureAwait(false))
        {
            yield return check;
        }
    }

    /// <summary>Stores a new target with the next free id instead of its own.</summary>
    /// <exception cref="InvalidInputException"><c>TargetPathTaken</c>.</exception>
    public async Task<MatchedTarget> AddAsync(CertificateTarget target, CancellationToken ct)
    {
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        var added = target;
        await _rack.Targets.UpdateAsync(
            targets =>
            {
                RequireFreePaths(target, targets);
                added = target with { Id = targets.Select(other => other.Id).Append(0).Max() + 1 };
                return [.. targets, added];
            },
            ct).ConfigureAwait(false);
        return await MatchAsync(added, ct).ConfigureAwait(false);
    }

    /// <summary>Changes the settings of a target, which makes its certificates outdated.</summary>
    /// <exception cref="EngineException"><c>TargetNotFound</c>.</exception>
    /// <exception cref="InvalidInputException"><c>TargetPathTaken</c>.</exception>
    public async Task<MatchedTarget> ChangeAsync(int id, Func<CertificateTarget, CertificateTarget> change, CancellationToken ct)
    {
        CertificateTarget? changed = null;
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        await _rack.Targets.UpdateAsync(
            targets =>
            {
                var before = Find(targets, id);
                changed = change(before) with
                {
                    Revision = before.Revision + 1,
                    States = [.. before.States.Select(state => state with { SerialNumber = null, Failure = null })],
                };
                RequireFreePaths(changed, targets);
                return [.. targets.Select(target => target.Id == id ? changed : target)];
            },
            ct).ConfigureAwait(false);
        return await MatchAsync(changed!, ct).ConfigureAwait(false);
    }

    /// <summary>Removes a target. The delivered files stay.</summary>
    /// <exception cref="EngineException"><c>TargetNotFound</c>.</exception>
    public async Task RemoveAsync(int id, CancellationToken ct)
    {
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        await _rack.Targets.UpdateAsync(
            targets =>
            {
                Find(targets, id);
                return [.. targets.Where(target => target.Id != id)];
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>Finds the certificates that match a target, which need not be stored.</summary>
    public async Task<MatchedTarget> MatchAsync(CertificateTarget target, CancellationToken ct) =>
        (await MatchAsync([target], ct).ConfigureAwait(false))[0];

    private Task<IReadOnlyList<MatchedTarget>> MatchAsync(IReadOnlyList<CertificateTarget> targets, CancellationToken ct) =>
        MatchedTarget.FindAsync(targets, _rack.Certificates, _context.Now, ct);

    private static CertificateTarget Find(IReadOnlyList<CertificateTarget> targets, int id) =>
        targets.FirstOrDefault(target => target.Id == id) ?? throw new EngineException(
            ErrorCode.TargetNotFound,
            EngineErrorKind.NotFound,
            string.Create(CultureInfo.InvariantCulture, $"Cannot find certificate target {id} on this rack."),
            id);

    private static void RequireFreePaths(CertificateTarget target, IReadOnlyList<CertificateTarget> targets)
    {
        var paths = TargetFileSet.GetPaths(target).ToHashSet(StringComparer.Ordinal);
        foreach (var other in targets.Where(other => other.Id != target.Id && other.IsOf(target.Machine)))
        {
            if (TargetFileSet.GetPaths(other).FirstOrDefault(paths.Contains) is { } taken)
            {
                throw new InvalidInputException(
                    ErrorCode.TargetPathTaken, $"Target {other.Id} writes '{taken}' already.", other.Id);
            }
        }
    }
}
