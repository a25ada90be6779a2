using System.Runtime.CompilerServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Route53.Access;
using ConvoxSsl.Route53.Api;
using ConvoxSsl.Route53.Records;
using ConvoxSsl.Route53.Zones;

namespace ConvoxSsl.Route53;

/// <summary>Tries one after the other what the provider needs; each step says what it found or what is missing.</summary>
internal sealed class Route53Checks(AwsAccess access, HostedZoneFinder zones)
{
    /// <summary>The steps, up to the first that fails.</summary>
    public async IAsyncEnumerable<DnsCheck> RunAsync(string name, [EnumeratorCancellation] CancellationToken ct)
    {
        HostedZone? zone = null;
        var steps = new List<(string Check, Func<Task<string>> Try)> { ("Credentials", () => access.SourceAsync(ct)) };
        if (access.Settings.Role is { } role)
        {
            steps.Add(("Role", async () => $"{role}, as {await access.CallerAsync(ct)}"));
        }

        steps.Add(("Hosted zone", async () =>
        {
            (zone, var found) = await ZoneAsync(name, ct);
            return found;
        }));
        steps.Add(("Records", async () => await RecordsAsync(zone!, name, ct)));
        foreach (var (check, attempt) in steps)
        {
            var step = await StepAsync(check, attempt);
            yield return step;
            if (!step.Passed)
            {
                yield break;
            }
        }
    }

    private async Task<(HostedZone Zone, string Found)> ZoneAsync(string name, CancellationToken ct)
    {
        try
        {
            var zone = await zones.FindAsync(name, ct);
            return (zone, $"{RecordName.Unescape(zone.Name)} ({zone.Id}{(zone.IsPrivate ? ", private" : string.Empty)})");
        }
        catch (EngineException e) when (e.Code == ErrorCode.DnsPermissionMissing && access.Settings.HostedZoneId is not null)
        {
            // Writing to a zone whose id is known does not need to read what it is.
            var id = await zones.FindIdAsync(name, ct);
            return (new HostedZone(id, name, false, []), $"{id}; what it is called may not be read, and need not be");
        }
    }

    private static async Task<DnsCheck> StepAsync(string check, Func<Task<string>> attempt)
    {
        try
        {
            return new DnsCheck(check, true, await attempt());
        }
        catch (EngineException e)
        {
            return new DnsCheck(check, false, e.Code, e.Message);
        }
    }

    // Writing cannot be tried without writing; what it needs is shown instead.
    private async Task<string> RecordsAsync(HostedZone zone, string name, CancellationToken ct)
    {
        var current = await new RecordSetReader(access.Api).ReadAsync(zone.Id, [name], onePerCall: true, ct);
        if (current[name].Obstacle is { } obstacle)
        {
            throw obstacle;
        }

        var write = new AwsAction("route53:ChangeResourceRecordSets", access.Partition.Arn("route53:::hostedzone/" + zone.Id));
        var wait = new AwsAction("route53:GetChange", access.Partition.Arn("route53:::change/*"));
        return $"{current[name].Set?.Values.Count ?? 0} TXT values at {name}. Not tried, but needed: {write.PolicyStatement} and {wait.PolicyStatement}";
    }
}
