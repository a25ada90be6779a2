using ConvoxSsl.Engine;

namespace ConvoxSsl.Route53.Access;

/// <summary>An AWS partition, with accounts and endpoints of its own.</summary>
/// <param name="Name">The name in ARNs.</param>
/// <param name="Route53Endpoint">The only Route53 endpoint.</param>
/// <param name="Route53Region">The region that requests are signed for.</param>
/// <param name="FipsEndpoint">The FIPS endpoint; null if there is none.</param>
internal sealed record AwsPartition(string Name, Uri Route53Endpoint, string Route53Region, Uri? FipsEndpoint)
{
    private static readonly AwsPartition[] Known =
    [
        new("aws", new Uri("https://route53.amazonaws.com/"), "us-east-1", new Uri("https://route53-fips.amazonaws.com/")),
        new("aws-cn", new Uri("https://route53.amazonaws.com.cn/"), "cn-northwest-1", null),
        new(
            "aws-us-gov",
            new Uri("https://route53.us-gov.amazonaws.com/"),
            "us-gov-west-1",
            new Uri("https://route53.us-gov.amazonaws.com/")),
    ];

    /// <summary>Finds the partition of a role, or of a region if there is no role; the public one by default.</summary>
    /// <exception cref="EngineException"><c>DnsProviderFailed</c>: the partition has no known Route53 endpoint.</exception>
    public static AwsPartition Find(string? roleArn, string? region)
    {
        var name = roleArn?.Split(':') is ["arn", var partition, ..] ? partition : FindName(region);
        return Array.Find(Known, known => known.Name == name) ?? throw new EngineException(
            ErrorCode.DnsProviderFailed,
            EngineErrorKind.InvalidState,
            $"The AWS partition '{name}' has no known Route53 endpoint.",
            roleArn)
        {
            Remedy = $"Use a role whose ARN begins with one of: {string.Join(", ", Known.Select(known => $"arn:{known.Name}:"))}.",
        };
    }

    /// <summary>Creates the ARN of a resource of this partition.</summary>
    public string CreateArn(string resource) => $"arn:{Name}:{resource}";

    private static string FindName(string? region) => region switch
    {
        not null when region.StartsWith("cn-", StringComparison.Ordinal) => "aws-cn",
        not null when region.StartsWith("us-gov-", StringComparison.Ordinal) => "aws-us-gov",
        _ => "aws",
    };
}
