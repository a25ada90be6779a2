namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// Brings changes to a zone in as few calls as it allows: in batches
/// (<see href="https://developers.cloudflare.com/dns/manage-dns-records/how-to/batch-record-changes/"/>), or one by one
/// where those are refused.
/// </summary>
internal sealed class CloudflareWriter(CloudflareRecords records)
{
    // What the smallest plan allows is twice as much.
    private const int LargestBatch = 100;

    // How often the zone is read because somebody else was faster, before the changes are made one by one.
    private const int Looks = 3;

    private volatile int _batchSize = LargestBatch;
    private volatile bool _isBatchRefused;

    /// <summary>Makes the records that are missing.</summary>
    public Task PresentAsync(CloudflareZone zone, IReadOnlyList<TxtRecord> wanted, CancellationToken ct) => ReconcileAsync(
        zone,
        wanted,
        there => [.. wanted.Where(w => !there.Any(t => IsSame(t.Record, w))).Select(w => new CloudflareChange(w))],
        null,
        ct);

    /// <summary>Deletes what is there of these records. Goes on after a failure and adds it to the failures.</summary>
    public Task CleanUpAsync(CloudflareZone zone, IReadOnlyList<TxtRecord> unwanted, List<CloudflareException> failures, CancellationToken ct) => ReconcileAsync(
        zone,
        unwanted,
        there => [.. there.Where(t => unwanted.Any(u => IsSame(t.Record, u))).Select(t => new CloudflareChange(t.Record, t.Id))],
        failures,
        ct);

    private async Task ReconcileAsync(
        CloudflareZone zone,
        IReadOnlyList<TxtRecord> given,
        Func<IReadOnlyList<CloudflareRecord>, IReadOnlyList<CloudflareChange>> compare,
        List<CloudflareException>? failures,
        CancellationToken ct)
    {
        string[] names = [.. given.Select(r => r.Name).Distinct(StringComparer.OrdinalIgnoreCase)];
        for (var look = 1; ; look++)
        {
            var changes = compare(await records.ListAsync(zone, names, ct).ConfigureAwait(false));
            if (await WriteAsync(zone, changes, look < Looks && !_isBatchRefused, failures, ct).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <returns>False where the zone has changed meanwhile, so that it has to be read again.</returns>
    private async Task<bool> WriteAsync(
        CloudflareZone zone, IReadOnlyList<CloudflareChange> changes, bool mayBatch, List<CloudflareException>? failures, CancellationToken ct)
    {
        var (isRefused, hasFailed) = (false, false);
        var singly = new SingleWrites(records, zone, failures);
        for (var done = 0; done < changes.Count;)
        {
            var size = Math.Min(_batchSize, changes.Count - done);
            if (!mayBatch || isRefused || hasFailed || size < 2)
            {
                await singly.WriteAsync(changes[done++], ct).ConfigureAwait(false);
                continue;
            }

            switch (await TryBatchAsync(zone, [.. changes.Skip(done).Take(size)], failures is not null, ct).ConfigureAwait(false))
            {
                case BatchOutcome.Done:
                    done += size;
                    break;
                case BatchOutcome.Outdated:
                    return false;
                case BatchOutcome.TooLarge:
                    _batchSize = size / 2;
                    break;
                case BatchOutcome.Refused:
                    isRefused = true;
                    break;
                default:
                    hasFailed = true;
                    break;
            }
        }

        // Only where the single changes are taken was it the batch that Cloudflare did not like.
        _isBatchRefused |= isRefused && !singly.HasFailed;
        return true;
    }

    private async Task<BatchOutcome> TryBatchAsync(CloudflareZone zone, IReadOnlyList<CloudflareChange> chunk, bool goesOn, CancellationToken ct)
    {
        try
        {
            await records.WriteAsync(zone, chunk, ct).ConfigureAwait(false);
            return BatchOutcome.Done;
        }
        catch (CloudflareException e) when (e.Has(CloudflareErrors.RecordGone, CloudflareErrors.RecordExists, CloudflareErrors.IdenticalRecordExists))
        {
            return BatchOutcome.Outdated;
        }
        catch (CloudflareException e) when (e.Status == 413 || (e.Status == 400 && e.Says(IsAboutSize)))
        {
            return BatchOutcome.TooLarge;
        }
        catch (CloudflareException e) when (e.Status is 400 or 403 or 404 or 405 && e.Code != ErrorCode.DnsCredentialsRefused)
        {
            return BatchOutcome.Refused;
        }
        catch (CloudflareException e) when (goesOn && e.Kind != EngineErrorKind.Denied)
        {
            return BatchOutcome.Failed;
        }
    }

    private static bool IsAboutSize(string message) =>
        message.Contains("too many", StringComparison.OrdinalIgnoreCase)
        || (message.Contains("batch", StringComparison.OrdinalIgnoreCase)
            && (message.Contains("limit", StringComparison.OrdinalIgnoreCase)
                || message.Contains("exceed", StringComparison.OrdinalIgnoreCase)
                || message.Contains("maximum", StringComparison.OrdinalIgnoreCase)));

    private static bool IsSame(TxtRecord a, TxtRecord b) =>
        a.Name.Equals(b.Name, StringComparison.OrdinalIgnoreCase) && a.Value.Equals(b.Value, StringComparison.Ordinal);

    private enum BatchOutcome
    {
        Done,
        Outdated,
        TooLarge,
        Refused,
        Failed,
    }

    /// <summary>Changes one by one, which go on after a failure as far as that makes sense.</summary>
    private sealed class SingleWrites(CloudflareRecords records, CloudflareZone zone, List<CloudflareException>? failures)
    {
        private int _outages;

        public bool HasFailed { get; private set; }

        public async Task WriteAsync(CloudflareChange change, CancellationToken ct)
        {
            try
            {
                await records.WriteAsync(zone, change, ct).ConfigureAwait(false);
                _outages = 0;
            }
            catch (CloudflareException e)
            {
                HasFailed = true;
                _outages = e.IsOutage ? _outages + 1 : 0;
                if (failures is null || e.Kind == EngineErrorKind.Denied || _outages == CloudflareProvider.MostOutages)
                {
                    throw;
                }

                failures.Add(e.About(change.Record.Name));
            }
        }
    }
}
