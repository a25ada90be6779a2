using System.Globalization;

namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>
/// Cloudflare's API for zones and DNS records in this process, as strict as the real one. It records requests
/// and simulates faults. It serves no DNS itself: <see cref="CloudflareTestServerOptions.OnChange"/>
/// receives the values to publish.
/// </summary>
public sealed class CloudflareTestServer : IAsyncDisposable
{
    private readonly CloudflareState _state = new();
    private readonly CloudflareTestServerOptions _options;
    private readonly CloudflareService _service;
    private readonly CloudflareEndpoint _endpoint;
    // Report changes in their order.
    private readonly SemaphoreSlim _writing = new(1, 1);

    private CloudflareTestServer(CloudflareTestServerOptions options)
    {
        _options = options;
        _service = new CloudflareService(_state, options);
        _endpoint = new CloudflareEndpoint(RespondAsync);
    }

    /// <summary>The value for <c>CLOUDFLARE_BASE_URL</c>.</summary>
    public Uri BaseUrl => _endpoint.BaseUrl;

    /// <summary>The faults.</summary>
    public FaultList<CloudflareFault, CloudflareApiRequest> Faults { get; } = new();

    /// <summary>The received requests.</summary>
    public IReadOnlyList<CloudflareApiRequest> Calls => Locked(() => _state.Calls.ToArray());

    /// <summary>The received write requests.</summary>
    public IReadOnlyList<CloudflareApiRequest> WritingCalls => [.. Calls.Where(c => c.IsWriting)];

    /// <summary>All TXT records: names and values without quotes.</summary>
    public IReadOnlyList<(string Name, string Value)> AllTxt =>
        Locked(() => _state.Records.Where(r => r.Type == "TXT").Select(r => (r.Name, r.Value)).ToArray());

    /// <summary>Starts a server on a free port of 127.0.0.1.</summary>
    public static async Task<CloudflareTestServer> StartAsync(CloudflareTestServerOptions options, CancellationToken ct)
    {
        var server = new CloudflareTestServer(options);
        await server._endpoint.StartAsync(ct);
        return server;
    }

    /// <summary>Adds a zone. The API shows and finds it under the given name, which may be Unicode; records have A-labels.</summary>
    /// <returns>The id.</returns>
    public string AddZone(string name, string status = "active", params string[] nameServers) => Locked(() =>
    {
        var servers = nameServers.Length > 0 ? nameServers : ["ada.ns.cloudflare.test", "bob.ns.cloudflare.test"];
        var zone = new ServedZone(CloudflareState.NewId(), new IdnMapping().GetAscii(name), name, status, servers);
        _state.Zones.Add(zone);
        return zone.Id;
    });

    /// <summary>Changes the status of a zone.</summary>
    public void SetStatus(string zone, string status) => Locked(() =>
    {
        var index = _state.Zones.FindIndex(z => z.Name == zone);
        return _state.Zones[index] = _state.Zones[index] with { Status = status };
    });

    /// <summary>Adds an API token.</summary>
    public void AddToken(string token, CloudflareGrant? grant = null) =>
        Locked(() => _state.Tokens[token] = grant ?? new CloudflareGrant());

    /// <summary>Adds a global API key.</summary>
    public void AddKey(string email, string key) => Locked(() => _state.Keys[email] = key);

    /// <summary>Adds a foreign record; its content is stored unchanged, including quotes.</summary>
    /// <returns>The id.</returns>
    public string AddRecord(string name, string content, string type = "TXT") => Locked(() =>
    {
        var record = new ServedRecord(CloudflareState.NewId(), _state.ZoneOf(name).Id, type, name, content, 300);
        _state.Records.Add(record);
        return record.Id;
    });

    /// <summary>Deletes the TXT records of a name, like another writer.</summary>
    public void RemoveTxt(string name) => Locked(() => _state.Records.RemoveAll(r => r.Type == "TXT" && r.Name == name));

    /// <summary>Gets the current TXT values of a name, without quotes.</summary>
    public IReadOnlyList<string> Txt(string name) => Locked(() => _state.Txt(name));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _endpoint.DisposeAsync();
        _writing.Dispose();
    }

    /// <returns>The response; null to break the connection.</returns>
    private async Task<CloudflareApiResponse?> RespondAsync(CloudflareApiRequest call, CancellationToken ct)
    {
        Locked(() =>
        {
            _state.Calls.Add(call);
            return true;
        });
        var fault = Faults.Take(call);
        if (fault?.Before is { } before)
        {
            await before(call, ct);
        }

        if (fault is { AbortsBefore: true })
        {
            return null;
        }

        var response = fault?.Instead ?? await HandleAsync(call, ct);
        return fault is { AbortsAfter: true } ? null : response;
    }

    private async Task<CloudflareApiResponse> HandleAsync(CloudflareApiRequest call, CancellationToken ct)
    {
        var changed = new HashSet<string>();
        if (!call.IsWriting)
        {
            return Locked(() => _service.Handle(call, changed));
        }

        await _writing.WaitAsync(ct);
        try
        {
            var response = Locked(() => _service.Handle(call, changed));
            foreach (var name in _options.OnChange is null ? [] : changed)
            {
                await _options.OnChange!(name, Txt(name), ct);
            }

            return response;
        }
        finally
        {
            _writing.Release();
        }
    }

    private T Locked<T>(Func<T> action)
    {
        lock (_state.Gate)
        {
            return action();
        }
    }
}
