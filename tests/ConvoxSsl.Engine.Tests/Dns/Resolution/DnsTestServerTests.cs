using ConvoxSsl.TestKit.Dns;
using DnsClient;

namespace ConvoxSsl.Engine.Tests.Dns.Resolution;

/// <summary>The DNS server of the tests, queried with another client.</summary>
public sealed class DnsTestServerTests : IAsyncLifetime
{
    private readonly DnsTestZones _zones =
        Resolvers.CreateZones().AddZone("example.com", "ns1.example.com").AddAddress("a.b.example.com", "192.0.2.1");
    private DnsTestServer _server = null!;

    public Task InitializeAsync()
    {
        _server = DnsTestServer.Start(_zones);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("a.b.example.com", DnsHeaderResponseCode.NoError)]
    [InlineData("b.example.com", DnsHeaderResponseCode.NoError)]
    [InlineData("c.example.com", DnsHeaderResponseCode.NotExistentDomain)]
    public async Task A_response_without_data_contains_the_SOA_record(string name, DnsHeaderResponseCode code)
    {
        var response = await QueryAsync(name, QueryType.TXT);

        Assert.Equal((code, true), (response.Header.ResponseCode, response.Header.HasAuthorityAnswer));
        Assert.Empty(response.Answers);
        Assert.Equal("example.com.", Assert.Single(response.Authorities.SoaRecords()).DomainName.Value);
    }

    [Fact]
    public async Task A_name_outside_all_zones_is_refused()
    {
        Assert.Equal(DnsHeaderResponseCode.Refused, (await QueryAsync("example.org", QueryType.A)).Header.ResponseCode);
    }

    [Fact]
    public async Task A_delegated_name_gets_a_referral()
    {
        _zones.Delegate("sub.example.com", "ns.sub.example.com");

        var response = await QueryAsync("www.sub.example.com", QueryType.A);

        Assert.False(response.Header.HasAuthorityAnswer);
        Assert.Empty(response.Answers);
        Assert.Equal("ns.sub.example.com.", Assert.Single(response.Authorities.NsRecords()).NSDName.Value);
    }

    [Fact]
    public async Task A_wildcard_matches_missing_names()
    {
        _zones.AddAddress("*.example.com", "192.0.2.9");

        Assert.Equal("192.0.2.9", Assert.Single((await QueryAsync("x.y.example.com", QueryType.A)).Answers.ARecords()).Address.ToString());
        Assert.Empty((await QueryAsync("b.example.com", QueryType.A)).Answers);
    }

    [Fact]
    public async Task An_alias_within_the_zones_is_resolved_in_one_response()
    {
        _zones.AddCname("www.example.com", "a.b.example.com");

        var response = await QueryAsync("WWW.example.com", QueryType.A);

        Assert.Single(response.Answers.CnameRecords());
        Assert.Single(response.Answers.ARecords());
    }

    [Fact]
    public void Values_can_change_one_by_one_or_together()
    {
        _zones.AddTxt("t.example.com", "one");
        _zones.AddTxt("T.example.com.", "two");
        _zones.RemoveTxt("t.example.com", "one");
        Assert.Equal(["two"], _zones.GetTxt("t.example.com"));

        _zones.SetTxt("t.example.com", "three", "four");
        Assert.Equal(["three", "four"], _zones.GetTxt("t.example.com"));
    }

    private Task<IDnsQueryResponse> QueryAsync(string name, QueryType type) =>
        new LookupClient(new LookupClientOptions(_server.Endpoint) { UseCache = false }).QueryAsync(name, type);
}
