namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// Writes changes to a zone in as few requests as possible: in batches
/// (<see href="https://developers.cloudflare.com/dns/manage-dns-records/how-to/batch-record-changes/"/>), or one by one if
/// batches are rejected.
/// </summary>
internal sealed class CloudflareWriter(CloudflareRecords records)
{
    // Half of what the smallest plan allows.
    private const int MaxBatchSize = 100;

    // The number of reads after conflicts with other writers, before the changes are written one by one.
    private const int MaxReads = 3;

    private volatile int _batchSize = MaxBatchSize;
    private volatile bool _isBatchRejected;

    /// <summary>Creates the missing records.</summary>
    public Task PresentAsync(CloudflareZone zone, IReadOnlyList<TxtRecord> wanted, CancellationToken ct) => ReconcileAsync(
        zone,
        wanted,
        existing => [.. wanted.Where(w => !existing.Any(t => IsSame(t.Record, w))).Select(w => new CloudflareChange(w))],
        null,
        ct);

    /// <summary>Deletes those of the records that exist. Continues after a failure and adds it to the failures.</summary>
    public Task CleanUpAsync(
        CloudflareZone zone, IReadOnlyList<TxtRecord> unwanted, List<CloudflareException> failures, CancellationToken ct) => ReconcileAsync(
        zone,
        unwanted,
        existing => [.. existing.Where(t => unwanted.Any(u => IsSame(t.Record, u))).Select(t => new CloudflareChange(t.Record, t.Id))],
        failures,
        ct);

    private async Task ReconcileAsync(
        CloudflareZone zone,
        IReadOnlyList<TxtRecord> targets,
        Func<IReadOnlyList<CloudflareRecord>, IReadOnlyList<CloudflareChange>> compare,
        List<CloudflareException>? failures,
        CancellationToken ct)
    {
        string[] names = [.. targets.Select(r => r.Name).Distinct(StringComparer.OrdinalIgnoreCase)];
        for (var read = 1; ; read++)
        {
            var changes = compare(await records.ListAsync(zone, names, ct).ConfigureAwait(false));
            if (await WriteAsync(zone, changes, read < MaxReads && !_isBatchRejected, failures, ct).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <returns>False if the zone has changed meanwhile and has to be read again.</returns>
    private async Task<bool> WriteAsync(
        CloudflareZone zone,
        IReadOnlyList<CloudflareChange> changes,
        bool mayBatch,
        List<CloudflareException>? failures,
        CancellationToken ct)
    {
        var (isRejected, hasFailed) = (false, false);
        var singleWrites = new SingleWrites(records, zone, failures);
        for (var done = 0; done < changes.Count;)
        {
            var size = Math.Min(_batchSize, changes.Count - done);
            if (!mayBatch || isRejected || hasFailed || size < 2)
            {
                await singleWrites.WriteAsync(changes[done++], ct).ConfigureAwait(false);
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
                case BatchOutcome.Rejected:
                    isRejected = true;
                    break;
                default:
                    hasFailed = true;
                    break;
            }
        }

        // Only if the single changes succeed was the batch itself the problem.
        _isBatchRejected |= isRejected && !singleWrites.HasFailed;
        return true;
    }

    private async Task<BatchOutcome> TryBatchAsync(
        CloudflareZone zone, IReadOnlyList<CloudflareChange> chunk, bool continues, CancellationToken ct)
    {
        try
        {
            await records.WriteAsync(zone, chunk, ct).ConfigureAwait(false);
            return BatchOutcome.Done;
        }
        catch (CloudflareException e)
            when (e.Has(CloudflareErrors.RecordGone, CloudflareErrors.RecordExists, CloudflareErrors.IdenticalRecordExists))
        {
            return BatchOutcome.Outdated;
        }
        catch (CloudflareException e) when (e.Status == 413 || (e.Status == 400 && e.HasMessage(IsAboutSize)))
        {
            return BatchOutcome.TooLarge;
        }
        catch (CloudflareException e) when (e.Status is 400 or 403 or 404 or 405 && e.Code != ErrorCode.DnsCredentialsRefused)
        {
            return BatchOutcome.Rejected;
        }
        catch (CloudflareException e) when (continues && e.Kind != EngineErrorKind.Denied)
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
        Rejected,
        Failed,
    }

    /// <summary>Writes changes one by one, and continues after a failure unless all others would fail too.</summary>
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
                if (failures is null || e.Kind == EngineErrorKind.Denied || _outages == CloudflareProvider.MaxOutages)
                {
                    throw;
                }

                failures.Add(e.WithSubject(change.Record.Name));
            }
        }
    }
}
