namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>
/// A fault of the scripted server: the requests that it applies to, its frequency and its kind. It happens once by default.
/// </summary>
public sealed record KubernetesFault : IFault<KubernetesRequest>
{
    private KubernetesFault(Func<KubernetesRequest, bool> applies) => Applies = applies;

    /// <summary>Creates a fault for matching requests.</summary>
    public static KubernetesFault On(Func<KubernetesRequest, bool> applies) => new(applies);

    /// <summary>Creates a fault for requests with a method and the end of a path.</summary>
    public static KubernetesFault On(string method, string pathEnd) =>
        On(c => c.Method == method && c.Path.EndsWith(pathEnd, StringComparison.Ordinal));

    /// <summary>Creates a fault for all requests.</summary>
    public static KubernetesFault OnAny() => On(_ => true);

    private Func<KubernetesRequest, bool> Applies { get; }

    /// <inheritdoc/>
    public int Skipped { get; private init; }

    /// <inheritdoc/>
    public int MaxOccurrences { get; private init; } = 1;

    internal Func<KubernetesRequest, CancellationToken, Task>? Before { get; private init; }

    internal KubernetesResponse? Instead { get; private init; }

    internal bool AbortsBefore { get; private init; }

    internal bool AbortsAfter { get; private init; }

    internal bool CutsBody { get; private init; }

    /// <summary>Sets the number of times.</summary>
    public KubernetesFault Times(int count) => this with { MaxOccurrences = count };

    /// <summary>Makes it happen every time.</summary>
    public KubernetesFault Always() => Times(int.MaxValue);

    /// <summary>Skips the first requests.</summary>
    public KubernetesFault After(int count) => this with { Skipped = count };

    /// <summary>Runs an action before the request is processed.</summary>
    public KubernetesFault Do(Func<KubernetesRequest, CancellationToken, Task> action) => this with { Before = action };

    /// <summary>Delays the request.</summary>
    public KubernetesFault Delay(TimeSpan time) => Do((_, ct) => Task.Delay(time, ct));

    /// <summary>Never responds; the request ends when the client disconnects.</summary>
    public KubernetesFault NeverRespond() => Do((_, ct) => Task.Delay(Timeout.Infinite, ct));

    /// <summary>Returns this response without processing the request.</summary>
    public KubernetesFault Respond(KubernetesResponse response) => this with { Instead = response };

    /// <summary>Breaks the connection before the request is processed.</summary>
    public KubernetesFault Reset() => this with { AbortsBefore = true };

    /// <summary>Processes the request, and breaks the connection before the response.</summary>
    public KubernetesFault LoseResponse() => this with { AbortsAfter = true };

    /// <summary>Processes the request, and breaks the connection in the middle of the response's body.</summary>
    public KubernetesFault CutBody() => this with { CutsBody = true };

    /// <inheritdoc/>
    public bool Matches(KubernetesRequest request) => Applies(request);
}
