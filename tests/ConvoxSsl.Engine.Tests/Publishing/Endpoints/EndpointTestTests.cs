using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Endpoints;

namespace ConvoxSsl.Engine.Tests.Publishing.Endpoints;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class EndpointTestTests(EndpointServers servers) : IClassFixture<EndpointServers>, IDisposable
{
    private const string Id = "cert-1";

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Run_ValidCertificate_HasNoFaults()
    {
        var result = await RunAsync(servers.Options, root: servers.Ca.Root);

        Assert.Empty(result.Faults);
        Assert.Equal([EndpointServers.Name, "127.0.0.1"], result.Names);
        Assert.Equal("Endpoint Intermediate", result.Issuer);
        Assert.Equal((servers.Leaf.SerialNumber, servers.Leaf.Thumbprint), (result.SerialNumber, result.Thumbprint));
        Assert.Equal((true, true, true), (result.IsChainComplete, result.IsTrusted, result.IsNameMatch));
        Assert.Equal((null, null, null), (result.CertificateId, result.Version, result.IsCurrent));
    }

    [Fact]
    public async Task Run_UnknownPrivateCa_NamesItsRoot()
    {
        var result = await RunAsync(servers.Options);

        AssertFault(result, isError: true, "The server does not send the issuer 'Endpoint Root', which is not a trusted root either.");
        Assert.Equal((false, false), (result.IsChainComplete, result.IsTrusted));
    }

    [Fact]
    public async Task Run_IntermediateIsMissing_NamesIt()
    {
        var result = await RunAsync(servers.Options with { Select = _ => (servers.Leaf, []) }, root: servers.Ca.Root);

        AssertFault(
            result, isError: true, "The server does not send the issuer 'Endpoint Intermediate', which is not a trusted root either.");
        Assert.Equal((false, false), (result.IsChainComplete, result.IsTrusted));
    }

    [Fact]
    public async Task Run_SelfSigned_IsNotTrustedButComplete()
    {
        using var leaf = TestAuthority.IssueSelfSigned(EndpointServers.Name);

        var result = await RunAsync(servers.Options with { Select = _ => (leaf, []) });

        AssertFault(result, isError: true, "The certificate is self-signed.");
        Assert.Equal((true, false), (result.IsChainComplete, result.IsTrusted));
    }

    [Theory]
    [InlineData(-100, -1, true, "The certificate expired on ")]
    [InlineData(1, 90, true, "The certificate is valid only from ")]
    [InlineData(-80, 9.5, false, "The certificate expires in 9 days.")]
    public async Task Run_OutsideOrNearTheEndOfValidity_IsAFault(double start, double end, bool isError, string expected)
    {
        using var leaf = servers.Ca.Issue([EndpointServers.Name], Now.AddDays(start), Now.AddDays(end));

        var result = await RunAsync(servers.Options with { Select = _ => (leaf, [servers.Ca.Intermediate]) }, root: servers.Ca.Root);

        AssertFault(result, isError, expected);
        Assert.Equal((true, true), (result.IsChainComplete, result.IsTrusted));
    }

    [Fact]
    public async Task Run_ExpiredIntermediate_IsAFault()
    {
        using var ca = new TestAuthority(intermediateExpires: Now.AddDays(-1));
        using var leaf = ca.Issue([EndpointServers.Name], Now.AddDays(-10), Now.AddDays(-1.5));

        var result = await RunAsync(servers.Options with { Select = _ => (leaf, [ca.Intermediate]) }, root: ca.Root);

        Assert.Contains("The issuer 'Endpoint Intermediate' is valid only from ", result.Faults[^1].Message, StringComparison.Ordinal);
        Assert.False(result.IsTrusted);
    }

    [Theory]
    [InlineData("other.example.org", "The certificate is not for other.example.org, but for www.example.org, 127.0.0.1.")]
    [InlineData("www.example.org", null)]
    [InlineData("127.0.0.1", null)]
    [InlineData("::1", "The certificate is not for ::1, but for www.example.org, 127.0.0.1.")]
    public async Task Run_NameOfTheCertificate_IsCompared(string name, string? expected)
    {
        var result = await RunAsync(servers.Options, name, servers.Ca.Root);

        Assert.Equal(expected is null, result.IsNameMatch);
        Assert.Equal(expected, result.Faults.SingleOrDefault()?.Message);
    }

    [Fact]
    public async Task Run_UnreachableServer_IsAResult()
    {
        var result = await RunAsync(servers.Options with { Closes = true });

        Assert.True(Assert.Single(result.Faults).IsError);
        Assert.Null(result.SerialNumber);
        Assert.Equal("127.0.0.1", result.Address);
    }

    [Fact]
    public async Task Run_CertificateOfTheRack_IsRecognized()
    {
        var rack = new LocalRack("test", _home["rack"], TestDnsProviders.All);
        await AddAsync(rack, servers.Leaf, servers.Ca.Intermediate);

        var current = await RunAsync(servers.Options, rack: rack);

        Assert.Equal((Id, 1, true), (current.CertificateId, current.Version, current.IsCurrent));
        AssertFault(current, isError: false, "The root 'Endpoint Root' is not trusted.");
        Assert.True(current.IsChainComplete);

        using var renewed = servers.Ca.Issue([EndpointServers.Name, "127.0.0.1"], Now.AddMinutes(-1));
        await AddAsync(rack, renewed, servers.Ca.Intermediate);
        var outdated = await RunAsync(servers.Options, rack: rack, root: servers.Ca.Root);

        Assert.Equal((Id, 1, false), (outdated.CertificateId, outdated.Version, outdated.IsCurrent));
        AssertFault(outdated, isError: false, $"The certificate is version 1 of {Id}; version 2 is current.");
    }

    [Fact]
    public async Task Run_VersionThatTheRackNoLongerHas_IsRecognizedByItsNames()
    {
        var rack = new LocalRack("test", _home["rack"], TestDnsProviders.All);
        using var renewed = servers.Ca.Issue(["127.0.0.1", EndpointServers.Name], Now.AddMinutes(-1));
        await AddAsync(rack, renewed, servers.Ca.Intermediate);

        var result = await RunAsync(servers.Options, rack: rack, root: servers.Ca.Root);

        Assert.Equal((Id, null, false), (result.CertificateId, result.Version, result.IsCurrent));
        AssertFault(result, isError: false, $"The certificate is an earlier version, which the rack no longer has, of {Id}");
    }

    [Fact]
    public async Task Run_OtherCertificateThanExpected_IsAWarning()
    {
        var result = await RunAsync(servers.Options, root: servers.Ca.Root, expectedId: "cert-2");

        AssertFault(result, isError: false, "The certificate is not cert-2.");
    }

    private static void AssertFault(EndpointResult result, bool isError, string message)
    {
        var fault = Assert.Single(result.Faults);
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal(isError, fault.IsError);
        Assert.NotNull(fault.Remedy);
    }

    private static async Task AddAsync(LocalRack rack, params X509Certificate2[] certificates)
    {
        var pem = string.Concat(certificates.Select(c => c.ExportCertificatePem() + "\n"));
        using var material = new CertificateWithKey(CertificateChain.FromPem(pem), null);
        var record = new CertificateRecord { Id = Id, Domains = material.Chain.LeafNames(), Issuer = "imported" };
        await rack.PrepareAsync(CancellationToken.None);
        await rack.Certificates.AddVersionAsync(record, material, Now, Now.AddDays(60), 3, CancellationToken.None);
    }

    private static async Task<EndpointResult> RunAsync(
        TlsTestServerOptions options,
        string serverName = EndpointServers.Name,
        X509Certificate2? root = null,
        LocalRack? rack = null,
        string? expectedId = null)
    {
        await using var server = TlsTestServer.Start(options);
        var versions = rack is null ? RackVersions.None : await RackVersions.ReadAsync(rack.Certificates, CancellationToken.None);
        var test = new EndpointTest(
            new EndpointProbe(TimeProvider.System), versions, root is null ? [] : [root], TimeProvider.System);
        return await test.RunAsync(
            EndpointServers.AddressOf(server),
            EndpointServers.With(null) with { ServerName = serverName },
            expectedId,
            CancellationToken.None);
    }
}
