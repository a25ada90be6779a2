namespace ConvoxSsl.Route53.Access;

/// <summary>An AWS access key, with the session token of a temporary one. <see cref="ToString"/> does not show it.</summary>
/// <param name="accessKeyId">The access key id.</param>
/// <param name="secretAccessKey">The secret access key.</param>
/// <param name="sessionToken">The session token; null for a long-term key.</param>
public sealed class AwsAccessKey(string accessKeyId, string secretAccessKey, string? sessionToken)
{
    /// <summary>The access key id.</summary>
    public string AccessKeyId { get; } = accessKeyId;

    /// <summary>The secret access key.</summary>
    public string SecretAccessKey { get; } = secretAccessKey;

    /// <summary>The session token; null for a long-term key.</summary>
    public string? SessionToken { get; } = sessionToken;

    /// <inheritdoc/>
    public override string ToString() => "***";
}
