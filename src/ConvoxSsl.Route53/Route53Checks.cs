using System.Runtime.CompilerServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Route53.Access;
using ConvoxSsl.Route53.Api;
using ConvoxSsl.Route53.Records;
using ConvoxSsl.Route53.Zones;

namespace ConvoxSsl.Route53;

/// <summary>Checks the provider's requirements one after the other; each check reports what it found or what is missing.</summary>
internal sealed class Route53Checks(AwsAccess access, HostedZoneFinder zones)
{
    /// <summary>Runs the checks, up to the first that fails.</summary>
    public async IAsyncEnumerable<DnsCheck> RunAsync(string name, [EnumeratorCancellation] CancellationToken ct)
    {
        HostedZone? zone = null;
        var steps = new List<(string Check, Func<Task<string>> Run)> { ("Credentials", () => access.GetSourceArnAsync(ct)) };
        if (access.Settings.Role is { } role)
        {
            steps.Add(("Role", async () => $"{role}, as {await access.GetCallerArnAsync(ct)}"));
        }

        steps.Add(("Hosted zone", async () =>
        {
            (zone, var found) = await FindZoneAsync(name, ct);
            return found;
        }));
        steps.Add(("Records", async () => await ReadRecordsAsync(zone!, name, ct)));
        foreach (var (check, run) in steps)
        {
            var step = await RunAsync(check, run);
            yield return step;
            if (!step.Passed)
            {
                yield break;
            }
        }
    }

    private async Task<(HostedZone Zone, string Found)> FindZoneAsync(string name, CancellationToken ct)
    {
        try
        {
            var zone = await zones.FindAsync(name, ct);
            return zone.IsPrivate ? throw Private(zone) : (zone, $"{RecordName.Unescape(zone.Name)} ({zone.Id})");
        }
        catch (EngineException e) when (e.Code == ErrorCode.DnsPermissionMissing && access.Settings.HostedZoneId is not null)
        {
            // Writing to a zone by its id does not need the permission to read the zone.
            var id = await zones.FindIdAsync(name, ct);
            return (new HostedZone(id, name, false, []), $"{id}; its name cannot be read, which is not needed");
        }
    }

    private static EngineException Private(HostedZone zone) => new(
        ErrorCode.DnsZoneNotFound,
        EngineErrorKind.InvalidState,
        $"The hosted zone {zone.Id} ({RecordName.Unescape(zone.Name)}) is private: a public CA cannot see its records.",
        zone.Id)
    {
        Remedy = "Give the solver the public hosted zone of the domain.",
    };

    private static async Task<DnsCheck> RunAsync(string check, Func<Task<string>> run)
    {
        try
        {
            return new DnsCheck(check, true, await run());
        }
        catch (EngineException e)
        {
            return new DnsCheck(check, false, e.Message, e.Remedy);
        }
    }

    // Writing cannot be checked without writing, so the required permissions are shown instead.
    private async Task<string> ReadRecordsAsync(HostedZone zone, string name, CancellationToken ct)
    {
        var current = await new RecordSetReader(access.Api).ReadAsync(zone.Id, [name], onePerRequest: true, ct);
        if (current[name].Obstacle is { } obstacle)
        {
            throw obstacle;
        }

        var write = new AwsAction("route53:ChangeResourceRecordSets", access.Partition.CreateArn("route53:::hostedzone/" + zone.Id));
        var wait = new AwsAction("route53:GetChange", access.Partition.CreateArn("route53:::change/*"));
        return $"{current[name].Set?.Values.Count ?? 0} TXT values at {name}. "
            + $"Not checked, but needed: {write.PolicyStatement} and {wait.PolicyStatement}";
    }
}
