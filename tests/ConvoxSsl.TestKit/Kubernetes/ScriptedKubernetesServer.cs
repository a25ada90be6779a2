using System.Globalization;
using System.Security.Cryptography;
using ConvoxSsl.TestKit.Kubernetes.Scripted;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>
/// A Kubernetes API server in this process that responds like a real one to the module's requests. It records requests, and
/// simulates faults. Watches are not supported.
/// </summary>
public sealed class ScriptedKubernetesServer : KubernetesTestServer
{
    private readonly ObjectStore _store = new();
    private readonly List<KubernetesRequest> _calls = [];
    private readonly KubernetesService _service;
    private readonly KubernetesEndpoint _endpoint;
    private int _users;

    private ScriptedKubernetesServer(ScriptedKubernetesOptions options)
    {
        _service = new KubernetesService(_store, options);
        _endpoint = new KubernetesEndpoint(RespondAsync, options.ServerName);
        AdminToken = AddToken(new CallerIdentity("admin", [CallerIdentity.Masters, CallerIdentity.Authenticated]));
    }

    /// <inheritdoc/>
    public override bool IsReal => false;

    /// <inheritdoc/>
    public override string Description => "scripted API server";

    /// <inheritdoc/>
    public override Uri BaseUrl => _endpoint.BaseUrl;

    /// <inheritdoc/>
    public override string CaCertificatePem => _endpoint.RootPem;

    /// <inheritdoc/>
    public override string AdminToken { get; }

    /// <summary>The faults to simulate.</summary>
    public FaultList<KubernetesFault, KubernetesRequest> Faults { get; } = new();

    /// <summary>The requests so far, including those of <see cref="KubernetesTestServer.Admin"/>.</summary>
    public IReadOnlyList<KubernetesRequest> Calls => Locked(() => _calls.ToArray());

    /// <summary>The requests so far that changed something.</summary>
    public IReadOnlyList<KubernetesRequest> WritingCalls => [.. Calls.Where(c => c.IsWriting)];

    /// <summary>Starts a server on a free port of 127.0.0.1.</summary>
    public static async Task<ScriptedKubernetesServer> StartAsync(ScriptedKubernetesOptions options, CancellationToken ct)
    {
        var server = new ScriptedKubernetesServer(options);
        await server._endpoint.StartAsync(ct);
        return server;
    }

    /// <inheritdoc/>
    public override KubernetesTestUser AddUser()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"user-{Interlocked.Increment(ref _users) - 1:000}");
        return new KubernetesTestUser(name, AddToken(new CallerIdentity(name, [CallerIdentity.Authenticated])));
    }

    /// <inheritdoc/>
    public override async Task<KubernetesTestUser> AddServiceAccountAsync(string namespaceName, string name, CancellationToken ct)
    {
        await CreateServiceAccountAsync(namespaceName, name, ct);
        var user = $"system:serviceaccount:{namespaceName}:{name}";
        string[] groups = ["system:serviceaccounts", $"system:serviceaccounts:{namespaceName}", CallerIdentity.Authenticated];
        return new KubernetesTestUser(user, AddToken(new CallerIdentity(user, groups)));
    }

    /// <summary>Revokes a token: requests with it get a 401.</summary>
    public void RevokeToken(string token) => Locked(() => _service.Tokens.Remove(token));

    /// <summary>Expires the continue tokens of all lists: they get a 410 with a new token.</summary>
    public void ExpireContinueTokens() => Locked(() =>
    {
        _service.Lists.Forget();
        return true;
    });

    /// <summary>Clears the recorded requests.</summary>
    public void ClearCalls() => Locked(() =>
    {
        _calls.Clear();
        return true;
    });

    /// <inheritdoc/>
    protected override ValueTask StopAsync() => _endpoint.DisposeAsync();

    private string AddToken(CallerIdentity identity) => Locked(() =>
    {
        var token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        _service.Tokens[token] = identity;
        return token;
    });

    private async Task<(KubernetesResponse? Response, bool IsCut)> RespondAsync(KubernetesRequest call, CancellationToken ct)
    {
        Locked(() =>
        {
            _calls.Add(call);
            return true;
        });
        var fault = Faults.Take(call);
        if (fault?.Before is { } before)
        {
            await before(call, ct);
        }

        if (fault is { AbortsBefore: true })
        {
            return (null, false);
        }

        var response = fault?.Instead ?? Locked(() => _service.Handle(call));
        return (fault is { AbortsAfter: true } ? null : response, fault is { CutsBody: true });
    }

    private T Locked<T>(Func<T> action)
    {
        lock (_store.Gate)
        {
            return action();
        }
    }
}
