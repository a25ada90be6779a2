using System.Runtime.CompilerServices;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>Checks the provider's requirements, and reports what is missing.</summary>
internal sealed class CloudflareChecks(CloudflareHttp http, CloudflareZones zones, CloudflareRecords records)
{
    // No record has this id, because Cloudflare's ids are random. A missing permission is reported before a missing record.
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
            return $"The zone '{zone.Name}' is active.";
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

        CloudflareResponse response;
        try
        {
            var request = new CloudflareRequest(HttpMethod.Get, "/user/tokens/verify", CloudflarePermission.None, null);
            response = await http.SendAsync(request, ct).ConfigureAwait(false);
        }
        catch (CloudflareException e) when (e.Code == ErrorCode.DnsCredentialsRefused && e.Status is not null)
        {
            // An account's token is unknown at this endpoint, but still valid for zones.
            if (!await IsAcceptedForZonesAsync(ct).ConfigureAwait(false))
            {
                throw;
            }

            return "Cloudflare accepts the API token.";
        }

        var status = response.Result is { } token ? CloudflareResponse.Text(token, "status") : string.Empty;
        return status is "active" ? "The API token is active." : throw new CloudflareException(
            ErrorCode.DnsCredentialsRefused,
            EngineErrorKind.Denied,
            $"The API token is '{CloudflareErrors.Shorten(status)}', not active.",
            "Enable or renew it at https://dash.cloudflare.com/profile/api-tokens, "
                + "or use another one with Zone.Zone Read and Zone.DNS Edit.");
    }

    private async Task<bool> IsAcceptedForZonesAsync(CancellationToken ct)
    {
        try
        {
            await http.GetPageAsync(new(HttpMethod.Get, "/zones", CloudflarePermission.ZoneRead, null), 1, 5, ct).ConfigureAwait(false);
            return true;
        }
        catch (CloudflareException e) when (e.Kind == EngineErrorKind.Denied)
        {
            // A token that only lacks a permission is valid.
            return e.Code == ErrorCode.DnsPermissionMissing;
        }
    }

    // The permissions of a zone object are its owner's, not the token's, so only an attempt shows them.
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
