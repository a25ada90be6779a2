namespace ConvoxSsl.Route53.Access;

/// <summary>Reads the ARNs that STS names callers with.</summary>
internal static class AwsCaller
{
    /// <summary>
    /// The role behind a session such as <c>arn:aws:sts::1:assumed-role/name/session</c>; null where the caller is none.
    /// A session does not tell the role's path, so the ARN of a role with a path lacks it.
    /// </summary>
    public static string? RoleOf(string callerArn) =>
        callerArn.Split(':') is ["arn", var partition, "sts", _, var account, var resource]
        && resource.Split('/') is ["assumed-role", .., var name, _]
            ? $"arn:{partition}:iam::{account}:role/{name}"
            : null;
}
