using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Route53.Access;
using ConvoxSsl.TestKit.Route53;
using static ConvoxSsl.Route53.Tests.Route53Fixture;

namespace ConvoxSsl.Route53.Tests;

public class CheckTests
{
    private const string Name = "_acme-challenge.www.example.com";
    private const string RoleArn = "arn:aws:iam::123456789012:role/writer";

    [Fact]
    public async Task All_checks_pass_and_nothing_is_written()
    {
        await using var fixture = await StartAsync();
        fixture.Server.AddRole(new AwsRole { Arn = RoleArn, Trusts = [fixture.User.Arn] });

        var steps = await RunAsync(fixture, new Route53Settings { Region = "us-east-1", Role = RoleArn });

        Assert.Equal(["Credentials", "Role", "Hosted zone", "Records"], steps.Select(step => step.Check));
        Assert.All(steps, step => Assert.True(step.Passed && step.Remedy is null));
        Assert.Equal(fixture.User.Arn, steps[0].Detail);
        Assert.Contains("assumed-role/writer/ConvoxSsl", steps[1].Detail, StringComparison.Ordinal);
        Assert.Contains(fixture.Zone.Id, steps[2].Detail, StringComparison.Ordinal);
        Assert.Contains("route53:ChangeResourceRecordSets", steps[3].Detail, StringComparison.Ordinal);
        Assert.Equal(0, fixture.Server.Count("route53:ChangeResourceRecordSets"));
    }

    [Fact]
    public async Task Invalid_credentials_end_the_checks()
    {
        await using var fixture = await StartAsync();
        var provider =
            fixture.Provider(new Route53Settings { Region = "us-east-1" }, new AwsAccessKey("AKIAWRONG", "wrong", null), fixture.Clock);

        var step = Assert.Single(await RunAsync(provider));

        Assert.Equal(("Credentials", false), (step.Check, step.Passed));
        Assert.StartsWith("AWS rejects the credentials", step.Detail, StringComparison.Ordinal);
        Assert.NotNull(step.Remedy);
    }

    [Fact]
    public async Task A_role_that_does_not_trust_the_caller_shows_the_statement()
    {
        await using var fixture = await StartAsync();
        fixture.Server.AddRole(new AwsRole { Arn = RoleArn, Trusts = [] });

        var steps = await RunAsync(fixture, new Route53Settings { Region = "us-east-1", Role = RoleArn });

        Assert.Equal(["Credentials", "Role"], steps.Select(step => step.Check));
        Assert.False(steps[1].Passed);
        Assert.Contains(
            $$"""{"Effect":"Allow","Principal":{"AWS":"{{fixture.User.Arn}}"},"Action":"sts:AssumeRole"}""",
            steps[1].Remedy?.Arguments[0] as string,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("route53:ListHostedZonesByName", "Hosted zone", "*")]
    [InlineData("route53:ListResourceRecordSets", "Records", "arn:aws:route53:::hostedzone/{0}")]
    public async Task A_missing_permission_shows_the_statement(string action, string check, string resource)
    {
        await using var fixture = await StartAsync();
        fixture.Deny(action);

        var steps = await RunAsync(fixture, new Route53Settings { Region = "us-east-1" });

        Assert.Equal((check, false), (steps[^1].Check, steps[^1].Passed));
        Assert.StartsWith($"The AWS identity is not allowed to perform {action}", steps[^1].Detail, StringComparison.Ordinal);
        var arn = resource.Replace("{0}", fixture.Zone.Id, StringComparison.Ordinal);
        Assert.Contains(
            $$"""{"Effect":"Allow","Action":"{{action}}","Resource":"{{arn}}"}""", steps[^1].Remedy?.Text, StringComparison.Ordinal);
        Assert.All(steps.SkipLast(1), step => Assert.True(step.Passed));
    }

    [Fact]
    public async Task A_configured_zone_does_not_need_to_be_readable()
    {
        await using var fixture = await StartAsync();
        fixture.Deny("route53:GetHostedZone");
        fixture.Deny("route53:ListHostedZonesByName");

        var steps = await RunAsync(fixture, new Route53Settings { Region = "us-east-1", HostedZoneId = fixture.Zone.Id });

        Assert.All(steps, step => Assert.True(step.Passed, step.ToString()));
        Assert.Contains(fixture.Zone.Id, steps.Single(step => step.Check == "Hosted zone").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_zone_fails_because_a_public_CA_cannot_see_it()
    {
        await using var fixture = await StartAsync();
        var zone = fixture.Server.AddZone("example.com", isPrivate: true);

        var steps = await RunAsync(fixture, new Route53Settings { Region = "us-east-1", HostedZoneId = zone.Id });

        Assert.Equal(("Hosted zone", false), (steps[^1].Check, steps[^1].Passed));
        Assert.Contains("is private", steps[^1].Detail, StringComparison.Ordinal);
        Assert.NotNull(steps[^1].Remedy);
    }

    private static Task<List<DnsCheck>> RunAsync(Route53Fixture fixture, Route53Settings settings) => RunAsync(fixture.Provider(settings));

    private static async Task<List<DnsCheck>> RunAsync(Route53Provider provider)
    {
        var steps = new List<DnsCheck>();
        await foreach (var step in provider.CheckAsync(Name, CancellationToken.None))
        {
            steps.Add(step);
        }

        return steps;
    }
}
