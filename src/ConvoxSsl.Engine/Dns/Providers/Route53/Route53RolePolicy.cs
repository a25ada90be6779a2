using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvoxSsl.Engine.Dns.Providers.Route53;

/// <summary>
/// The three IAM documents that allow one role to manage a zone through another one: the permissions of the DNS role, its trust
/// policy, and the permission to assume it.
/// </summary>
/// <param name="ZoneAccess">The permissions of the DNS role.</param>
/// <param name="Trust">The trust policy of the DNS role.</param>
/// <param name="AssumeRole">The permission that the assuming role needs.</param>
public sealed record Route53RolePolicy(string ZoneAccess, string Trust, string AssumeRole)
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Creates the documents for zones and roles of one partition.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidHostedZoneId</c>, <c>InvalidRole</c>; <c>PartitionMismatch</c>: the roles are in different AWS partitions.
    /// </exception>
    public static Route53RolePolicy Create(
        IReadOnlyList<string> hostedZoneIds, string certManagerRole, string dnsAccessRole, string? externalId)
    {
        var zones = hostedZoneIds.Select(Route53Input.HostedZoneId).ToList();
        var partition = PartitionOf(Route53Input.Role(certManagerRole));
        if (PartitionOf(Route53Input.Role(dnsAccessRole)) != partition)
        {
            throw new InvalidInputException(
                ErrorCode.PartitionMismatch,
                $"'{certManagerRole}' and '{dnsAccessRole}' are in different AWS partitions, and a role cannot be assumed across them.",
                dnsAccessRole) { Remedy = "Use roles of one partition." };
        }

        return new Route53RolePolicy(
            Document(
                Allow("route53:GetChange", $"arn:{partition}:route53:::change/*"),
                Allow(
                    new JsonArray("route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"),
                    OneOrMany(zones.Select(z => $"arn:{partition}:route53:::hostedzone/{z}")))),
            Document(TrustStatement(certManagerRole, externalId)),
            Document(Allow("sts:AssumeRole", new JsonArray(dnsAccessRole))));
    }

    private static JsonObject Allow(JsonNode action, JsonNode resource) =>
        new() { ["Effect"] = "Allow", ["Action"] = action, ["Resource"] = resource };

    private static JsonObject TrustStatement(string role, string? externalId)
    {
        var principal = new JsonObject { ["AWS"] = new JsonArray(role) };
        var statement = new JsonObject { ["Effect"] = "Allow", ["Principal"] = principal, ["Action"] = "sts:AssumeRole" };
        if (externalId is not null)
        {
            statement["Condition"] = new JsonObject { ["StringEquals"] = new JsonObject { ["sts:ExternalId"] = externalId } };
        }

        return statement;
    }

    private static JsonNode OneOrMany(IEnumerable<string> values) =>
        values.ToList() is var all && all.Count == 1 ? all[0] : new JsonArray([.. all.Select(v => JsonValue.Create(v))]);

    private static string Document(params JsonNode[] statements) =>
        new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = new JsonArray(statements) }.ToJsonString(Indented);

    private static string PartitionOf(string arn) => arn.Split(':')[1];
}
