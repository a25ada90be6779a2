using ConvoxSsl.Engine.Dns.Caa;
using ConvoxSsl.Engine.Tests.Dns.Resolution;
using ConvoxSsl.TestKit.Dns;

namespace ConvoxSsl.Engine.Tests.Dns.Caa;

public sealed class CaaLookupTests : IAsyncLifetime
{
    private readonly DnsTestZones _zones = Resolvers.CreateZones().AddZone("test").AddZone("example.test").AddZone("elsewhere.test");
    private DnsTestServer _server = null!;

    public Task InitializeAsync()
    {
        _server = DnsTestServer.Start(_zones);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task CAA_records_are_returned_unchanged()
    {
        _zones.AddCaa("example.test", 128, "issue", "ca.example; accounturi=https://ca.example/acct/1");

        var set = await GetAsync("example.test");

        Assert.Equal(("example.test", null), (set.FoundAt, set.LookupError));
        Assert.Equal([new CaaRecord(128, "issue", "ca.example; accounturi=https://ca.example/acct/1")], set.Records);
        Assert.True(set.Records[0].IsCritical);
    }

    [Fact]
    public async Task Only_the_closest_CAA_record_set_applies()
    {
        _zones.AddCaa("test", 0, "issue", "far.example")
            .AddCaa("example.test", 0, "issue", "near.example")
            .AddAddress("a.b.example.test", "192.0.2.1");

        var set = await GetAsync("a.b.example.test");

        Assert.Equal(("example.test", "near.example"), (set.FoundAt, Assert.Single(set.Records).Value));
        Assert.Equal(["a.b.example.test", "b.example.test", "example.test"], _server.Queries.Select(q => q.Name));
    }

    [Fact]
    public async Task CAA_records_of_an_alias_target_apply()
    {
        _zones.AddCaa("example.test", 0, "issue", "near.example")
            .AddCname("www.example.test", "web.elsewhere.test")
            .AddCaa("web.elsewhere.test", 0, "issue", "alias.example");

        var set = await GetAsync("www.example.test");

        Assert.Equal(("www.example.test", "alias.example"), (set.FoundAt, Assert.Single(set.Records).Value));
    }

    [Fact]
    public async Task Parents_of_an_alias_target_are_not_searched()
    {
        _zones.AddCaa("elsewhere.test", 0, "issue", "far.example")
            .AddCaa("example.test", 0, "issue", "near.example")
            .AddCname("www.example.test", "web.elsewhere.test");

        Assert.Equal("example.test", (await GetAsync("www.example.test")).FoundAt);
    }

    [Fact]
    public async Task A_wildcard_lookup_starts_at_the_base_name()
    {
        _zones.AddCaa("example.test", 0, "issuewild", "near.example");

        Assert.Equal("example.test", (await GetAsync("*.example.test")).FoundAt);
        Assert.Equal(["example.test"], _server.Queries.Select(q => q.Name));
    }

    [Fact]
    public async Task A_tree_without_CAA_records_returns_none()
    {
        Assert.Equal(CaaRecordSet.None, await GetAsync("www.example.test"));
        Assert.Equal("test", _server.Queries[^1].Name);
    }

    [Theory]
    [InlineData(DnsFault.ServFail, "SERVFAIL")]
    [InlineData(DnsFault.Silent, "no response")]
    public async Task A_lookup_error_is_reported_and_ends_the_search(DnsFault fault, string text)
    {
        _server.Fault = fault;

        var set = await Resolvers.CreateImpatient(_server).GetCaaAsync("www.example.test", default);

        Assert.Equal("www.example.test", set.FoundAt);
        Assert.Contains(text, set.LookupError, StringComparison.Ordinal);
        Assert.All(_server.Queries, q => Assert.Equal("www.example.test", q.Name));
    }

    private Task<CaaRecordSet> GetAsync(string name) => Resolvers.Create(_server).GetCaaAsync(name, default);
}
