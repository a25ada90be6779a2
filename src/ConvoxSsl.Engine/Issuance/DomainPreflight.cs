using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Caa;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.RateLimits;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>
/// Looks at a name before anything is ordered for it: how it would be proved, whether its CAA records allow the CA, what
/// the CA's limits leave, and which certificates cover it already. Orders and writes nothing.
/// </summary>
internal sealed class DomainPreflight(IRack rack, SolverSelector choice, AcmeAccounts accounts, OrderLimits limits, TimeProvider time)
{
    public async IAsyncEnumerable<DnsCheck> RunAsync(
        CertificateName name, Issuer issuer, IssuanceSettings settings, string? caCertificate, [EnumeratorCancellation] CancellationToken ct)
    {
        var resolver = choice.ResolverFor(settings);
        var (solver, type) = await SolverAsync(name, settings, ct).ConfigureAwait(false);
        yield return solver;
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
            yield return await StepAsync("CAA", () => CaaAsync(name, directoryUrl, type ?? ChallengeTypes.Dns01, resolver, caCertificate, ct)).ConfigureAwait(false);
        }

        if (issuer.DirectoryUrl is { } limited)
        {
            yield return await StepAsync("Limits", () => LimitsAsync(name, limited, ct)).ConfigureAwait(false);
        }

        yield return await StepAsync("Certificates", () => CertificatesAsync(name, ct)).ConfigureAwait(false);
    }

    private async Task<(DnsCheck Check, string? Type)> SolverAsync(CertificateName name, IssuanceSettings settings, CancellationToken ct)
    {
        string? type = null;
        var check = await StepAsync("Solver", async () =>
        {
            var chosen = (await choice.ForAsync(CertificateNameSet.Parse([name.Value]), settings, ct).ConfigureAwait(false))[name];
            type = chosen.Solver.Type;
            return new DnsCheck("Solver", true, chosen.Location?.Split('/', 2) is [var id, var record] ? $"{type} by DNS solver {id}, with a TXT record at {record}" : type);
        }).ConfigureAwait(false);
        return (check, type);
    }

    private static async Task<DnsCheck> AddressesAsync(CertificateName name, DnsResolver resolver, CancellationToken ct)
    {
        var addresses = await resolver.GetAddressesAsync(name.Value, ct).ConfigureAwait(false);
        return addresses.Count > 0
            ? new DnsCheck("Addresses", true, string.Join(", ", addresses))
            : new DnsCheck("Addresses", false, $"'{name}' has no A or AAAA record.", "Add one that leads to this machine, or prove the name by dns-01: Add-ConvoxDnsSolver.");
    }

    private static DnsCheck Port(string type, IssuanceSettings settings)
    {
        var endpoint = ListenerEndpoint.Of(settings.HttpAddress, type == ChallengeTypes.Http01 ? settings.HttpPort ?? 80 : settings.TlsPort ?? 443);
        using var socket = endpoint.Listen();
        return new DnsCheck("Port", true, $"Port {endpoint} is free. Whether the CA reaches it can't be seen from here.");
    }

    private async Task<DnsCheck> CaaAsync(CertificateName name, Uri directoryUrl, string type, DnsResolver resolver, string? caCertificate, CancellationToken ct)
    {
        var account = await rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false);
        var client = await accounts.ConnectAsync(directoryUrl, caCertificate ?? account?.CaCertificate, ct).ConfigureAwait(false);
        var records = await resolver.GetCaaAsync(name.Value, ct).ConfigureAwait(false);
        var verdict = CaaPolicy.Judge(records, new CaaRequest(client.Directory.Metadata.CaaIdentities, type, account?.Url?.OriginalString, name.IsWildcard));
        return verdict.IsAllowed
            ? new DnsCheck("CAA", true, records.FoundAt is null ? "No CAA record forbids any CA." : $"The records of '{records.FoundAt}' allow it: {string.Join("; ", records.Records)}")
            : new DnsCheck("CAA", false, $"The CAA records do not let the CA at {directoryUrl.Host} issue for '{name}'.", verdict.Reason);
    }

    private async Task<DnsCheck> LimitsAsync(CertificateName name, Uri directoryUrl, CancellationToken ct)
    {
        var account = await rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false);
        var quotas = await limits.FindQuotasAsync(directoryUrl, account?.Url, CertificateNameSet.Parse([name.Value]), OrderKind.New, ct).ConfigureAwait(false);
        if (quotas.Count == 0)
        {
            return new DnsCheck("Limits", true, $"No limits of the CA at {directoryUrl.Host} are known, nor did it refuse anything for a time that is not over.");
        }

        var detail = $"According to the records of this rack, the CA at {directoryUrl.Host} allows {OrderLimits.Describe(quotas)} "
            + $"(public suffix list of {limits.SuffixDate:O}).";
        var reached = quotas.Where(quota => quota.NextAt > time.GetUtcNow()).MaxBy(quota => quota.NextAt);
        return reached is null
            ? new DnsCheck("Limits", true, detail)
            : new DnsCheck("Limits", false, $"{detail} {limits.Explain(directoryUrl, reached)}", limits.GetRemedy(directoryUrl, reached));
    }

    private async Task<DnsCheck> CertificatesAsync(CertificateName name, CancellationToken ct)
    {
        var covering = new List<string>();
        await foreach (var entry in rack.Certificates.ListAsync(null, ct).ConfigureAwait(false))
        {
            if (name.IsCoveredBy(entry.Record.Domains))
            {
                covering.Add($"{entry.Record.Id} until {entry.Live.Expires:u}");
            }
        }

        return new DnsCheck("Certificates", true, covering.Count > 0 ? $"Covered already by {string.Join(", ", covering)}" : "No certificate of this rack covers it yet.");
    }

    private static async Task<DnsCheck> StepAsync(string check, Func<Task<DnsCheck>> step)
    {
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (Exception e) when (e is EngineException or InvalidInputException or AcmeException)
        {
            return new DnsCheck(check, false, "It could not be done.", e.Message);
        }
    }
}
