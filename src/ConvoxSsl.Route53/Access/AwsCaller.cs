namespace ConvoxSsl.Route53.Access;

/// <summary>Parses the ARNs that STS returns for callers.</summary>
internal static class AwsCaller
{
    /// <summary>
    /// Gets the role of a session such as <c>arn:aws:sts::1:assumed-role/name/session</c>; null if the caller is not a role
    /// session. A session's ARN does not contain the role's path, so the result lacks it too.
    /// </summary>
    public static string? GetRole(string callerArn) =>
        callerArn.Split(':') is ["arn", var partition, "sts", _, var account, var resource]
        && resource.Split('/') is ["assumed-role", .., var name, _]
            ? $"arn:{partition}:iam::{account}:role/{name}"
            : null;
}
