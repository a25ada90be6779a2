using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Caa;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.RateLimits;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>
/// Checks a name before anything is ordered for it: its solver, its CAA records, the CA's limits, and the certificates that cover
/// it already. Orders and writes nothing.
/// </summary>
internal sealed class DomainPreflight(IssuanceContext context, SolverSelector solvers, AcmeAccounts accounts, OrderLimits limits)
{
    private readonly IRack _rack = context.Rack;

    public async IAsyncEnumerable<DnsCheck> RunAsync(
        CertificateName name,
        Issuer issuer,
        IssuanceSettings settings,
        string? caCertificate,
        [EnumeratorCancellation] CancellationToken ct)
    {
        if (issuer.IsSelfSigned)
        {
            yield return new DnsCheck("Issuer", true, "A self-signed certificate needs no validation.");
            yield return await StepAsync("Certificates", () => CertificatesAsync(name, ct)).ConfigureAwait(false);
            yield break;
        }

        var resolver = solvers.GetResolver(settings);
        var (solver, chosen) = await SolverAsync(name, settings, ct).ConfigureAwait(false);
        var type = chosen?.Solver.Type;
        yield return solver;
        if (type == ChallengeTypes.Dns01 && chosen!.Record!.HidesDomain)
        {
            yield return new DnsCheck(
                "Wildcard record",
                false,
                DnsChoice.DescribeHiding(name.BaseName),
                DnsChoice.GetHidingRemedy(name.BaseName, name.IsWildcard));
        }

        if (type is ChallengeTypes.Http01 or ChallengeTypes.TlsAlpn01)
        {
            if (!name.IsAddress)
            {
                yield return await StepAsync("Addresses", () => AddressesAsync(name, resolver, ct)).ConfigureAwait(false);
            }

            if (settings.WebRoot is null)
            {
                yield return await StepAsync("Port", () => Task.FromResult(Port(type, settings))).ConfigureAwait(false);
            }
        }

        if (!name.IsAddress && issuer.DirectoryUrl is { } directoryUrl)
        {
            yield return await StepAsync(
                "CAA", () => CaaAsync(name, directoryUrl, type ?? ChallengeTypes.Dns01, resolver, caCertificate, ct)).ConfigureAwait(false);
        }

        if (issuer.DirectoryUrl is { } limited)
        {
            yield return await StepAsync("Limits", () => LimitsAsync(name, limited, ct)).ConfigureAwait(false);
        }

        yield return await StepAsync("Certificates", () => CertificatesAsync(name, ct)).ConfigureAwait(false);
    }

    private async Task<(DnsCheck Check, ChosenSolver? Chosen)> SolverAsync(
        CertificateName name, IssuanceSettings settings, CancellationToken ct)
    {
        ChosenSolver? chosen = null;
        var check = await StepAsync("Solver", async () =>
        {
            var job = new RecordBatch(context.Time).AddJob();
            var names = CertificateNameSet.Parse([name.Value]);
            chosen = (await solvers.ChooseAsync(names, settings, job, ct).ConfigureAwait(false))[name];
            return new DnsCheck("Solver", true, (chosen.Location?.Split('/', 2), chosen.Record) switch
            {
                ([var id, var record], _) => $"{chosen.Solver.Type} by DNS solver {id}, with a TXT record at {record}",
                (_, { HidesDomain: true }) => $"{chosen.Solver.Type}, not dns-01. {DnsChoice.DescribeHiding(name.BaseName)}",
                (_, { Solver: null, Alias: not null } record) => $"{chosen.Solver.Type}; {DnsChoice.DescribeAlias(record)}",
                _ => chosen.Solver.Type,
            });
        }).ConfigureAwait(false);
        return (check, chosen);
    }

    private static async Task<DnsCheck> AddressesAsync(CertificateName name, DnsResolver resolver, CancellationToken ct)
    {
        var addresses = await resolver.GetAddressesAsync(name.Value, ct).ConfigureAwait(false);
        return addresses.Count > 0
            ? new DnsCheck("Addresses", true, string.Join(", ", addresses))
            : new DnsCheck("Addresses", false, $"'{name}' has no A or AAAA record.", new Remedy("NoAddress"));
    }

    private static DnsCheck Port(string type, IssuanceSettings settings)
    {
        var port = type == ChallengeTypes.Http01 ? settings.HttpPort ?? 80 : settings.TlsPort ?? 443;
        var endpoint = ListenerEndpoint.Parse(settings.HttpAddress, port);
        using var socket = endpoint.Listen();
        return new DnsCheck("Port", true, $"Port {endpoint} is free. This check cannot tell whether the CA reaches it.");
    }

    private async Task<DnsCheck> CaaAsync(
        CertificateName name, Uri directoryUrl, string type, DnsResolver resolver, string? caCertificate, CancellationToken ct)
    {
        var account = await _rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false);
        var client = await accounts.ConnectAsync(directoryUrl, caCertificate ?? account?.CaCertificate, ct).ConfigureAwait(false);
        var records = await resolver.GetCaaAsync(name.Value, ct).ConfigureAwait(false);
        var request = new CaaRequest(client.Directory.Metadata.CaaIdentities, type, account?.Url?.OriginalString, name.IsWildcard);
        var verdict = CaaPolicy.Evaluate(records, request);
        return verdict.IsAllowed
            ? new DnsCheck("CAA", true, records.FoundAt is { } owner
                ? $"The records of '{owner}' allow it: {string.Join("; ", records.Records)}"
                : "No CAA record forbids any CA.")
            : new DnsCheck(
                "CAA",
                false,
                $"The CAA records do not let the CA at {directoryUrl.Authority} issue for '{name}'.",
                Remedy.Join(verdict.Reason, verdict.Remedy));
    }

    private async Task<DnsCheck> LimitsAsync(CertificateName name, Uri directoryUrl, CancellationToken ct)
    {
        var account = await _rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false);
        var names = CertificateNameSet.Parse([name.Value]);
        var quotas = await limits.FindQuotasAsync(directoryUrl, account?.Url, names, OrderKind.New, ct).ConfigureAwait(false);
        if (quotas.Count == 0)
        {
            return new DnsCheck("Limits", true, "No rate limits are known for this CA, and none is in effect.");
        }

        var remaining = $"The CA at {directoryUrl.Authority} allows {OrderLimits.Describe(quotas)} according to the records of this rack "
            + $"(public suffix list of {limits.SuffixDate:O}).";
        var reached = quotas.Where(r => r.NextAt > context.Now).MaxBy(r => r.NextAt);
        return reached is null
            ? new DnsCheck("Limits", true, remaining)
            : new DnsCheck("Limits", false, remaining, Remedy.Join(
                limits.Explain(directoryUrl, reached), limits.GetRemedy(directoryUrl, reached)));
    }

    private async Task<DnsCheck> CertificatesAsync(CertificateName name, CancellationToken ct)
    {
        var covering = new List<string>();
        var ended = new List<string>();
        await foreach (var entry in _rack.Certificates.ListAsync(null, ct).ConfigureAwait(false))
        {
            if (!name.IsCoveredBy(entry.Record.Domains))
            {
                continue;
            }

            if (entry.Live.Revoked is not null)
            {
                ended.Add($"{entry.Record.Id} is revoked");
            }
            else if (entry.Live.Expires <= context.Now)
            {
                ended.Add($"{entry.Record.Id} expired at {entry.Live.Expires:u}");
            }
            else
            {
                covering.Add($"{entry.Record.Id} until {entry.Live.Expires:u}");
            }
        }

        var detail = covering.Count > 0 ? $"Covered already by {string.Join(", ", covering)}"
            : ended.Count > 0 ? $"No valid certificate of this rack covers it: {string.Join(", ", ended)}."
            : "No certificate of this rack covers it yet.";
        return new DnsCheck("Certificates", true, detail);
    }

    private static async Task<DnsCheck> StepAsync(string check, Func<Task<DnsCheck>> step)
    {
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (UserErrorException e)
        {
            return new DnsCheck(check, false, e.Message, e.Remedy);
        }
    }
}
