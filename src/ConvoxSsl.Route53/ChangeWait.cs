using ConvoxSsl.Engine;
using ConvoxSsl.Route53.Api;

namespace ConvoxSsl.Route53;

/// <summary>Waits until Route53's servers have changes.</summary>
internal sealed class ChangeWait(IRoute53Api api, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    // An account may ask five times a second for everything, and a change takes up to a minute.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    /// <summary>Returns when all of the changes are in sync.</summary>
    public async Task WaitAsync(IEnumerable<string> changeIds, CancellationToken ct)
    {
        var end = time.GetUtcNow() + Limit;
        foreach (var id in changeIds)
        {
            while (!await api.IsInSyncAsync(id, ct))
            {
                if (time.GetUtcNow() >= end)
                {
                    throw new EngineException(
                        ErrorCode.DnsProviderFailed,
                        EngineErrorKind.TimedOut,
                        $"Route53's servers did not have change {id} after {Limit.TotalSeconds} seconds. Try again later; see the AWS Health Dashboard for Route53.",
                        id);
                }

                await Task.Delay(Pause, time, ct);
            }
        }
    }
}
