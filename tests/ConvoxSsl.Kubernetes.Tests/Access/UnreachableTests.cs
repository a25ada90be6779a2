using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Access;

/// <summary>Servers that are unreachable, do not respond, or are not API servers.</summary>
public sealed class UnreachableTests : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_closed_port_is_reported_at_once() =>
        Assert.Equal("ClusterUnreachable", (await FailAsync($"https://127.0.0.1:{FreePort.Next()}")).Code);

    [Fact]
    public async Task An_address_that_drops_packets_is_reported_in_time() =>
        Assert.Equal("ClusterUnreachable", (await FailAsync("https://192.0.2.1")).Code);

    [Fact]
    public async Task An_unknown_host_is_reported_in_time() =>
        Assert.Equal("ClusterUnreachable", (await FailAsync("https://cluster.invalid")).Code);

    [Theory]
    [InlineData("https")]
    [InlineData("http")]
    public async Task A_port_that_never_responds_is_reported_in_time(string scheme)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        Assert.Equal("ClusterUnreachable", (await FailAsync($"{scheme}://{listener.LocalEndpoint}")).Code);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_reported_with_the_remedy()
    {
        var server = await KubernetesTestServers.ScriptedAsync();

        var error = await FailAsync(server.BaseUrl.GetLeftPart(UriPartial.Authority));

        Assert.Equal("ClusterUntrusted", error.Code);
        Assert.Contains("certificate-authority", error.Remedy!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_server_than_an_API_server_is_reported()
    {
        await using var other = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        other.Faults.Add(KubernetesFault.OnAny().Respond(KubernetesResponse.Text(200, "<html>Welcome</html>")).Always());
        other.WriteKubeConfig(_home["config"]);

        var error = await FailAsync();

        Assert.Equal("ClusterError", error.Code);
        Assert.Contains("is not a Kubernetes API server", error.Message, StringComparison.Ordinal);
    }

    private Task<EngineException> FailAsync(string server)
    {
        File.WriteAllText(_home["config"], $"""
            clusters: [{"{"} name: c, cluster: {"{"} server: "{server}" {"}"} {"}"}]
            users: [{"{"} name: u, user: {"{"} token: t {"}"} {"}"}]
            contexts: [{"{"} name: x, context: {"{"} cluster: c, user: u {"}"} {"}"}]
            current-context: x
            """);
        return FailAsync();
    }

    private async Task<EngineException> FailAsync()
    {
        var clock = Stopwatch.StartNew();
        using var rack = await KubernetesRack.OpenAsync(
            new KubernetesRackOptions { Name = "rack", KubeConfig = _home["config"] }, TimeProvider.System, null, default);
        var error = await Assert.ThrowsAsync<EngineException>(() => rack.RequireReadableAsync(default));
        Assert.True(TestTime.IsWithin(clock.Elapsed, Longest), $"It took {clock.Elapsed}.");
        return error;
    }
}
