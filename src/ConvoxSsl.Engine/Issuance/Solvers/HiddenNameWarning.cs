using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Solvers;

/// <summary>Warns of names that are unreachable while the rack's controller validates them by dns-01.</summary>
internal sealed class HiddenNameWarning(IssuanceContext context, SolverSelector selector)
{
    // Only a warning depends on the DNS servers.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Checks domains and reports those that their challenge records would hide.</summary>
    /// <param name="domains">The domains that are validated by dns-01.</param>
    /// <param name="settings">The settings, which name the DNS servers.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task ReportAsync(IEnumerable<string> domains, IssuanceSettings settings, CancellationToken ct)
    {
        var lookup = new AliasLookup(selector.GetResolver(settings));
        using var limit = new CancellationTokenSource(Limit, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            foreach (var name in domains.Select(domain => CertificateName.Parse(domain).BaseName).Distinct(StringComparer.Ordinal))
            {
                if (await lookup.IsSynthesizedAsync(name, either.Token).ConfigureAwait(false))
                {
                    // cert-manager selects its solver without regard to the zone's records, so only a record helps.
                    context.ReportWarning(DnsChoice.DescribeHiding(name), DnsChoice.GetHidingRemedy(name, needsDns: true));
                }
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
        }
    }
}
