using ConvoxSsl.Engine;
using ConvoxSsl.Route53.Api;

namespace ConvoxSsl.Route53.Records;

/// <summary>Waits until changes are in sync on all of Route53's servers.</summary>
internal sealed class ChangeWait(Route53Client api, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    // An account has five requests per second for everything, and a change takes up to a minute.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <summary>Returns when all changes are in sync.</summary>
    public async Task WaitAsync(IEnumerable<string> changeIds, CancellationToken ct)
    {
        var end = time.GetUtcNow() + Timeout;
        foreach (var id in changeIds)
        {
            while (!await api.IsInSyncAsync(id, ct))
            {
                if (time.GetUtcNow() >= end)
                {
                    throw new EngineException(
                        ErrorCode.DnsProviderFailed,
                        EngineErrorKind.TimedOut,
                        $"Change {id} was not in sync on Route53's servers after {Timeout.TotalSeconds} seconds.",
                        id)
                    {
                        Remedy = "Try again later; check the AWS Health Dashboard for Route53.",
                    };
                }

                await Task.Delay(Interval, time, ct);
            }
        }
    }
}
