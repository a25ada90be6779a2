using ConvoxSsl.Engine;

namespace ConvoxSsl.Route53.Access;

/// <summary>A part of AWS with accounts and endpoints of its own.</summary>
/// <param name="Name">Its name in ARNs.</param>
/// <param name="Route53Endpoint">Its only Route53 endpoint.</param>
/// <param name="Route53Region">The region that requests to it are signed for.</param>
/// <param name="FipsEndpoint">Its FIPS endpoint; null where there is none.</param>
internal sealed record AwsPartition(string Name, Uri Route53Endpoint, string Route53Region, Uri? FipsEndpoint)
{
    private static readonly AwsPartition[] Known =
    [
        new("aws", new Uri("https://route53.amazonaws.com/"), "us-east-1", new Uri("https://route53-fips.amazonaws.com/")),
        new("aws-cn", new Uri("https://route53.amazonaws.com.cn/"), "cn-northwest-1", null),
        new("aws-us-gov", new Uri("https://route53.us-gov.amazonaws.com/"), "us-gov-west-1", new Uri("https://route53.us-gov.amazonaws.com/")),
    ];

    /// <summary>The partition of a role, else of a region, else the public one.</summary>
    public static AwsPartition Of(string? roleArn, string? region)
    {
        var name = roleArn?.Split(':') is ["arn", var partition, ..] ? partition : OfRegion(region);
        return Array.Find(Known, known => known.Name == name) ?? throw new EngineException(
            ErrorCode.DnsProviderFailed,
            EngineErrorKind.InvalidState,
            $"Route53 is not known in the AWS partition '{name}'. The role must be an ARN that begins with one of: {string.Join(", ", Known.Select(known => $"arn:{known.Name}:"))}.",
            roleArn);
    }

    /// <summary>The ARN of a resource of this partition.</summary>
    public string Arn(string resource) => $"arn:{Name}:{resource}";

    private static string OfRegion(string? region) => region switch
    {
        not null when region.StartsWith("cn-", StringComparison.Ordinal) => "aws-cn",
        not null when region.StartsWith("us-gov-", StringComparison.Ordinal) => "aws-us-gov",
        _ => "aws",
    };
}
