using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Kubernetes.EnvTest;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>
/// A real kube-apiserver with etcd, from the binaries in the folder <c>KUBEBUILDER_ASSETS</c>, which <c>setup-envtest</c> of
/// the Kubernetes project prepares. Starting takes about five seconds and 400 MiB, so tests share one:
/// <see cref="KubernetesTestServers"/>.
/// </summary>
public sealed class EnvTestServer : KubernetesTestServer
{
    private const int MostUsers = 512;

    private readonly string _home = Directory.CreateTempSubdirectory("kube-").FullName;
    private readonly List<KubernetesTestUser> _users = [];
    private readonly int _port = FreePort.Next();
    private readonly int _etcdPort = FreePort.Next();
    private readonly int _etcdPeerPort = FreePort.Next();
    private ControlPlaneProcess? _processes;
    private int _usersGiven;
    private string _version = string.Empty;

    private EnvTestServer(CertManagerVersion certManager)
    {
        CertManager = certManager;
        AdminToken = NewToken();
        CaCertificatePem = WriteCertificates();
    }

    /// <summary>The folder with both binaries; null if there is none.</summary>
    public static string? Binaries
    {
        get
        {
            var folder = Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS");
            return !string.IsNullOrEmpty(folder)
                && File.Exists(Path.Combine(folder, "etcd"))
                && File.Exists(Path.Combine(folder, "kube-apiserver"))
                ? Path.GetFullPath(folder)
                : null;
        }
    }

    /// <summary>The cert-manager version whose CustomResourceDefinitions are installed.</summary>
    public CertManagerVersion CertManager { get; }

    /// <inheritdoc/>
    public override bool IsReal => true;

    /// <inheritdoc/>
    public override string Description => $"real kube-apiserver {_version}";

    /// <inheritdoc/>
    public override Uri BaseUrl => new($"https://127.0.0.1:{_port}");

    /// <inheritdoc/>
    public override string CaCertificatePem { get; }

    /// <inheritdoc/>
    public override string AdminToken { get; }

    /// <summary>Starts a server; tries other ports if one was taken meanwhile.</summary>
    /// <exception cref="InvalidOperationException">The binaries are missing, or the server exits at once.</exception>
    public static async Task<EnvTestServer> StartAsync(CertManagerVersion certManager, CancellationToken ct)
    {
        var binaries = Binaries ?? throw new InvalidOperationException("KUBEBUILDER_ASSETS names no folder with etcd and kube-apiserver.");
        for (var attempt = 1; ; attempt++)
        {
            var server = new EnvTestServer(certManager);
            try
            {
                await server.RunAsync(binaries, ct);
                return server;
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                await server.DisposeAsync();
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">All users that the server was started with are in use.</exception>
    public override KubernetesTestUser AddUser()
    {
        var index = Interlocked.Increment(ref _usersGiven) - 1;
        return index < _users.Count ? _users[index] : throw new InvalidOperationException($"The tests use more than {MostUsers} users.");
    }

    /// <inheritdoc/>
    public override async Task<KubernetesTestUser> AddServiceAccountAsync(string namespaceName, string name, CancellationToken ct)
    {
        await CreateServiceAccountAsync(namespaceName, name, ct);
        var request = new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenRequest",
            ["spec"] = new JsonObject { ["expirationSeconds"] = 7200 },
        };
        var response = await Admin.PostAsync($"/api/v1/namespaces/{namespaceName}/serviceaccounts/{name}/token", request, ct);
        return new KubernetesTestUser($"system:serviceaccount:{namespaceName}:{name}", response["status"]!["token"]!.GetValue<string>());
    }

    /// <inheritdoc/>
    protected override async ValueTask StopAsync()
    {
        if (_processes is not null)
        {
            await _processes.DisposeAsync();
        }

        if (Directory.Exists(_home))
        {
            Directory.Delete(_home, recursive: true);
        }
    }

    private async Task RunAsync(string binaries, CancellationToken ct)
    {
        WriteTokens();
        _processes = ControlPlaneProcess.Start(_home, binaries, EtcdFlags(), ServerFlags());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TestTime.Hang);
        await WaitUntilAsync(IsReadyAsync, limit.Token);
        _version = (await Admin.GetAsync("/version", ct))["gitVersion"]!.GetValue<string>();
        await AddDefinitionsAsync(limit.Token);
    }

    private async Task AddDefinitionsAsync(CancellationToken ct)
    {
        const string Path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        foreach (var definition in CertManagerDefinitions.Read(CertManager))
        {
            using var content = new StringContent(definition, Encoding.UTF8, new MediaTypeHeaderValue("application/yaml"));
            using var response = await Admin.Http.PostAsync(new Uri(Path, UriKind.Relative), content, ct);
            response.EnsureSuccessStatusCode();
        }

        await WaitUntilAsync(async token => (await Admin.ListAsync(Path, token)).All(IsEstablished), ct);
    }

    private static bool IsEstablished(JsonObject definition) => definition["status"]?["conditions"]?.AsArray()
        .Any(c => c!["type"]!.GetValue<string>() == "Established" && c["status"]!.GetValue<string>() == "True") == true;

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        try
        {
            using var response = await Admin.Http.GetAsync(new Uri("/readyz", UriKind.Relative), ct);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task WaitUntilAsync(Func<CancellationToken, Task<bool>> condition, CancellationToken ct)
    {
        while (!await condition(ct))
        {
            if (_processes!.HasEnded)
            {
                throw new InvalidOperationException("It ended at once: " + _processes.Logs);
            }

            await Task.Delay(100, ct);
        }
    }

    private string[] EtcdFlags() =>
    [
        $"--data-dir={_home}/etcd",
        $"--listen-client-urls=http://127.0.0.1:{_etcdPort}",
        $"--advertise-client-urls=http://127.0.0.1:{_etcdPort}",
        $"--listen-peer-urls=http://127.0.0.1:{_etcdPeerPort}",
        $"--initial-advertise-peer-urls=http://127.0.0.1:{_etcdPeerPort}",
        $"--initial-cluster=default=http://127.0.0.1:{_etcdPeerPort}",
    ];

    private string[] ServerFlags() =>
    [
        $"--etcd-servers=http://127.0.0.1:{_etcdPort}",
        "--bind-address=127.0.0.1",
        $"--secure-port={_port}",
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        $"--tls-cert-file={_home}/{EndpointCertificate.CertificateFile}",
        $"--tls-private-key-file={_home}/{EndpointCertificate.KeyFile}",
        $"--client-ca-file={_home}/{EndpointCertificate.RootFile}",
        "--service-account-issuer=https://kubernetes.default.svc",
        $"--service-account-key-file={_home}/service-account.pem",
        $"--service-account-signing-key-file={_home}/service-account.pem",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--authorization-mode=RBAC",
        $"--token-auth-file={_home}/tokens.csv",
        // Its controllers run all the time.
        "--enable-priority-and-fairness=false",
        // No controller runs that would create the default service account for this admission plugin.
        "--disable-admission-plugins=ServiceAccount",
    ];

    private string WriteCertificates()
    {
        using var root = EndpointCertificate.Write(_home);
        using var key = RSA.Create(2048);
        File.WriteAllText(Path.Combine(_home, "service-account.pem"), key.ExportRSAPrivateKeyPem());
        return root.ExportCertificatePem();
    }

    // The server reads the file only at its start, so it contains every user that a test may need.
    private void WriteTokens()
    {
        for (var i = 0; i < MostUsers; i++)
        {
            _users.Add(new KubernetesTestUser(string.Create(CultureInfo.InvariantCulture, $"user-{i:000}"), NewToken()));
        }

        File.WriteAllLines(
            Path.Combine(_home, "tokens.csv"),
            [$"{AdminToken},admin,admin,system:masters", .. _users.Select(u => $"{u.Token},{u.Name},{u.Name}")]);
    }

    private static string NewToken() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
