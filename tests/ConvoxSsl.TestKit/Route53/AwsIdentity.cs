namespace ConvoxSsl.TestKit.Route53;

/// <summary>An identity that can sign requests: a user, or a session of a role.</summary>
public sealed record AwsIdentity
{
    /// <summary>The account of all identities.</summary>
    public const string Account = "123456789012";

    /// <summary>The supported actions of Route53.</summary>
    public static IReadOnlyList<string> Route53Actions { get; } =
    [
        "route53:ListHostedZonesByName", "route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ChangeResourceRecordSets",
        "route53:GetChange",
    ];

    /// <summary>Its ARN, such as <c>arn:aws:iam::123456789012:user/alice</c>.</summary>
    public required string Arn { get; init; }

    /// <summary>The access key id.</summary>
    public required string AccessKeyId { get; init; }

    /// <summary>The secret access key.</summary>
    public required string SecretAccessKey { get; init; }

    /// <summary>The session token of a session.</summary>
    public string? SessionToken { get; init; }

    /// <summary>The time at which its key expires.</summary>
    public DateTimeOffset Expires { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>The allowed actions.</summary>
    public IReadOnlyCollection<string> Actions { get; init; } = [.. Route53Actions, "sts:AssumeRole"];

    /// <summary>The ARN in trust policies.</summary>
    public string Principal => Arn.Split(':') is ["arn", var partition, "sts", _, var account, var session]
        ? $"arn:{partition}:iam::{account}:role/{session.Split('/')[1]}"
        : Arn;
}

/// <summary>A role that identities can assume.</summary>
public sealed record AwsRole
{
    /// <summary>Its ARN.</summary>
    public required string Arn { get; init; }

    /// <summary>The ARNs of users and roles that its trust policy names.</summary>
    public required IReadOnlyCollection<string> Trusts { get; init; }

    /// <summary>The external id that its trust policy requires.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The allowed actions of its sessions.</summary>
    public IReadOnlyCollection<string> Actions { get; init; } = AwsIdentity.Route53Actions;
}
