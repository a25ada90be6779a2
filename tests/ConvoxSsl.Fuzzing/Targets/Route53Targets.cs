using System.Net;
using System.Text;
using Amazon.Runtime;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Fuzzing.Mutations;
using ConvoxSsl.Route53.Access;
using ConvoxSsl.Route53.Api;
using ConvoxSsl.Route53.Records;
using ConvoxSsl.Route53.Zones;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>Fuzz targets for responses of Route53 and STS.</summary>
internal static class Route53Targets
{
    private const string Xmlns = "xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"";

    private const string Zone =
        "<HostedZone><Id>/hostedzone/Z1</Id><Name>example.org.</Name><Config><PrivateZone>false</PrivateZone></Config></HostedZone>";

    private const string Zones =
        "<ListHostedZonesByNameResponse "
            + $"{Xmlns}><HostedZones>{Zone}<HostedZone><Id>/hostedzone/Z2</Id><Name>\\052.example.org.</Name>"
            + "</HostedZone></HostedZones><IsTruncated>false</IsTruncated><NextDNSName>org.</NextDNSName>"
            + "<NextHostedZoneId>Z3</NextHostedZoneId></ListHostedZonesByNameResponse>";

    private const string Sets =
        "<ListResourceRecordSetsResponse "
            + $"{Xmlns}><ResourceRecordSets><ResourceRecordSet><Name>_acme-challenge.example.org.</Name>"
            + "<Type>TXT</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>\"o\\141ld\" \"x\"</Value>"
            + "</ResourceRecord></ResourceRecords></ResourceRecordSet><ResourceRecordSet>"
            + "<Name>a\\052b.example.org.</Name><Type>TXT</Type><SetIdentifier>w</SetIdentifier><AliasTarget>"
            + "<DNSName>x.</DNSName></AliasTarget></ResourceRecordSet></ResourceRecordSets>"
            + "<IsTruncated>true</IsTruncated><NextRecordName>b.example.org.</NextRecordName>"
            + "</ListResourceRecordSetsResponse>";

    private const string Change =
        "<ChangeResourceRecordSetsResponse "
            + $"{Xmlns}><ChangeInfo><Id>/change/C1</Id><Status>INSYNC</Status></ChangeInfo></ChangeResourceRecordSetsResponse>";

    private const string Error =
        $"<ErrorResponse {Xmlns}><Error><Type>Sender</Type><Code>Throttled</Code><Message>Slow "
            + "down.</Message></Error><RequestId>1</RequestId></ErrorResponse>";

    private const string Refusal = $"<InvalidChangeBatch {Xmlns}><Messages><Message>it exists</Message></Messages></InvalidChangeBatch>";

    private const string Caller =
        "<GetCallerIdentityResponse "
            + "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>"
            + "<Arn>arn:aws:iam::123456789012:user/alice</Arn><UserId>A</UserId><Account>123456789012</Account>"
            + "</GetCallerIdentityResult></GetCallerIdentityResponse>";

    private const string Role =
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>"
            + "<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/dns/x</Arn></AssumedRoleUser><Credentials>"
            + "<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
            + "<Expiration>2099-12-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

    public static IEnumerable<FuzzTarget> All() =>
    [
        Api(
            "route53-zones",
            200,
            FindZoneAsync,
            Zones,
            "<GetHostedZoneResponse "
                + $"{Xmlns}>{Zone}<DelegationSet><NameServers><NameServer>ns.example</NameServer></NameServers>"
                + "</DelegationSet></GetHostedZoneResponse>"),
        Api("route53-records", 200, EditAsync, Sets),
        Api("route53-change", 200, ChangeAsync, Change),
        Api("route53-refusal", 400, ChangeAsync, Error, Refusal) with { RefusesSeeds = true },
        Sts(
            "sts",
            200,
            Caller,
            Role,
            Role.Replace("2099-12-01T00:00:00Z", "0.5", StringComparison.Ordinal),
            Role.Replace("2099-12-01T00:00:00Z", "99999999999999999999", StringComparison.Ordinal)),
        Sts("sts-refusal", 403, Error) with { RefusesSeeds = true },
    ];

    private static FuzzTarget Api(string name, int status, Func<Route53Client, CancellationToken, Task> useAsync, params string[] seeds) =>
        new(
        name,
        new XmlMutator(),
        [.. seeds.Select(Encoding.UTF8.GetBytes)],
        async (input, ct) =>
        {
            var partition = AwsPartition.Find(null, "us-east-1");
            var config = new Route53ClientConfig(partition, null) { MaxErrorRetry = 0, HttpClientFactory = new FuzzedAws(status, input) };
            using var client = new Route53Client(new BasicAWSCredentials("AKIA", "secret"), config, partition);
            await useAsync(client, ct);
        },
        1);

    private static FuzzTarget Sts(string name, int status, params string[] seeds) => new(
        name,
        new XmlMutator(),
        [.. seeds.Select(Encoding.UTF8.GetBytes)],
        async (input, ct) =>
        {
            var config = SecurityTokenService.CreateConfig("us-east-1", null, null);
            config.MaxErrorRetry = 0;
            config.HttpClientFactory = new FuzzedAws(status, input);
            using var service = new SecurityTokenService(new BasicAWSCredentials("AKIA", "secret"), config);
            await RejectedAsync(async () => AwsCaller.GetRole(await service.GetCallerArnAsync(ct)));
            using var role = new AssumedRoleCredentials(service, new Route53Settings { Role = "arn:aws:iam::123456789012:role/dns" });
            await role.GetCredentialsAsync();
        },
        1);

    private static async Task FindZoneAsync(Route53Client client, CancellationToken ct)
    {
        await RejectedAsync(() => client.GetHostedZoneAsync("Z1", ct));
        using var finder = new HostedZoneFinder(client, null, (_, _) => Task.FromResult<IReadOnlyList<string>>([]));
        await finder.FindAsync("_acme-challenge.example.org", ct);
    }

    private static async Task EditAsync(Route53Client client, CancellationToken ct)
    {
        var sets = await new RecordSetReader(client).ReadAsync(
            "Z1", ["_acme-challenge.example.org", "_acme-challenge.www.example.org"], onePerRequest: false, ct);
        foreach (var (name, current) in sets.Where(s => s.Value.Obstacle is null))
        {
            _ = new TxtEdit(name, ["value"], Adds: true).Apply(current.Set);
            _ = new TxtEdit(name, ["old"], Adds: false).Apply(current.Set);
        }
    }

    private static async Task ChangeAsync(Route53Client client, CancellationToken ct)
    {
        await RejectedAsync(() =>
            client.ChangeResourceRecordSetsAsync(
                "Z1", [new RecordChange("CREATE", new RecordSet("a.example.org.", "TXT", 60, ["\"v\""]))], ct));
        await client.IsInSyncAsync("C1", ct);
    }

    private static async Task RejectedAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception e) when (FuzzTarget.IsRejection(e))
        {
        }
    }

    /// <summary>Provides the AWS SDK with clients that return the input.</summary>
    private sealed class FuzzedAws(int status, byte[] body) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(status, body));

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        private sealed class Handler(int status, byte[] body) : HttpMessageHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
                Task.FromResult(new HttpResponseMessage((HttpStatusCode)status)
                {
                    Content = new ByteArrayContent(body),
                    RequestMessage = request,
                });
        }
    }
}
