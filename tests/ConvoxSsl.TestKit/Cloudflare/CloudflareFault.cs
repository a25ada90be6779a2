namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>
/// Something that the server does wrong: at which requests, when, and what. Without a word about how often, it happens
/// once.
/// </summary>
public sealed record CloudflareFault
{
    private CloudflareFault(Func<CloudflareCall, bool> applies) => Applies = applies;

    /// <summary>A fault at such requests.</summary>
    public static CloudflareFault On(Func<CloudflareCall, bool> applies) => new(applies);

    /// <summary>A fault at requests of that method whose path ends so.</summary>
    public static CloudflareFault On(string method, string pathEnd) =>
        On(c => c.Method == method && c.Path.EndsWith(pathEnd, StringComparison.Ordinal));

    internal Func<CloudflareCall, bool> Applies { get; }

    internal int Skipped { get; private init; }

    internal int Most { get; private init; } = 1;

    internal Func<CloudflareCall, CancellationToken, Task>? Before { get; private init; }

    internal CloudflareReply? Instead { get; private init; }

    internal bool AbortsBefore { get; private init; }

    internal bool AbortsAfter { get; private init; }

    /// <summary>How often it happens.</summary>
    public CloudflareFault Times(int count) => this with { Most = count };

    /// <summary>It happens each time.</summary>
    public CloudflareFault Always() => Times(int.MaxValue);

    /// <summary>It spares the first requests.</summary>
    public CloudflareFault After(int count) => this with { Skipped = count };

    /// <summary>Something else happens first; the request goes on when that has ended.</summary>
    public CloudflareFault Do(Func<CloudflareCall, CancellationToken, Task> action) => this with { Before = action };

    /// <summary>The request is answered with this and not looked at.</summary>
    public CloudflareFault Answer(CloudflareReply reply) => this with { Instead = reply };

    /// <summary>The connection breaks before the request is looked at.</summary>
    public CloudflareFault Reset() => this with { AbortsBefore = true };

    /// <summary>The request is done, and the connection breaks before the answer is sent.</summary>
    public CloudflareFault ResetAfterwards() => this with { AbortsAfter = true };
}

/// <summary>The faults of a server. The first that applies to a request and is not used up happens.</summary>
public sealed class CloudflareFaults
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Switches a fault on.</summary>
    public void Add(CloudflareFault fault)
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

    internal CloudflareFault? Take(CloudflareCall call)
    {
        lock (_gate)
        {
            return _entries.Find(e => e.Happens(call))?.Fault;
        }
    }

    private sealed class Entry(CloudflareFault fault)
    {
        private int _seen;

        public CloudflareFault Fault { get; } = fault;

        public bool Happens(CloudflareCall call)
        {
            if (!Fault.Applies(call) || (Fault.Most != int.MaxValue && _seen >= Fault.Skipped + Fault.Most))
            {
                return false;
            }

            return _seen++ >= Fault.Skipped;
        }
    }
}
