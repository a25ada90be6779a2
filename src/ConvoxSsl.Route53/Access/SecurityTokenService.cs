using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Route53.Access;

/// <summary>The STS requests of one identity.</summary>
/// <param name="credentials">The credentials that sign the requests.</param>
/// <param name="config">The endpoint and timeouts.</param>
internal sealed class SecurityTokenService(AWSCredentials credentials, AmazonSecurityTokenServiceConfig config) : IDisposable
{
    private const string SessionName = "ConvoxSsl";
    private readonly Client _client = new(credentials, config);

    /// <summary>
    /// Creates the configuration for a region. The SDK reads <c>AWS_ENDPOINT_URL_STS</c> and the profile's override itself.
    /// </summary>
    public static AmazonSecurityTokenServiceConfig CreateConfig(string region, string? profileName, Uri? endpoint)
    {
        var config = new AmazonSecurityTokenServiceConfig
        {
            RegionEndpoint = RegionEndpoint.GetBySystemName(region),
            AuthenticationRegion = region,
            Profile = profileName is null ? null : new Profile(profileName),
            Timeout = TimeSpan.FromSeconds(30),
        };
        if (endpoint is not null)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
        }

        return config;
    }

    /// <summary>Gets the ARN of the caller.</summary>
    public async Task<string> GetCallerArnAsync(CancellationToken ct)
    {
        try
        {
            return (await _client.GetCallerIdentityAsync(new GetCallerIdentityRequest(), ct)).Arn is { Length: > 0 } arn
                ? arn
                : throw AwsFailure.Malformed(new AwsAction("sts:GetCallerIdentity", "*"), "It contains no caller.");
        }
        catch (Exception e) when (AwsFailure.IsRequestFailure(e, ct))
        {
            throw AwsFailure.Convert(e, new AwsAction("sts:GetCallerIdentity", "*"), _client.Secrets);
        }
    }

    /// <summary>Assumes a role and gets its credentials for an hour.</summary>
    public async Task<Credentials> AssumeAsync(string role, string? externalId, CancellationToken ct)
    {
        var request = new AssumeRoleRequest { RoleArn = role, RoleSessionName = SessionName, ExternalId = externalId };
        try
        {
            var response = await _client.AssumeRoleAsync(request, ct);
            if (response.Credentials is not
                {
                    AccessKeyId.Length: > 0,
                    SecretAccessKey.Length: > 0,
                    SessionToken.Length: > 0,
                    Expiration: { } end,
                } credentials)
            {
                throw AwsFailure.Malformed(new AwsAction("sts:AssumeRole", role), "It contains no credentials.");
            }

            // Otherwise the SDK would reject them with a message of its own.
            return end.ToUniversalTime() > TimeProvider.System.GetUtcNow()
                ? credentials
                : throw AwsFailure.Malformed(
                    new AwsAction("sts:AssumeRole", role),
                    $"Its credentials expired at {end.ToUniversalTime():u}.",
                    "Check the clock of this machine.");
        }
        catch (AmazonServiceException e) when (AwsFailure.IsDenied(e))
        {
            throw await CreateNotAssumableAsync(role, externalId is not null, ct);
        }
        catch (Exception e) when (AwsFailure.IsRequestFailure(e, ct))
        {
            throw AwsFailure.Convert(e, new AwsAction("sts:AssumeRole", role), _client.Secrets);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // AWS does not say which policy denies it, so both statements are shown.
    private async Task<EngineException> CreateNotAssumableAsync(string role, bool hasExternalId, CancellationToken ct)
    {
        string? caller = null;
        try
        {
            caller = await GetCallerArnAsync(ct);
        }
        catch (EngineException)
        {
            // The advice is still useful without the caller's ARN.
        }

        var principal = caller is null ? null : AwsCaller.GetRole(caller) ?? caller;
        return new EngineException(
            ErrorCode.DnsRoleNotAssumable,
            EngineErrorKind.Denied,
            $"{caller ?? "The AWS identity"} is not allowed to assume the role {role}.",
            role)
        {
            Remedy = new Remedy(
                hasExternalId ? "DnsRoleNotAssumable.WithExternalId" : ErrorCode.DnsRoleNotAssumable,
                AwsAction.CreateTrustStatement(principal, hasExternalId),
                new AwsAction("sts:AssumeRole", role).PolicyStatement),
        };
    }

    private sealed class Client(AWSCredentials credentials, AmazonSecurityTokenServiceConfig config)
        : AmazonSecurityTokenServiceClient(credentials, config)
    {
        private readonly AsyncCredentials _keys = new();

        public IReadOnlyList<string> Secrets => _keys.Secrets;

        protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
        {
            base.CustomizeRuntimePipeline(pipeline);
            _keys.AddTo(pipeline);
            BoundedResponses.AddTo(pipeline);
        }
    }
}
