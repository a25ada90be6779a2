using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Endpoints;

namespace ConvoxSsl.Engine.Tests.Publishing.Endpoints;

public sealed class OpenSslTests(EndpointServers servers) : IClassFixture<EndpointServers>
{
    [InstalledFact(OpenSslServer.Program, "openssl")]
    public async Task Probe_HandshakeEndsWithoutAClientCertificate_ReturnsTheLeaf()
    {
        await using var server = await OpenSslServer.StartAsync(
            servers.Leaf, [servers.Ca.Intermediate], "-Verify", "1", "-verify_return_error", "-tls1_2");

        using var observation = await ProbeAsync(server);

        Assert.Null(observation.Failure);
        Assert.True(observation.RequestsClientCertificate);
        Assert.Equal(servers.Leaf.Thumbprint, observation.Leaf!.Thumbprint);
        Assert.Null(observation.Protocol);
        var test = new EndpointTest(new EndpointProbe(TimeProvider.System), RackVersions.None, [], TimeProvider.System);
        var result = await test.RunAsync(
            observation.Endpoint, EndpointServers.With(null), null, CancellationToken.None);
        Assert.StartsWith("The server ended the handshake", Assert.Single(result.Faults).Message, StringComparison.Ordinal);
        Assert.Equal((null, null, true), (result.IsChainComplete, result.IsTrusted, result.IsNameMatch));
    }

    [InstalledFact(OpenSslServer.Program, "openssl")]
    public async Task Probe_ServerHasOnlyOldVersionsOfTls_NamesTheAlert()
    {
        await using var server = await OpenSslServer.StartAsync(
            servers.Leaf, [servers.Ca.Intermediate], "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0");

        using var observation = await ProbeAsync(server);

        Assert.Equal(ErrorCode.TlsFailed, observation.Failure!.Code);
        Assert.Contains("the server ended it with the alert '", observation.Failure.Message, StringComparison.Ordinal);
    }

    // .NET does not send roots.
    [InstalledFact(OpenSslServer.Program, "openssl")]
    public async Task Run_ServerSendsAnUntrustedRoot_IsCompleteButNotTrusted()
    {
        await using var server = await OpenSslServer.StartAsync(servers.Leaf, [servers.Ca.Intermediate, servers.Ca.Root]);
        var test = new EndpointTest(new EndpointProbe(TimeProvider.System), RackVersions.None, [], TimeProvider.System);

        var result = await test.RunAsync(
            EndpointAddress.Parse(server.Endpoint, 443), EndpointServers.With(null), null, CancellationToken.None);

        Assert.Equal("The root 'Endpoint Root' is not trusted.", Assert.Single(result.Faults).Message);
        Assert.Equal((true, false), (result.IsChainComplete, result.IsTrusted));
    }

    private static Task<EndpointObservation> ProbeAsync(OpenSslServer server) => new EndpointProbe(TimeProvider.System).ProbeAsync(
        EndpointAddress.Parse(server.Endpoint, 443), EndpointServers.With(null), CancellationToken.None);
}
