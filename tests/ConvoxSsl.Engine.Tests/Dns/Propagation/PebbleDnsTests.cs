using System.Security.Cryptography;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns.Propagation;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Tests.Dns.Resolution;
using ConvoxSsl.TestKit.Dns;
using ConvoxSsl.TestKit.Pebble;

namespace ConvoxSsl.Engine.Tests.Dns.Propagation;

/// <summary>Validation by a real CA with the DNS server of the tests.</summary>
public sealed class PebbleDnsTests
{
    [PebbleFact]
    public async Task A_wildcard_is_validated_through_an_alias()
    {
        var zones = new DnsTestZones(TimeProvider.System)
            .AddZone("example.org", "ns.example.org")
                .AddZone("auth.test", "ns.auth.test")
                .AddCname("_acme-challenge.example.org", "example-org.auth.test");
        await using var server = DnsTestServer.Start(zones);
        await using var pebble = await PebbleServer.StartAsync(new PebbleOptions { DnsServer = server.Endpoint }, CancellationToken.None);
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        using var client = await AcmeClient.ConnectAsync(
            pebble.DirectoryUrl, new AcmeClientOptions { TrustedRoots = [pebble.Root] }, CancellationToken.None);
        var session = await client.CreateAccountAsync(key, [], termsOfServiceAgreed: true, null, CancellationToken.None);
        var order = await session.NewOrderAsync(
            new NewOrder { Identifiers = [new AcmeIdentifier("dns", "*.example.org")] }, null, CancellationToken.None);
        var authorization = await session.GetAuthorizationAsync(order.Authorizations[0], CancellationToken.None);
        var challenge = authorization.Challenges.Single(c => c.Type == "dns-01");
        var response = session.CreateKeyAuthorization(authorization, challenge);

        var resolver = new DnsResolver(Resolvers.CreateOptions(server) with { LocateNameServer = _ => [server.Endpoint] });
        var record = new TxtRecord(
            await new AliasLookup(resolver).FollowAsync("_acme-challenge." + response.Name, CancellationToken.None),
            Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(response.Value))));
        zones.AddTxt(record.Name, record.Value);
        await new DnsPropagation(resolver, new DnsPropagationOptions(), TimeProvider.System).WaitAsync(
            [record], [], null, CancellationToken.None);
        await session.RespondToChallengeAsync(challenge.Url, CancellationToken.None);

        Assert.Equal("example-org.auth.test", record.Name);
        Assert.Equal("valid", (await session.WaitForAuthorizationAsync(authorization, deadline: null, CancellationToken.None)).Status);
    }
}
