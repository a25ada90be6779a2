namespace ConvoxSsl.TestKit.Kubernetes.CertManager;

/// <summary>
/// Simulates cert-manager in a namespace with plain JSON: polls the Certificates and advances each by one step. It writes the
/// objects, conditions and texts of cert-manager's controllers.
/// </summary>
public sealed class CertManagerSimulator : IAsyncDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);

    // Polling at full speed while nothing happens would keep an API server busy.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(160);

    private readonly CancellationTokenSource _stop = new();
    private readonly SimulatedNamespace _played;
    private readonly Task _running;
    private int _settling;

    /// <summary>Starts the simulation.</summary>
    /// <param name="api">The API, as an administrator.</param>
    /// <param name="namespaceName">The namespace of the Certificates.</param>
    /// <param name="decide">Returns the outcome for a Certificate's name; null to issue all.</param>
    /// <param name="ownsSecrets">True to delete Secrets with their Certificates, as with <c>--enable-certificate-owner-ref</c>.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public CertManagerSimulator(
        KubernetesApi api,
        string namespaceName,
        Func<string, CertManagerPlan>? decide = null,
        bool ownsSecrets = false,
        TimeProvider? time = null)
    {
        Decide = decide ?? (_ => CertManagerPlan.Issue);
        _played = new SimulatedNamespace(api, namespaceName, name => Decide(name), ownsSecrets, time ?? TimeProvider.System);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Returns the outcome for a Certificate's name; can be changed during the simulation.</summary>
    public Func<string, CertManagerPlan> Decide { get; set; }

    /// <summary>The issued revisions in order: the Certificate's name and its revision, such as <c>cert-x/1</c>.</summary>
    public IReadOnlyList<string> Issued => [.. _played.Issued];

    /// <summary>Waits for two complete rounds, so that everything that the simulation would undo is undone.</summary>
    public async Task SettleAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref _settling);
        for (var wanted = _played.Rounds + 3; _played.Rounds < wanted; await Task.Delay(ShortestPause, ct))
        {
            if (_running.IsCompleted)
            {
                await _running;
            }
        }

        Interlocked.Decrement(ref _settling);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
        }

        _played.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        for (var pause = ShortestPause; ; await Task.Delay(pause, _stop.Token))
        {
            var hasAdvanced = await _played.LookAsync(_stop.Token);
            pause = hasAdvanced || Volatile.Read(ref _settling) > 0
                ? ShortestPause
                : TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks));
        }
    }
}
