namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>
/// Something that the scripted server does wrong: at which requests, when, and what. Without a word about how often, it
/// happens once.
/// </summary>
public sealed record KubernetesFault
{
    private KubernetesFault(Func<KubernetesCall, bool> applies) => Applies = applies;

    /// <summary>A fault at such requests.</summary>
    public static KubernetesFault On(Func<KubernetesCall, bool> applies) => new(applies);

    /// <summary>A fault at requests of that method whose path ends so.</summary>
    public static KubernetesFault On(string method, string pathEnd) =>
        On(c => c.Method == method && c.Path.EndsWith(pathEnd, StringComparison.Ordinal));

    /// <summary>A fault at whatever is asked.</summary>
    public static KubernetesFault OnAny() => On(_ => true);

    internal Func<KubernetesCall, bool> Applies { get; }

    internal int Skipped { get; private init; }

    internal int Most { get; private init; } = 1;

    internal Func<KubernetesCall, CancellationToken, Task>? Before { get; private init; }

    internal KubernetesReply? Instead { get; private init; }

    internal bool AbortsBefore { get; private init; }

    internal bool AbortsAfter { get; private init; }

    internal bool CutsBody { get; private init; }

    /// <summary>How often it happens.</summary>
    public KubernetesFault Times(int count) => this with { Most = count };

    /// <summary>It happens each time.</summary>
    public KubernetesFault Always() => Times(int.MaxValue);

    /// <summary>It spares the first requests.</summary>
    public KubernetesFault After(int count) => this with { Skipped = count };

    /// <summary>Something else happens first; the request goes on when that has ended.</summary>
    public KubernetesFault Do(Func<KubernetesCall, CancellationToken, Task> action) => this with { Before = action };

    /// <summary>The request waits.</summary>
    public KubernetesFault Delay(TimeSpan time) => Do((_, ct) => Task.Delay(time, ct));

    /// <summary>The request is never answered; it ends when the client gives it up.</summary>
    public KubernetesFault NeverAnswer() => Do((_, ct) => Task.Delay(Timeout.Infinite, ct));

    /// <summary>The request is answered with this and not looked at.</summary>
    public KubernetesFault Answer(KubernetesReply reply) => this with { Instead = reply };

    /// <summary>The connection breaks before the request is looked at.</summary>
    public KubernetesFault Reset() => this with { AbortsBefore = true };

    /// <summary>The request is done, and the connection breaks before the answer is sent.</summary>
    public KubernetesFault ResetAfterwards() => this with { AbortsAfter = true };

    /// <summary>The request is done, and the connection breaks in the middle of the answer's body.</summary>
    public KubernetesFault CutBody() => this with { CutsBody = true };
}

/// <summary>The faults of a server. The first that applies to a request and is not used up happens.</summary>
public sealed class KubernetesFaults
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Switches a fault on.</summary>
    public void Add(KubernetesFault fault)
    {
        lock (_gate)
        {
            _entries.Add(new Entry(fault));
        }
    }

    /// <summary>Switches all faults off.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    internal KubernetesFault? Take(KubernetesCall call)
    {
        lock (_gate)
        {
            return _entries.Find(e => e.Happens(call))?.Fault;
        }
    }

    private sealed class Entry(KubernetesFault fault)
    {
        private int _seen;

        public KubernetesFault Fault { get; } = fault;

        public bool Happens(KubernetesCall call)
        {
            if (!Fault.Applies(call) || (Fault.Most != int.MaxValue && _seen >= Fault.Skipped + Fault.Most))
            {
                return false;
            }

            return _seen++ >= Fault.Skipped;
        }
    }
}
