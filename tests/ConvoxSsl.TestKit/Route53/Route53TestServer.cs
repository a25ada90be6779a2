using System.Security.Cryptography;
using System.Xml.Linq;

namespace ConvoxSsl.TestKit.Route53;

/// <summary>
/// Route53 and STS in this process, as strict as AWS: it verifies signatures, enforces limits, and applies batches
/// atomically if they match the existing records. It records calls and simulates faults.
/// </summary>
public sealed class Route53TestServer : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Route53TestServerOptions _options;
    private readonly Route53Service _route53;
    private readonly StsService _sts;
    private readonly SignatureVerifier _signatures;
    private readonly Dictionary<string, AwsIdentity> _identities = [];
    private readonly Dictionary<string, AwsRole> _roles = [];
    private readonly List<AwsCall> _calls = [];
    private AwsEndpoint? _endpoint;

    private Route53TestServer(Route53TestServerOptions options)
    {
        _options = options;
        _route53 = new Route53Service(options, name => options.TxtChanged?.Invoke(name, TxtUnderLock(name)));
        _sts = new StsService(options, identity => _identities[identity.AccessKeyId] = identity, arn => _roles.GetValueOrDefault(arn));
        _signatures = new SignatureVerifier(options.Time, id => _identities.GetValueOrDefault(id));
    }

    /// <summary>The endpoint of both services.</summary>
    public Uri Url => _endpoint!.Url;

    /// <summary>The faults by action, such as <c>route53:GetChange</c>.</summary>
    public FaultList<AwsFault, string> Faults { get; } = new();

    /// <summary>The calls, in order.</summary>
    public IReadOnlyList<AwsCall> Calls => Locked(() => _calls.ToArray());

    /// <summary>Starts a server on a free port.</summary>
    public static async Task<Route53TestServer> StartAsync(Route53TestServerOptions options, CancellationToken ct)
    {
        var server = new Route53TestServer(options);
        server._endpoint = await AwsEndpoint.StartAsync(server.Respond, ct);
        return server;
    }

    /// <summary>Counts the calls of an action, including denied ones.</summary>
    public int Count(string action) => Calls.Count(call => call.Action == action);

    /// <summary>Adds a user with a new access key.</summary>
    public AwsIdentity AddUser(string name) => AddIdentity(new AwsIdentity
    {
        Arn = $"arn:{_options.Partition}:iam::{AwsIdentity.Account}:user/{name}",
        AccessKeyId = "AKIA" + Convert.ToHexString(RandomNumberGenerator.GetBytes(8)),
        SecretAccessKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)),
    });

    /// <summary>Adds or replaces an identity.</summary>
    public AwsIdentity AddIdentity(AwsIdentity identity) => Locked(() => _identities[identity.AccessKeyId] = identity);

    /// <summary>Adds a role.</summary>
    public AwsRole AddRole(AwsRole role) => Locked(() => _roles[role.Arn] = role);

    /// <summary>Adds an empty zone.</summary>
    public TestHostedZone AddZone(string name, bool isPrivate = false) => Locked(() =>
    {
        var number = _route53.Zones.Count + 1;
        var servers = Enumerable.Range(1, 4).Select(i => $"ns-{number}{i}.awsdns-{number}.example").ToArray();
        var zone = new TestHostedZone(
            $"Z{number:D4}{Convert.ToHexString(RandomNumberGenerator.GetBytes(6))}", name, isPrivate, isPrivate ? [] : servers);
        _route53.Zones[zone.Id] = new StoredZone(zone);
        return zone;
    });

    /// <summary>Adds a record set to a zone, or replaces the existing one.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="name">The plain name.</param>
    /// <param name="type">The type.</param>
    /// <param name="ttl">The TTL; null makes it an alias.</param>
    /// <param name="values">The values, TXT with their quotes.</param>
    /// <param name="setIdentifier">The set identifier, for one of several weighted record sets.</param>
    public void Put(TestHostedZone zone, string name, string type, long? ttl, IReadOnlyList<string> values, string? setIdentifier = null) =>
        Locked(() =>
    {
        var set = new StoredSet(RecordText.Name(name), type, ttl, values, setIdentifier, ttl is null);
        return _route53.Zones[zone.Id].Sets[set.Key] = set;
    });

    /// <summary>Gets the TXT values of a name in the public zones, as a resolver sees them.</summary>
    public IReadOnlyList<string> Txt(string name) => Locked(() => TxtUnderLock(name));

    /// <summary>Gets the TTL of the TXT record set of a name; null if there is none.</summary>
    public long? Ttl(string name) => Locked(() => Sets(name).Select(set => set.Ttl).FirstOrDefault());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_endpoint is not null)
        {
            await _endpoint.DisposeAsync();
        }
    }

    /// <returns>The response; null to break the connection.</returns>
    private AwsResponse? Respond(AwsRequest request)
    {
        var isSts = request.RawPath == "/";
        try
        {
            var (action, resource) =
                isSts ? ("sts:" + StsService.Form(request).GetValueOrDefault("Action"), "*") : Route53Service.Action(request);
            var fault = Faults.Take(action);
            fault?.Before?.Invoke();
            if (fault is { AbortsBefore: true })
            {
                Record(action, null, request);
                return null;
            }

            if (fault is { PageStatus: { } status })
            {
                Record(action, null, request);
                return new AwsResponse(status, null);
            }

            var response = Locked(() => HandleUnderLock(request, isSts, action, resource, fault));
            return fault is { AbortsAfter: true } ? null : isSts ? response : ChangeNamespace(response);
        }
        catch (AwsErrorException e)
        {
            return e.ToReply(isSts ? StsService.Xml : Route53Service.Xml);
        }
    }

    private AwsResponse ChangeNamespace(AwsResponse response)
    {
        foreach (var element in _options.ResponseNamespace is null ? [] : response.Body?.Descendants().ToArray() ?? [])
        {
            element.Name = XName.Get(element.Name.LocalName, _options.ResponseNamespace!);
        }

        return response;
    }

    private AwsResponse HandleUnderLock(AwsRequest request, bool isSts, string action, string resource, AwsFault? fault)
    {
        AwsIdentity? caller = null;
        try
        {
            caller = _signatures.Verify(request, isSts ? "sts" : "route53", isSts ? _options.StsRegion : _options.Route53Region);
        }
        finally
        {
            Record(action, caller?.Arn, request);
        }

        if (fault?.Refusal is var (status, code, message))
        {
            throw new AwsErrorException(status, code, message);
        }

        if (request.Method == "POST" && !request.Headers.ContainsKey("content-length"))
        {
            throw new AwsErrorException(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
        }

        if (isSts)
        {
            return _sts.Handle(action, request, caller);
        }

        return caller.Actions.Contains(action)
            ? _route53.Handle(action, resource, request)
            : throw AwsErrorException.Denied(caller.Arn, action, resource == "*" ? "*" : $"arn:{_options.Partition}:route53:::{resource}");
    }

    private void Record(string action, string? caller, AwsRequest request) => Locked(() =>
    {
        _calls.Add(new AwsCall(action, caller, request.Headers.GetValueOrDefault("user-agent", string.Empty)));
        return true;
    });

    private string[] TxtUnderLock(string name) => [.. Sets(name).SelectMany(set => set.Values).Select(RecordText.Unquote)];

    private IEnumerable<StoredSet> Sets(string name)
    {
        var stored = RecordText.Name(name);
        return _route53.Zones.Values.Where(zone => !zone.Zone.IsPrivate).SelectMany(zone => zone.Sets.Values)
            .Where(set => set.Name == stored && set.Type == "TXT");
    }

    private T Locked<T>(Func<T> action)
    {
        lock (_gate)
        {
            return action();
        }
    }
}
