namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>
/// A fault of the server for matching requests. It occurs once by default.
/// </summary>
public sealed record CloudflareFault
{
    private CloudflareFault(Func<CloudflareApiRequest, bool> applies) => Applies = applies;

    /// <summary>Creates a fault for matching requests.</summary>
    public static CloudflareFault On(Func<CloudflareApiRequest, bool> applies) => new(applies);

    /// <summary>Creates a fault for requests with this method and path suffix.</summary>
    public static CloudflareFault On(string method, string pathEnd) =>
        On(c => c.Method == method && c.Path.EndsWith(pathEnd, StringComparison.Ordinal));

    internal Func<CloudflareApiRequest, bool> Applies { get; }

    internal int Skipped { get; private init; }

    internal int Most { get; private init; } = 1;

    internal Func<CloudflareApiRequest, CancellationToken, Task>? Before { get; private init; }

    internal CloudflareApiResponse? Instead { get; private init; }

    internal bool AbortsBefore { get; private init; }

    internal bool AbortsAfter { get; private init; }

    /// <summary>The number of times that the fault occurs.</summary>
    public CloudflareFault Times(int count) => this with { Most = count };

    /// <summary>Makes the fault permanent.</summary>
    public CloudflareFault Always() => Times(int.MaxValue);

    /// <summary>Skips the first requests.</summary>
    public CloudflareFault After(int count) => this with { Skipped = count };

    /// <summary>Runs an action before the request is processed.</summary>
    public CloudflareFault Do(Func<CloudflareApiRequest, CancellationToken, Task> action) => this with { Before = action };

    /// <summary>Responds with this without processing the request.</summary>
    public CloudflareFault Respond(CloudflareApiResponse response) => this with { Instead = response };

    /// <summary>Breaks the connection before the request is processed.</summary>
    public CloudflareFault Reset() => this with { AbortsBefore = true };

    /// <summary>Processes the request and breaks the connection before the response.</summary>
    public CloudflareFault LoseResponse() => this with { AbortsAfter = true };
}

/// <summary>The faults of a server. The first matching one with remaining occurrences occurs.</summary>
public sealed class CloudflareFaults
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Adds a fault.</summary>
    public void Add(CloudflareFault fault)
    {
        lock (_gate)
        {
            _entries.Add(new Entry(fault));
        }
    }

    /// <summary>Removes all faults.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    internal CloudflareFault? Take(CloudflareApiRequest call)
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

        public bool Happens(CloudflareApiRequest call)
        {
            if (!Fault.Applies(call) || (Fault.Most != int.MaxValue && _seen >= Fault.Skipped + Fault.Most))
            {
                return false;
            }

            return _seen++ >= Fault.Skipped;
        }
    }
}
