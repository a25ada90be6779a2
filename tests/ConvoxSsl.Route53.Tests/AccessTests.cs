using System.Net;
using System.Net.Sockets;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Route53.Access;
using ConvoxSsl.TestKit.Route53;
using static ConvoxSsl.Route53.Tests.Route53Fixture;

namespace ConvoxSsl.Route53.Tests;

public class AccessTests
{
    private const string Name = "_acme-challenge.www.example.com";
    private const string RoleArn = "arn:aws:iam::123456789012:role/dns/writer";
    private const string ExternalId = "external-id-of-the-test";

    [Fact]
    public async Task A_role_is_assumed_once_with_its_external_id()
    {
        await using var fixture = await StartAsync();
        AddRole(fixture);
        fixture.User = fixture.Server.AddIdentity(fixture.User with { Actions = ["sts:AssumeRole"] });
        var provider = fixture.Provider(WithRole(ExternalId));

        await provider.PresentAsync([Record(Name, "ours")], CancellationToken.None);

        Assert.Equal(["ours"], fixture.Server.Txt(Name));
        Assert.Equal(1, fixture.Server.Count("sts:AssumeRole"));
        Assert.All(
            fixture.Server.Calls.Where(call => call.Action.StartsWith("route53:", StringComparison.Ordinal)),
            call => Assert.Equal("arn:aws:sts::123456789012:assumed-role/writer/ConvoxSsl", call.Caller));
        var checks = await provider.CheckAsync(Name, CancellationToken.None).ToListAsync();
        Assert.Equal(
            "arn:aws:iam::123456789012:role/writer",
            AwsCaller.GetRole(Assert.Single(checks, check => check.Check == "Role").Detail.Split(' ')[^1]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another-external-id")]
    public async Task A_role_is_denied_without_its_external_id(string? externalId)
    {
        await using var fixture = await StartAsync();
        AddRole(fixture);

        var failure = await FailsAsync(
            "DnsRoleNotAssumable",
            () => fixture.Provider(WithRole(externalId)).PresentAsync([Record(Name, "ours")], CancellationToken.None));

        Assert.Contains(RoleArn, failure.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.DnsRoleNotAssumable, failure.Remedy?.Key.Split('.')[0]);
        Assert.Contains(
            $"\"Principal\":{{\"AWS\":\"{fixture.User.Arn}\"}},\"Action\":\"sts:AssumeRole\"",
            failure.Remedy?.Arguments[0] as string,
            StringComparison.Ordinal);
        Assert.Equal(EngineErrorKind.Denied, failure.Kind);
        AssertNoSecret(fixture, failure);
        Assert.DoesNotContain("another-external-id", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("route53:ListHostedZonesByName", "*")]
    [InlineData("route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/{0}")]
    [InlineData("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/{0}")]
    [InlineData("route53:GetChange", "arn:aws:route53:::change/*")]
    public async Task A_missing_permission_is_reported_with_its_statement(string action, string resource)
    {
        await using var fixture = await StartAsync();
        fixture.Deny(action);

        var failure =
            await FailsAsync("DnsPermissionMissing", () => fixture.Provider().PresentAsync([Record(Name, "ours")], CancellationToken.None));

        var arn = resource.Replace("{0}", fixture.Zone.Id, StringComparison.Ordinal);
        Assert.Contains(
            $$"""{"Effect":"Allow","Action":"{{action}}","Resource":"{{arn}}"}""", failure.Remedy?.Text, StringComparison.Ordinal);
        Assert.Equal(action, failure.Value);
        AssertNoSecret(fixture, failure);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("secret")]
    [InlineData("token")]
    public async Task Rejected_credentials_are_reported_without_showing_them(string wrong)
    {
        await using var fixture = await StartAsync();
        var session =
            fixture.Server.AddIdentity(fixture.User with { AccessKeyId = "ASIATESTSESSION", SessionToken = "session-token-of-the-test" });
        var key = new AwsAccessKey(
            wrong == "key" ? "AKIAWRONGWRONG" : session.AccessKeyId,
            wrong == "secret" ? "wrong-secret-of-the-test" : session.SecretAccessKey,
            wrong == "token" ? "wrong-token-of-the-test" : session.SessionToken);
        var provider = fixture.Provider(new Route53Settings { Region = "us-east-1" }, key, fixture.Clock);

        var failure =
            await FailsAsync("DnsCredentialsRefused", () => provider.PresentAsync([Record(Name, "ours")], CancellationToken.None));

        AssertNoSecret(fixture, failure);
        Assert.All(
            ["AKIAWRONGWRONG", "ASIATESTSESSION", "of-the-test", session.SecretAccessKey],
            secret => Assert.DoesNotContain(secret, failure.ToString(), StringComparison.Ordinal));
        Assert.Equal("***", key.ToString());
    }

    [Fact]
    public async Task An_expired_session_is_reported()
    {
        await using var fixture = await StartAsync();
        fixture.User = fixture.Server.AddIdentity(fixture.User with { Expires = DateTimeOffset.UtcNow.AddMinutes(-1) });

        var failure = await FailsAsync("DnsCredentialsRefused", () => fixture.Provider().FindZoneAsync(Name, CancellationToken.None));

        Assert.Contains("expired", failure.Remedy?.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_profile_is_reported()
    {
        await using var fixture = await StartAsync();
        using var provider = new Route53Provider(
            new Route53Settings { Region = "us-east-1", ProfileName = "no-such-profile" },
            (_, _) => Task.FromResult<IReadOnlyList<string>>([]),
            new Route53Options { Route53Endpoint = fixture.Server.Url, StsEndpoint = fixture.Server.Url });

        var failure = await FailsAsync("DnsCredentialsRefused", () => provider.FindZoneAsync(Name, CancellationToken.None));

        Assert.Contains("no-such-profile", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_test_server_rejects_a_signature_for_another_region()
    {
        await using var fixture = await StartAsync(new Route53TestServerOptions { Route53Region = "cn-northwest-1" });

        await FailsAsync("DnsCredentialsRefused", () => fixture.Provider().FindZoneAsync(Name, CancellationToken.None));
    }

    [Fact]
    public async Task The_region_applies_to_STS_and_not_to_Route53()
    {
        await using var fixture = await StartAsync(new Route53TestServerOptions { StsRegion = "eu-west-1" });
        AddRole(fixture);

        await fixture.Provider(WithRole(ExternalId) with { Region = "eu-west-1" })
            .PresentAsync([Record(Name, "ours")], CancellationToken.None);

        Assert.Equal(["ours"], fixture.Server.Txt(Name));
    }

    [Fact]
    public async Task Other_errors_of_AWS_are_reported()
    {
        await using var fixture = await StartAsync();
        fixture.Server.Faults.Add(AwsFault.On("route53:ChangeResourceRecordSets").Error(400, "InvalidInput", "words of AWS"));

        var failure =
            await FailsAsync("DnsProviderFailed", () => fixture.Provider().PresentAsync([Record(Name, "ours")], CancellationToken.None));

        Assert.Contains("InvalidInput: words of AWS", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redacts_the_external_id_from_errors_of_AWS()
    {
        await using var fixture = await StartAsync();
        fixture.Server.Faults.Add(AwsFault.On("sts:AssumeRole")
            .Error(400, "ValidationError", $"Value '{ExternalId}' at 'externalId' failed to satisfy constraint"));

        var failure =
            await FailsAsync("DnsProviderFailed", () => fixture.Provider(WithRole(ExternalId)).FindZoneAsync(Name, CancellationToken.None));

        Assert.Contains("ValidationError", failure.Message, StringComparison.Ordinal);
        AssertNoSecret(fixture, failure);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(418)]
    public async Task A_response_that_is_not_XML_is_reported(int status)
    {
        await using var fixture = await StartAsync();
        fixture.Server.Faults.Add(AwsFault.On("route53:GetHostedZone").Page(status));

        var failure = await FailsAsync("DnsProviderFailed", () => fixture.Provider().FindZoneAsync(Name, CancellationToken.None));

        Assert.Contains($"HTTP {status}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_endpoint_is_unreachable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        listener.Stop();
        using var provider = new Route53Provider(
            new Route53Settings { Region = "us-east-1" },
            (_, _) => Task.FromResult<IReadOnlyList<string>>([]),
            new Route53Options
            {
                AccessKey = new AwsAccessKey("AKIATEST", "secret", null),
                Route53Endpoint = endpoint,
                StsEndpoint = endpoint,
                Retries = 0,
            });

        var failure = await FailsAsync("DnsProviderUnreachable", () => provider.FindZoneAsync(Name, CancellationToken.None));

        Assert.Contains("AWS_ENDPOINT_URL", failure.Remedy?.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_request_is_not_a_failure()
    {
        await using var fixture = await StartAsync();
        using var stop = new CancellationTokenSource();
        fixture.Server.Faults.Add(AwsFault.On("route53:ListHostedZonesByName").Do(stop.Cancel));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Provider().FindZoneAsync(Name, stop.Token));
    }

    [Theory]
    [InlineData(null, null, "aws", "https://route53.amazonaws.com/", "us-east-1")]
    [InlineData(null, "eu-west-1", "aws", "https://route53.amazonaws.com/", "us-east-1")]
    [InlineData(null, "cn-north-1", "aws-cn", "https://route53.amazonaws.com.cn/", "cn-northwest-1")]
    [InlineData(null, "us-gov-east-1", "aws-us-gov", "https://route53.us-gov.amazonaws.com/", "us-gov-west-1")]
    [InlineData("arn:aws-cn:iam::1:role/a", "us-east-1", "aws-cn", "https://route53.amazonaws.com.cn/", "cn-northwest-1")]
    public void A_partition_has_its_endpoint_and_signing_region(
        string? role, string? region, string name, string endpoint, string signingRegion)
    {
        var partition = AwsPartition.Find(role, region);

        Assert.Equal((name, endpoint, signingRegion), (partition.Name, partition.Route53Endpoint.AbsoluteUri, partition.Route53Region));
    }

    [Fact]
    public void An_unknown_partition_is_reported() =>
        Assert.Equal("DnsProviderFailed", Assert.Throws<EngineException>(() => AwsPartition.Find("arn:aws-iso:iam::1:role/a", null)).Code);

    [Fact]
    public async Task Requests_to_another_partition_use_its_signing_region()
    {
        await using var fixture = await StartAsync(new Route53TestServerOptions
        {
            Partition = "aws-cn",
            Route53Region = "cn-northwest-1",
            StsRegion = "cn-north-1",
        });
        fixture.Deny("route53:GetChange");

        var failure = await FailsAsync("DnsPermissionMissing", () =>
            fixture.Provider(new Route53Settings { Region = "cn-north-1" }).PresentAsync([Record(Name, "ours")], CancellationToken.None));

        Assert.Contains("arn:aws-cn:route53:::change/*", failure.Remedy?.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arn:aws:sts::1:assumed-role/name/session", "arn:aws:iam::1:role/name")]
    [InlineData("arn:aws:sts::1:assumed-role/path/name/session", "arn:aws:iam::1:role/name")]
    [InlineData("arn:aws-cn:sts::1:assumed-role/name/a@b", "arn:aws-cn:iam::1:role/name")]
    [InlineData("arn:aws:iam::1:user/alice", null)]
    [InlineData("arn:aws:iam::1:root", null)]
    public void The_role_of_a_session_is_parsed_from_its_ARN(string caller, string? role) => Assert.Equal(role, AwsCaller.GetRole(caller));

    [Fact]
    public void The_descriptor_creates_providers_for_Route53_only()
    {
        var descriptor = Route53Provider.CreateDescriptor(new Route53Options());

        Assert.NotEqual(descriptor.Name, new CloudflareSettings().Provider);
        Assert.Equal(descriptor.Name, new Route53Settings().Provider);
        using var provider = descriptor.CreateProvider(1, new Route53Settings { Region = "eu-west-1" }, null, new Zones([]));
        Assert.IsType<Route53Provider>(provider);
    }

    [Fact]
    public async Task The_descriptor_gives_the_provider_the_zones_of_the_request()
    {
        await using var fixture = await StartAsync();
        fixture.Server.AddZone("example.com");
        var options = new Route53Options
        {
            AccessKey = new AwsAccessKey(fixture.User.AccessKeyId, fixture.User.SecretAccessKey, null),
            Route53Endpoint = fixture.Server.Url,
            StsEndpoint = fixture.Server.Url,
        };
        using var provider = Route53Provider.CreateDescriptor(options)
            .CreateProvider(1, new Route53Settings { Region = "us-east-1" }, null, new Zones(fixture.Zone.NameServers));

        Assert.Equal(fixture.Zone.Id, (await provider.FindZoneAsync("www.example.com", CancellationToken.None)).Id);
    }

    private sealed class Zones(IReadOnlyList<string> nameServers) : IZoneLookup
    {
        public Task<string> FindZoneAsync(string name, CancellationToken ct) => throw new NotSupportedException();

        public Task<IReadOnlyList<string>> FindNameServersAsync(string zone, CancellationToken ct) => Task.FromResult(nameServers);
    }

    private static Route53Settings WithRole(string? externalId) => new() { Region = "us-east-1", Role = RoleArn, ExternalId = externalId };

    private static void AddRole(Route53Fixture fixture) =>
        fixture.Server.AddRole(new AwsRole { Arn = RoleArn, Trusts = [fixture.User.Arn], ExternalId = ExternalId });

    private static void AssertNoSecret(Route53Fixture fixture, Exception failure) => Assert.All(
        [fixture.User.AccessKeyId, fixture.User.SecretAccessKey, ExternalId],
        secret => Assert.DoesNotContain(secret, failure.ToString(), StringComparison.Ordinal));
}
