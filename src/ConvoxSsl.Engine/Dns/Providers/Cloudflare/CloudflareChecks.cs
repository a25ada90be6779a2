using System.Runtime.CompilerServices;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>Tries what the provider needs to be able to do, and names what is missing.</summary>
internal sealed class CloudflareChecks(CloudflareHttp http, CloudflareZones zones, CloudflareRecords records)
{
    // No record has it: Cloudflare's ids are random. Whoever may not delete is refused before it is looked for.
    private const string NoRecord = "00000000000000000000000000000000";

    public async IAsyncEnumerable<DnsCheck> RunAsync(string name, [EnumeratorCancellation] CancellationToken ct)
    {
        var credential = await TryAsync("Credential", () => CheckCredentialAsync(ct)).ConfigureAwait(false);
        yield return credential;
        if (!credential.Passed)
        {
            yield break;
        }

        CloudflareZone? zone = null;
        var found = await TryAsync("Zone", async () =>
        {
            zone = await zones.FindAsync(name, ct).ConfigureAwait(false);
            return $"The zone of '{name}' is '{zone.Name}', which is active.";
        }).ConfigureAwait(false);
        yield return found;
        if (zone is null)
        {
            yield break;
        }

        var read = await TryAsync("Reading records", async () =>
        {
            await records.ListAsync(zone, [name], ct).ConfigureAwait(false);
            return $"The DNS records of '{zone.Name}' can be read.";
        }).ConfigureAwait(false);
        yield return read;
        if (read.Passed)
        {
            yield return await TryAsync("Writing records", () => CheckWritingAsync(zone, ct)).ConfigureAwait(false);
        }
    }

    private async Task<string> CheckCredentialAsync(CancellationToken ct)
    {
        if (http.Credential.Email is { } email)
        {
            await http.SendAsync(new(HttpMethod.Get, "/user", CloudflarePermission.None, null), ct).ConfigureAwait(false);
            return $"The global API key belongs to {email}.";
        }

        CloudflareResponse answer;
        try
        {
            answer = await http.SendAsync(new(HttpMethod.Get, "/user/tokens/verify", CloudflarePermission.None, null), ct).ConfigureAwait(false);
        }
        catch (CloudflareException e) when (e.Code == ErrorCode.DnsCredentialsRefused && e.Status is not null)
        {
            // A token that belongs to an account and not to a user is unknown there, and still good for zones.
            if (!await IsTakenForZonesAsync(ct).ConfigureAwait(false))
            {
                throw;
            }

            return "Cloudflare accepts the API token.";
        }

        var status = answer.Result is { } token ? CloudflareResponse.Text(token, "status") : string.Empty;
        return status is "active" ? "The API token is active." : throw new CloudflareException(
            ErrorCode.DnsCredentialsRefused,
            EngineErrorKind.Denied,
            $"The API token is not active but '{CloudflareErrors.Words(status)}'.",
            "Enable or renew it at https://dash.cloudflare.com/profile/api-tokens, or give another one with Zone.Zone Read and Zone.DNS Edit.");
    }

    private async Task<bool> IsTakenForZonesAsync(CancellationToken ct)
    {
        try
        {
            await http.GetPageAsync(new(HttpMethod.Get, "/zones", CloudflarePermission.ZoneRead, null), 1, 5, ct).ConfigureAwait(false);
            return true;
        }
        catch (CloudflareException e) when (e.Kind == EngineErrorKind.Denied)
        {
            // One that only may not is known.
            return e.Code == ErrorCode.DnsPermissionMissing;
        }
    }

    // The list of permissions that a zone carries is its owner's and not the token's: only trying tells.
    private async Task<string> CheckWritingAsync(CloudflareZone zone, CancellationToken ct)
    {
        await records.WriteAsync(zone, new CloudflareChange(new TxtRecord(zone.Name, string.Empty), NoRecord), ct).ConfigureAwait(false);
        return $"The DNS records of '{zone.Name}' can be written.";
    }

    private static async Task<DnsCheck> TryAsync(string check, Func<Task<string>> step)
    {
        try
        {
            return new DnsCheck(check, true, await step().ConfigureAwait(false));
        }
        catch (CloudflareException e)
        {
            return new DnsCheck(check, false, e.Message, e.Remedy);
        }
    }
}
