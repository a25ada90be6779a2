using System.Diagnostics;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using ConvoxSsl.Racks;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Kubernetes;

/// <summary>Tests Connect-ConvoxRack with a Kubernetes rack.</summary>
public abstract class ConnectTests(Func<Task<KubernetesTestServer>> start) : IAsyncLifetime
{
    private protected const string Connect = "Connect-ConvoxRack -Name $Name -KubeConfig $KubeConfig";

    private protected ClusterSession Session { get; private set; } = null!;

    public async Task InitializeAsync() => Session = await ClusterSession.StartAsync(await start());

    public Task DisposeAsync()
    {
        Session.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Connect_returns_the_rack_and_cmdlets_use_it()
    {
        var run = (await Session.RunAsync($"{Connect} -Verbose; Get-ConvoxRack; Get-ConvoxCertificate")).Succeeded();

        var racks = run.Of<ConvoxRack>();
        Assert.Equal(2, racks.Count);
        Assert.Equal(racks[0], racks[1]);
        Assert.Equal(
            (Session.Name, ConvoxRackKind.Kubernetes, Session.Server.BaseUrl.GetLeftPart(UriPartial.Authority), Session.Namespace, true),
            (racks[0].Name, racks[0].Kind, racks[0].Location, racks[0].Namespace, racks[0].CertManager));
        Assert.Contains(run.Verbose, line => line.Contains("serves cert-manager's API", StringComparison.Ordinal));
        Assert.Empty(run.Warnings);
    }

    [Fact]
    public async Task A_bare_name_is_a_rack_of_the_session_and_never_a_directory()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Session.PowerShell["folder"], Session.Name)).Parent!.FullName;
        Session.PowerShell.Set("Folder", folder);

        var unknown = await Session.RunAsync("$null = $ExecutionContext.SessionState.Path.SetLocation($Folder); Connect-ConvoxRack $Name");
        var error = unknown.TerminatingError ?? Assert.Single(unknown.Errors);
        Assert.StartsWith("ConvoxSsl.RackNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains($"-Name {Session.Name}", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains($"./{Session.Name}", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);

        var directory = (await Session.RunAsync("Connect-ConvoxRack ./$Name")).Succeeded().Of<ConvoxRack>().Single();
        Assert.Equal((ConvoxRackKind.Local, Path.Combine(folder, Session.Name)), (directory.Kind, directory.Location));
        var back = (await Session.RunAsync(
            $"$null = {Connect}; $null = Connect-ConvoxRack ./$Name; Connect-ConvoxRack $Name; Get-ConvoxRack"))
            .Succeeded().Of<ConvoxRack>();
        Assert.All(back, rack => Assert.Equal((ConvoxRackKind.Kubernetes, Session.Namespace), (rack.Kind, rack.Namespace)));
    }

    [Fact]
    public async Task Missing_permissions_are_one_warning_by_purpose_verb_resource_and_namespace()
    {
        var user = Session.Server.AddUser();
        await Session.Server.GrantAsync(user, Session.Namespace, default, new RbacRule("", "secrets", "get,list"));
        Session.Become(user.Token);

        var warning = Assert.Single((await Session.RunAsync(Connect)).Succeeded().Warnings);

        Assert.Contains(
            $"Issuing, renewing, importing and removing certificates needs: create, patch, delete secrets in {Session.Namespace}; get, "
                + $"create, patch, delete leases.coordination.k8s.io in {Session.Namespace}.", warning, StringComparison.Ordinal);
        Assert.Contains("Publishing to apps needs: list namespaces; get, list, create, patch secrets.", warning, StringComparison.Ordinal);
        Assert.Contains("docs/rbac.md", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_find_their_rack_in_another_session_and_with_another_current_context()
    {
        using var other = new HostedPowerShell(connect: false);
        var created = (await Session.RunAsync($"{Connect}; New-ConvoxCertificate one.example.org")).Succeeded();
        other.Set("Given", created.Of<ConvoxRack>()[0]);
        other.Set("Folder", other["exported"]);
        await File.WriteAllTextAsync(
            Session.KubeConfig,
            (await File.ReadAllTextAsync(Session.KubeConfig)).Replace(
                "current-context: test", "current-context: gone", StringComparison.Ordinal));

        var found = (await other.RunAsync(
            "Get-ConvoxCertificate -Rack $Given; Get-ConvoxCertificate -Rack $Given | Export-ConvoxCertificate -Path $Folder",
            default)).Succeeded();

        Assert.Equal(created.Of<ConvoxCertificate>()[0].Id, found.Of<ConvoxCertificate>()[0].Id);
    }

    [Fact]
    public async Task Racks_with_the_same_name_are_ambiguous()
    {
        var second = await Session.Server.CreateNamespaceAsync("second", default);
        Session.PowerShell.Set("Second", second);

        var run = await Session.RunAsync(
            $"{Connect}; $r = {Connect} -Namespace $Second; $r; Get-ConvoxCertificate -Rack $Name; Get-ConvoxCertificate -Rack $r; "
                + "Get-ConvoxCertificate");

        Assert.StartsWith("ConvoxSsl.RackAmbiguous,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(second, run.Of<ConvoxRack>()[1].Namespace);
    }

    [Fact]
    public async Task Debug_shows_the_requests_without_the_token()
    {
        var run = (await Session.RunAsync(
            $"{Connect} -Debug -Verbose; New-ConvoxCertificate one.example.org -Debug -Verbose -WarningAction SilentlyContinue; "
                + "Get-ConvoxCertificate -Debug")).Succeeded();

        Assert.Contains(run.Debug, line => line.StartsWith($"GET /api/v1/namespaces/{Session.Namespace}: 200", StringComparison.Ordinal));
        Assert.Contains(run.Debug, line => line.StartsWith("POST ", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Debug.Concat(run.Verbose), line => line.Contains(Session.Server.AdminToken, StringComparison.Ordinal));
    }
}

/// <summary>Runs the tests on a real API server, if one is installed.</summary>
public sealed class CurrentConnectTests() : ConnectTests(() => KubernetesTestServers.CurrentAsync());

/// <summary>Runs the tests on the scripted API server, and those that need no server.</summary>
public sealed class ScriptedConnectTests() : ConnectTests(() => KubernetesTestServers.ScriptedAsync())
{
    [Theory]
    [InlineData("Connect-ConvoxRack -Name none -KubeConfig $KubeConfig", "NamespaceNotFound", ErrorCategory.ObjectNotFound, "none-system")]
    [InlineData(
        "Connect-ConvoxRack -Name $Name -KubeConfig $KubeConfig -Namespace nowhere",
        "NamespaceNotFound",
        ErrorCategory.ObjectNotFound,
        "nowhere")]
    [InlineData(
        "Connect-ConvoxRack -Name $Name -KubeConfig ./no-such-file", "KubeConfigNotFound", ErrorCategory.InvalidArgument, "no-such-file")]
    [InlineData(Connect + " -Context other", "ContextNotFound", ErrorCategory.InvalidArgument, "its contexts are: test")]
    [InlineData("Connect-ConvoxRack -Name 'No Good' -KubeConfig $KubeConfig", "InvalidRackName", ErrorCategory.InvalidArgument, "No Good")]
    [InlineData(Connect + " -Namespace 'a/b'", "InvalidNamespace", ErrorCategory.InvalidArgument, "a/b")]
    [InlineData(
        "'{ \"secret' | % { [IO.File]::WriteAllText($KubeConfig, $_) }; " + Connect,
        "InvalidKubeConfig",
        ErrorCategory.InvalidArgument,
        "is not valid YAML")]
    public async Task A_failed_connection_is_one_terminating_error_and_keeps_the_session(
        string script, string id, ErrorCategory category, string expected)
    {
        Session.PowerShell.OnThisThread(() => RackConnections.Connect(RackLocator.CreateLocal(Session.PowerShell.RackPath, "before")));

        await FailsAsync(script, id, category, expected);

        Assert.Equal("before", (await Session.RunAsync("(Get-ConvoxRack).Name")).Succeeded().Of<string>().Single());
    }

    [Fact]
    public async Task Rejected_credentials_are_reported()
    {
        Session.Become("expired");

        await FailsAsync(Connect, "ClusterUnauthorized", ErrorCategory.PermissionDenied, "Sign in again");
    }

    [Fact]
    public async Task An_unresponsive_or_refusing_server_is_reported_within_ten_seconds()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = Session.Server.BaseUrl.GetLeftPart(UriPartial.Authority);
        var config = await File.ReadAllTextAsync(Session.KubeConfig);
        string[] unreachable =
            [$"https://{listener.LocalEndpoint}", $"http://{listener.LocalEndpoint}", $"https://127.0.0.1:{FreePort.Next()}"];
        foreach (var url in unreachable)
        {
            await File.WriteAllTextAsync(Session.KubeConfig, config.Replace(address, url, StringComparison.Ordinal));
            var clock = Stopwatch.StartNew();
            await FailsAsync(Connect, "ClusterUnreachable", ErrorCategory.ConnectionError, url);
            Assert.True(TestTime.IsWithin(clock.Elapsed, TimeSpan.FromSeconds(10)), $"{url} took {clock.Elapsed}.");
        }
    }

    [Fact]
    public async Task An_unconnected_rack_is_an_error_with_the_way_to_connect()
    {
        var error = Assert.Single((await Session.RunAsync("Get-ConvoxCertificate -Rack staging")).Errors);

        Assert.StartsWith("ConvoxSsl.RackNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Connect-ConvoxRack -Name staging", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Contexts_and_racks_are_completed_from_the_kubeconfig_without_a_request()
    {
        Session.Server.WriteKubeConfig(Session.KubeConfig, contextName: "eu-west", namespaceName: "production-system");
        await File.WriteAllTextAsync(
            Session.KubeConfig,
            (await File.ReadAllTextAsync(Session.KubeConfig)).Replace("https://", "https://cluster.invalid/", StringComparison.Ordinal));

        Assert.Equal(["eu-west"], await CompleteAsync($"Connect-ConvoxRack -KubeConfig {Session.KubeConfig} -Context "));
        Assert.Equal(["production"], await CompleteAsync($"Connect-ConvoxRack -KubeConfig {Session.KubeConfig} -Name "));
    }

    [Fact]
    public async Task Schedules_contain_the_connection_and_a_CronJob_needs_no_volume()
    {
        var manifest = (await Session.RunConnectedAsync("Register-ConvoxRenewal -Image registry.example.org/convoxssl:1"))
            .Succeeded()
            .Of<string>()
            .Single();

        Assert.Contains(
            $"Update-ConvoxCertificate -Rack (Connect-ConvoxRack -Name ''{Session.Name}'' -Namespace ''{Session.Namespace}'')",
            manifest,
            StringComparison.Ordinal);
        Assert.Contains($"  namespace: '{Session.Namespace}'", manifest, StringComparison.Ordinal);
        Assert.Contains("serviceAccountName: 'convoxssl'", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("persistentVolumeClaim", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("automountServiceAccountToken: false", manifest, StringComparison.Ordinal);
        Assert.StartsWith(
            "ConvoxSsl.NoVolumeClaim,",
            Assert.Single((await Session.RunAsync("Register-ConvoxRenewal -Image i -VolumeClaim c")).Errors).FullyQualifiedErrorId,
            StringComparison.Ordinal);
    }

    private async Task FailsAsync(string script, string id, ErrorCategory category, string expected)
    {
        var error = (await Session.RunAsync(script)).TerminatingError;
        Assert.NotNull(error);
        Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Contains(expected, error.Exception.Message, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> CompleteAsync(string line)
    {
        Session.PowerShell.Set("Line", line);
        return (await Session.RunAsync(
            "[System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches | % "
                + "CompletionText")).Succeeded().Of<string>();
    }
}
