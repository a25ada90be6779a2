namespace ConvoxSsl.TestKit.Kubernetes.CertManager;

/// <summary>
/// Plays cert-manager's part in a namespace, over plain JSON: it looks at the Certificates again and again, and takes each a
/// step further. What it writes are the objects, conditions and texts of cert-manager's own controllers.
/// </summary>
public sealed class CertManagerPlayer : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly PlayedNamespace _played;
    private readonly Task _running;

    /// <summary>Begins to play.</summary>
    /// <param name="api">The API, as one who may do everything.</param>
    /// <param name="namespaceName">Where the Certificates are.</param>
    /// <param name="decide">What comes of a Certificate of that name; null to issue each.</param>
    /// <param name="ownsSecrets">Whether Secrets go with their Certificates, as with <c>--enable-certificate-owner-ref</c>.</param>
    /// <param name="time">The clock; null for the machine's.</param>
    public CertManagerPlayer(KubernetesApi api, string namespaceName, Func<string, CertManagerPlan>? decide = null, bool ownsSecrets = false, TimeProvider? time = null)
    {
        Decide = decide ?? (_ => CertManagerPlan.Issue);
        _played = new PlayedNamespace(api, namespaceName, name => Decide(name), ownsSecrets, time ?? TimeProvider.System);
        _running = Task.Run(RunAsync);
    }

    /// <summary>What comes of a Certificate of that name; may be changed while it plays.</summary>
    public Func<string, CertManagerPlan> Decide { get; set; }

    /// <summary>What was issued, in order: the Certificate's name and its revision, such as <c>cert-x/1</c>.</summary>
    public IReadOnlyList<string> Issued => [.. _played.Issued];

    /// <summary>Lets it look at everything twice from here on, so that whatever it would undo is undone.</summary>
    public async Task SettleAsync(CancellationToken ct)
    {
        for (var wanted = _played.Rounds + 3; _played.Rounds < wanted; await Task.Delay(Pause, ct))
        {
            if (_running.IsCompleted)
            {
                await _running;
            }
        }
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
        while (true)
        {
            await _played.LookAsync(_stop.Token);
            await Task.Delay(Pause, _stop.Token);
        }
    }
}
