using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Dns.Providers.Route53;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Route53;

/// <summary>The three IAM policies of the documentation.</summary>
public sealed class Route53RolePolicyTests
{
    private const string CertManager = "arn:aws:iam::123456789012:role/convox/rack-cert-manager";
    private const string Access = "arn:aws:iam::210987654321:role/dns-access";

    [Fact]
    public void The_policies_match_the_documentation()
    {
        var policy = Route53RolePolicy.Create(["/hostedzone/Z123"], CertManager, Access, null);

        AssertSame(
            """
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Action":"route53:GetChange","Resource":"arn:aws:route53:::change/*"},
              {"Effect":"Allow","Action":["route53:ChangeResourceRecordSets","route53:ListResourceRecordSets"],
              "Resource":"arn:aws:route53:::hostedzone/Z123"}]}
            """,
            policy.ZoneAccess);
        AssertSame(
            $$"""
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Principal":{"AWS":["{{CertManager}}"]},"Action":"sts:AssumeRole"}]}
            """,
            policy.Trust);
        AssertSame(
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":["{{Access}}"]}]}""",
            policy.AssumeRole);
    }

    [Theory]
    [InlineData("aws-cn")]
    [InlineData("aws-us-gov")]
    public void The_partition_of_the_roles_is_used_in_all_policies(string partition)
    {
        var policy = Route53RolePolicy.Create(
            ["Z1", "Z2"],
            CertManager.Replace("arn:aws:", $"arn:{partition}:", StringComparison.Ordinal),
            Access.Replace("arn:aws:", $"arn:{partition}:", StringComparison.Ordinal),
            "x");

        Assert.DoesNotContain("arn:aws:", policy.ZoneAccess + policy.Trust + policy.AssumeRole, StringComparison.Ordinal);
        Assert.Equal(2, JsonNode.Parse(policy.ZoneAccess)!["Statement"]![1]!["Resource"]!.AsArray().Count);
        Assert.Equal("x", (string?)JsonNode.Parse(policy.Trust)!["Statement"]![0]!["Condition"]!["StringEquals"]!["sts:ExternalId"]);
    }

    [Theory]
    [InlineData("z 1", CertManager, Access, "InvalidHostedZoneId")]
    [InlineData("Z1", "cert-manager", Access, "InvalidRole")]
    [InlineData("Z1", CertManager, "arn:aws:iam::1:user/x", "InvalidRole")]
    [InlineData("Z1", CertManager, "arn:aws-cn:iam::210987654321:role/dns-access", "PartitionMismatch")]
    public void Invalid_input_is_rejected(string zone, string certManager, string access, string code) =>
        Assert.Equal(code, Assert.Throws<InvalidInputException>(() => Route53RolePolicy.Create([zone], certManager, access, null)).Code);

    private static void AssertSame(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);
}
