namespace ConvoxSsl.Route53;

/// <summary>An access key, with the session token where it is a temporary one. No text shows it.</summary>
/// <param name="accessKeyId">The access key id.</param>
/// <param name="secretAccessKey">The secret access key.</param>
/// <param name="sessionToken">The session token; null for a lasting key.</param>
public sealed class AwsAccessKey(string accessKeyId, string secretAccessKey, string? sessionToken)
{
    /// <summary>The access key id.</summary>
    public string AccessKeyId { get; } = accessKeyId;

    /// <summary>The secret access key.</summary>
    public string SecretAccessKey { get; } = secretAccessKey;

    /// <summary>The session token; null for a lasting key.</summary>
    public string? SessionToken { get; } = sessionToken;

    /// <inheritdoc/>
    public override string ToString() => "***";
}
