using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Bench.World;

/// <summary>A CA in this process that validates challenges at once and does nothing beyond the protocol.</summary>
internal sealed class ScriptedCa : IAsyncDisposable
{
    private readonly AcmeTestServer _server;
    private int _waits;
    private long _arrived;
    private long _ticks;

    private ScriptedCa(AcmeTestServer server) => _server = server;

    public CaEndpoint Endpoint => new(_server.DirectoryUrl.AbsoluteUri, _server.RootFile, _server.HttpPort);

    /// <summary>The number of responses with Retry-After since the start.</summary>
    public int Waits => _waits;

    // Exact for sequential requests, such as those of a single certificate.
    private TimeSpan Time => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    /// <param name="distance">The simulated network latency of each request.</param>
    /// <param name="retryAfter">The value of Retry-After in seconds; null for none.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task<ScriptedCa> StartAsync(TimeSpan distance, int? retryAfter, CancellationToken ct)
    {
        var server = await AcmeTestServer.StartAsync(
            new AcmeTestServerOptions { RetryAfter = retryAfter, ProcessingPolls = retryAfter is null ? 0 : 1 }, ct);
        var ca = new ScriptedCa(server);
        foreach (var resource in Enum.GetValues<AcmeResource>())
        {
            server.Faults.Add(AcmeFault.On(resource)
                .Always()
                .Do((_, stop) => ca.DelayAsync(distance, stop))
                .Change(response => ca.Note(resource, response)));
        }

        return ca;
    }

    /// <summary>Runs an action and counts its requests.</summary>
    public async Task<Sample> CountAsync(Func<Task<Sample>> work)
    {
        var (requests, time) = (_server.Requests.Count, Time);
        var sample = await work();
        return sample with { AcmeRequests = _server.Requests.Count - requests, CaTime = Time - time };
    }

    /// <summary>Measures the median round trip of a plain client on an open connection, without the CA's own work.</summary>
    public async Task<TimeSpan> MeasureRoundTripAsync(CancellationToken ct)
    {
        using var root = X509CertificateLoader.LoadCertificateFromFile(_server.RootFile);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, chain, _) => chain is not null };
        using var http = new HttpClient(handler);
        var times = new List<TimeSpan>();
        for (var i = 0; i < 20; i++)
        {
            var (clock, before) = (Stopwatch.StartNew(), Time);
            await http.GetStringAsync(_server.DirectoryUrl, ct);
            times.Add(clock.Elapsed - (Time - before));
        }

        return times.Order().ElementAt(times.Count / 2);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task DelayAsync(TimeSpan distance, CancellationToken ct)
    {
        Interlocked.Exchange(ref _arrived, Stopwatch.GetTimestamp());
        return Task.Delay(distance, ct);
    }

    // A new order and an authorization have the header too, but a client continues from there without polling.
    private CaResponse Note(AcmeResource resource, CaResponse response)
    {
        Interlocked.Add(ref _ticks, Stopwatch.GetElapsedTime(Interlocked.Read(ref _arrived)).Ticks);
        if (resource is AcmeResource.Challenge or AcmeResource.Order or AcmeResource.Finalize
            && response.Headers.Any(h => h.Name == "Retry-After"))
        {
            Interlocked.Increment(ref _waits);
        }

        return response;
    }
}
