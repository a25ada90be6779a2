using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Route53.Access;

/// <summary>The credentials before any role: those given, or what the SDK finds, when it is first asked.</summary>
internal sealed class AwsCredentialSource(AwsAccessKey? given, string? profileName) : AWSCredentials, IKnownSecrets
{
    private volatile IReadOnlyList<string> _secrets = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Secrets => _secrets;

    /// <inheritdoc/>
    public override ImmutableCredentials GetCredentials() => throw new NotSupportedException("Only asked asynchronously.");

    /// <inheritdoc/>
    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        var credentials = await FindAsync();
        _secrets = IKnownSecrets.Of(credentials);
        return credentials;
    }

    private async Task<ImmutableCredentials> FindAsync()
    {
        if (given is not null)
        {
            return new ImmutableCredentials(given.AccessKeyId, given.SecretAccessKey, given.SessionToken);
        }

        try
        {
            var config = new AmazonSecurityTokenServiceConfig { Profile = profileName is null ? null : new Profile(profileName) };
            var source = SsoProfile() ?? await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(config);
            return await source.GetCredentialsAsync();
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or ArgumentException or InvalidOperationException or IOException)
        {
            throw AwsFailure.NoCredentials(profileName, e);
        }
    }

    // The SDK's default chain refuses profiles that sign in through IAM Identity Center, though it can use their token.
    private AWSCredentials? SsoProfile()
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

/// <summary>The credentials of the assumed role, renewed before they end.</summary>
internal sealed class AssumedRoleCredentials : RefreshingAWSCredentials, IKnownSecrets
{
    private volatile IReadOnlyList<string> _secrets = [];
    private readonly SecurityTokenService _tokens;
    private readonly Route53Settings _settings;

    /// <param name="tokens">What assumes it.</param>
    /// <param name="settings">The role and its external id.</param>
    public AssumedRoleCredentials(SecurityTokenService tokens, Route53Settings settings)
    {
        (_tokens, _settings) = (tokens, settings);
        PreemptExpiryTime = TimeSpan.FromMinutes(5);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Secrets => _secrets;

    /// <inheritdoc/>
    protected override CredentialsRefreshState GenerateNewCredentials() => throw new NotSupportedException("Only asked asynchronously.");

    /// <inheritdoc/>
    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        // The SDK hands no token in here; the client's own time limit ends the call.
        var role = await _tokens.AssumeAsync(_settings.Role!, _settings.ExternalId, CancellationToken.None);
        var credentials = new ImmutableCredentials(role.AccessKeyId, role.SecretAccessKey, role.SessionToken);
        _secrets = IKnownSecrets.Of(credentials);
        return new CredentialsRefreshState(credentials, role.Expiration!.Value.ToUniversalTime());
    }
}
