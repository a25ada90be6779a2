using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;
using ConvoxSsl.Engine.Dns.Providers.Route53;

namespace ConvoxSsl.Route53.Access;

/// <summary>The credentials before a role is assumed: the given ones, or those that the SDK finds.</summary>
internal sealed class AwsCredentialSource(AwsAccessKey? given, string? profileName) : AWSCredentials
{
    /// <inheritdoc/>
    public override ImmutableCredentials GetCredentials() => throw new NotSupportedException("Use the asynchronous method.");

    /// <inheritdoc/>
    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        if (given is not null)
        {
            return new ImmutableCredentials(given.AccessKeyId, given.SecretAccessKey, given.SessionToken);
        }

        try
        {
            var config = new AmazonSecurityTokenServiceConfig { Profile = profileName is null ? null : new Profile(profileName) };
            var source = FindSsoProfile() ?? await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(config);
            return await source.GetCredentialsAsync();
        }
        catch (Exception e)
            when (e is AmazonClientException or AmazonServiceException or ArgumentException or InvalidOperationException or IOException)
        {
            throw AwsFailure.NoCredentials(profileName, e);
        }
    }

    // The SDK's default chain rejects profiles that use IAM Identity Center, although the SDK can use their token.
    private AWSCredentials? FindSsoProfile()
    {
        var name = profileName ?? Environment.GetEnvironmentVariable("AWS_PROFILE");
        var profiles = new CredentialProfileStoreChain();
        return !string.IsNullOrEmpty(name)
            && profiles.TryGetProfile(name, out var profile)
            && (profile.Options.SsoSession ?? profile.Options.SsoStartUrl) is not null
            && profiles.TryGetAWSCredentials(name, out var credentials)
                ? credentials
                : null;
    }
}

/// <summary>The credentials of the assumed role, renewed before they expire.</summary>
internal sealed class AssumedRoleCredentials : RefreshingAWSCredentials
{
    private readonly SecurityTokenService _tokens;
    private readonly Route53Settings _settings;

    /// <param name="tokens">The STS client that assumes the role.</param>
    /// <param name="settings">The role and its external id.</param>
    public AssumedRoleCredentials(SecurityTokenService tokens, Route53Settings settings)
    {
        (_tokens, _settings) = (tokens, settings);
        PreemptExpiryTime = TimeSpan.FromMinutes(5);
    }

    /// <inheritdoc/>
    protected override CredentialsRefreshState GenerateNewCredentials() => throw new NotSupportedException("Use the asynchronous method.");

    /// <inheritdoc/>
    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        // The SDK passes no cancellation token; the client's own timeout ends the call.
        var role = await _tokens.AssumeAsync(_settings.Role!, _settings.ExternalId, CancellationToken.None);
        var credentials = new ImmutableCredentials(role.AccessKeyId, role.SecretAccessKey, role.SessionToken);
        return new CredentialsRefreshState(credentials, role.Expiration!.Value.ToUniversalTime());
    }
}
