using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Endpoints;

namespace ConvoxSsl.Engine.Tests.Publishing.Endpoints;

public sealed class EndpointProbeTests(EndpointServers servers) : IClassFixture<EndpointServers>
{
    [Fact]
    public async Task Probe_TlsServer_ReturnsLeafChainAndProtocol()
    {
        await using var server = TlsTestServer.Start(servers.Options);

        using var observation = await EndpointServers.ProbeAsync(server);

        Assert.Null(observation.Failure);
        Assert.Equal(
            [servers.Leaf.Thumbprint, servers.Ca.Intermediate.Thumbprint], observation.Certificates.Select(c => c.Thumbprint));
        Assert.True(observation.IsChainKnown);
        Assert.False(observation.RequestsClientCertificate);
        Assert.Equal((IPAddress.Loopback, "TLS 1.3"), (observation.Address, observation.Protocol));
        Assert.StartsWith("TLS_", observation.CipherSuite, StringComparison.Ordinal);
        await server.WaitAsync();
        Assert.Equal(["(end)"], server.Sessions);
        Assert.Equal([EndpointServers.Name], server.ServerNames);
    }

    [Fact]
    public async Task Probe_OnlyTls12_ReturnsTheWholeChain()
    {
        await using var server = TlsTestServer.Start(servers.Options with { Protocols = SslProtocols.Tls12 });

        using var observation = await EndpointServers.ProbeAsync(server);

        Assert.Equal((2, true, "TLS 1.2"), (observation.Certificates.Count, observation.IsChainKnown, observation.Protocol));
    }

    [Fact]
    public async Task Probe_CertificateDependsOnServerName_SendsItAndNoAddress()
    {
        using var other = servers.Ca.Issue(["other.example.org"]);
        await using var server = TlsTestServer.Start(
            servers.Options with { Select = name => (name == "other.example.org" ? other : servers.Leaf, [servers.Ca.Intermediate]) });

        using var named = await EndpointServers.ProbeAsync(server, EndpointServers.With(null) with { ServerName = "other.example.org" });
        using var unnamed = await EndpointServers.ProbeAsync(server, EndpointServers.With(null) with { ServerName = null });

        Assert.Equal(other.Thumbprint, named.Leaf!.Thumbprint);
        Assert.Equal(servers.Leaf.Thumbprint, unnamed.Leaf!.Thumbprint);
        Assert.Equal(["other.example.org", ""], server.ServerNames);
    }

    // A resumed session would not show it.
    [Fact]
    public async Task Probe_CertificateWasReplaced_ReturnsTheNewOne()
    {
        using var renewed = servers.Ca.Issue([EndpointServers.Name]);
        var current = servers.Leaf;
        await using var server = TlsTestServer.Start(servers.Options with { Select = _ => (current, [servers.Ca.Intermediate]) });

        for (var handshake = 0; handshake < 3; handshake++)
        {
            using var before = await EndpointServers.ProbeAsync(server);
            Assert.Equal(servers.Leaf.Thumbprint, before.Leaf!.Thumbprint);
        }

        current = renewed;
        using var after = await EndpointServers.ProbeAsync(server);
        Assert.Equal(renewed.Thumbprint, after.Leaf!.Thumbprint);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Probe_ClientCertificateIsRequired_ReturnsTheLeafWithoutAFailure(SslProtocols protocol)
    {
        await using var server = TlsTestServer.Start(servers.Options with { Protocols = protocol, RequiresClientCertificate = true });

        using var observation = await EndpointServers.ProbeAsync(server);

        Assert.Null(observation.Failure);
        Assert.True(observation.RequestsClientCertificate);
        Assert.Equal(servers.Leaf.Thumbprint, observation.Leaf!.Thumbprint);
    }

    [Fact]
    public async Task Probe_ServerCloses_IsAFailureOfTheHandshake()
    {
        await using var server = TlsTestServer.Start(servers.Options with { Closes = true });

        using var observation = await EndpointServers.ProbeAsync(server);

        Assert.Equal(ErrorCode.TlsFailed, observation.Failure!.Code);
        Assert.Contains("the server closed the connection", observation.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("220 mail.example.org ESMTP\r\n500 What?\r\n", "does not use TLS, but sent '220 mail.example.org ESMTP'.")]
    [InlineData("\u0001\u0002\u0003garbage", "does not use TLS, but sent the bytes 01020367617262616765")]
    [InlineData("\u0015\u0003\u0003\0\u0002\u0002\u0028", "the server ended it with the alert 'handshake_failure' (40)")]
    [InlineData("\u0015\u0003\u0003\0\u0002\u0002\u0070", "the server ended it with the alert 'unrecognized_name' (112)")]
    public async Task Probe_ServerSendsNoHandshake_QuotesIt(string sent, string expected)
    {
        var script = new StartTlsScript(StartTlsScript.Send(sent));
        await using var server = TlsTestServer.Start(servers.Options with { Script = script, Closes = true });

        using var observation = await EndpointServers.ProbeAsync(server);

        Assert.Equal(ErrorCode.TlsFailed, observation.Failure!.Code);
        Assert.Contains(expected, observation.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_ServerHangs_FailsAtTheTimeout()
    {
        await using var server = TlsTestServer.Start(servers.Options with { Hangs = true });

        using var observation = await EndpointServers.ProbeAsync(server, EndpointServers.With(null, "0:0:0.3"));

        Assert.Equal(ErrorCode.TlsFailed, observation.Failure!.Code);
        Assert.Equal($"{server.Endpoint} did not complete the TLS handshake within 0.3 seconds.", observation.Failure.Message);
    }

    [Fact]
    public async Task Probe_Cancelled_EndsAtOnce()
    {
        await using var server = TlsTestServer.Start(servers.Options with { Hangs = true });
        using var stopping = new CancellationTokenSource();
        var probing = new EndpointProbe(TimeProvider.System).ProbeAsync(
            EndpointServers.AddressOf(server), EndpointServers.With(null), stopping.Token);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probing.WaitAsync(TestTime.Hang));
    }

    [Fact]
    public async Task Probe_NothingListens_IsUnreachable()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = new EndpointAddress("localhost", ((IPEndPoint)socket.LocalEndPoint!).Port);

        using var observation = await new EndpointProbe(TimeProvider.System).ProbeAsync(
            address, EndpointServers.With(null) with { ServerName = null }, CancellationToken.None);

        Assert.Equal(ErrorCode.EndpointUnreachable, observation.Failure!.Code);
        Assert.Equal($"{address} did not accept the connection: connection refused.", observation.Failure.Message);
        Assert.Null(observation.Address);
    }

    [Fact]
    public async Task Probe_UnknownName_IsUnreachable()
    {
        using var observation = await new EndpointProbe(TimeProvider.System).ProbeAsync(
            new EndpointAddress("nowhere.invalid", 443), EndpointServers.With(null) with { ServerName = null }, CancellationToken.None);

        Assert.Equal(ErrorCode.EndpointUnreachable, observation.Failure!.Code);
        Assert.StartsWith("The host name 'nowhere.invalid' cannot be resolved", observation.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_200Servers_HangingOnesDoNotDelayOthers()
    {
        await using var good = TlsTestServer.Start(servers.Options);
        await using var hanging = TlsTestServer.Start(servers.Options with { Hangs = true });
        using var stopping = new CancellationTokenSource();
        var probe = new EndpointProbe(TimeProvider.System);
        var waiting = Enumerable.Range(0, 100)
            .Select(_ => probe.ProbeAsync(EndpointServers.AddressOf(hanging), EndpointServers.With(null), stopping.Token))
            .ToList();
        var watch = Stopwatch.StartNew();

        var observations = await Task.WhenAll(Enumerable.Range(0, 100)
            .Select(_ => probe.ProbeAsync(EndpointServers.AddressOf(good), EndpointServers.With(null), CancellationToken.None)));

        Assert.All(observations, observation => Assert.Equal(servers.Leaf.Thumbprint, observation.Leaf!.Thumbprint));
        Assert.True(TestTime.IsWithin(watch.Elapsed, TimeSpan.FromSeconds(30)), watch.Elapsed.ToString());
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting).WaitAsync(TestTime.Hang));
        Array.ForEach(observations, observation => observation.Dispose());
    }

    [Fact]
    public async Task Verify_ExpectedChain_FindsNoDifference()
    {
        await using var server = TlsTestServer.Start(servers.Options);

        Assert.Null(await VerifyAsync(server, servers.Leaf, servers.Ca.Intermediate, servers.Ca.Root));
    }

    [Fact]
    public async Task Verify_OtherCertificate_NamesBoth()
    {
        using var expected = servers.Ca.Issue([EndpointServers.Name]);
        await using var server = TlsTestServer.Start(servers.Options);

        var difference = await VerifyAsync(server, expected, servers.Ca.Intermediate);

        Assert.Equal(ErrorCode.OtherCertificateServed, difference!.Code);
        Assert.Contains(servers.Leaf.SerialNumber, difference.Message, StringComparison.Ordinal);
        Assert.Contains($"instead of {expected.SerialNumber}", difference.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ChainIsNotSent_NamesTheIssuer()
    {
        await using var server = TlsTestServer.Start(servers.Options with { Select = _ => (servers.Leaf, []) });

        var difference = await VerifyAsync(server, servers.Leaf, servers.Ca.Intermediate);

        Assert.Equal(ErrorCode.ChainNotServed, difference!.Code);
        Assert.Contains("without its issuer 'Endpoint Intermediate'", difference.Message, StringComparison.Ordinal);
    }

    private static async Task<EndpointFailure?> VerifyAsync(TlsTestServer server, params X509Certificate2[] expected)
    {
        using var chain = CertificateChain.FromPem(string.Concat(expected.Select(c => c.ExportCertificatePem() + "\n")));
        return await new EndpointProbe(TimeProvider.System).VerifyAsync(
            EndpointServers.AddressOf(server), chain, EndpointServers.With(null), CancellationToken.None);
    }
}
