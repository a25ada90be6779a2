using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Route53.Access;

/// <summary>The calls of STS, as one identity.</summary>
/// <param name="credentials">Who calls.</param>
/// <param name="config">Where to.</param>
internal sealed class SecurityTokenService(AWSCredentials credentials, AmazonSecurityTokenServiceConfig config) : IDisposable
{
    private const string SessionName = "ConvoxSsl";
    private readonly Client _client = new(credentials, config);

    /// <summary>The settings for a region; the SDK reads <c>AWS_ENDPOINT_URL_STS</c> and the profile's override itself.</summary>
    public static AmazonSecurityTokenServiceConfig Config(string region, string? profileName, Uri? endpoint)
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

    /// <summary>The ARN of the caller.</summary>
    public async Task<string> CallerAsync(CancellationToken ct)
    {
        try
        {
            return (await _client.GetCallerIdentityAsync(new GetCallerIdentityRequest(), ct)).Arn is { Length: > 0 } arn
                ? arn
                : throw AwsFailure.Malformed(new AwsAction("sts:GetCallerIdentity", "*"), "It names no caller.");
        }
        catch (Exception e) when (AwsFailure.Covers(e, ct))
        {
            throw AwsFailure.Of(e, new AwsAction("sts:GetCallerIdentity", "*"), credentials);
        }
    }

    /// <summary>Credentials of a role for an hour.</summary>
    public async Task<Credentials> AssumeAsync(string role, string? externalId, CancellationToken ct)
    {
        var request = new AssumeRoleRequest { RoleArn = role, RoleSessionName = SessionName, ExternalId = externalId };
        try
        {
            if ((await _client.AssumeRoleAsync(request, ct)).Credentials is not { AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0, SessionToken.Length: > 0, Expiration: { } end } credentials)
            {
                throw AwsFailure.Malformed(new AwsAction("sts:AssumeRole", role), "It holds no credentials.");
            }

            // The SDK would refuse them with its own words.
            return end.ToUniversalTime() > TimeProvider.System.GetUtcNow()
                ? credentials
                : throw AwsFailure.Malformed(new AwsAction("sts:AssumeRole", role), $"Its credentials expired at {end.ToUniversalTime():u}. Is the clock of this machine right?");
        }
        catch (AmazonServiceException e) when (AwsFailure.IsDenied(e))
        {
            throw await NotAssumableAsync(role, externalId is not null, ct);
        }
        catch (Exception e) when (AwsFailure.Covers(e, ct))
        {
            throw AwsFailure.Of(e, new AwsAction("sts:AssumeRole", role), credentials);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // AWS does not tell which side refuses, so both statements are shown.
    private async Task<EngineException> NotAssumableAsync(string role, bool externalId, CancellationToken ct)
    {
        string? caller = null;
        try
        {
            caller = await CallerAsync(ct);
        }
        catch (EngineException)
        {
            // The remedy is worth less without the caller's name, but is one.
        }

        var principal = caller is null ? null : AwsCaller.RoleOf(caller) ?? caller;
        var idNote = externalId
            ? "the external id must be the one that the policy asks for"
            : "where the policy asks for an external id, give it to the solver with -ExternalId";
        return new EngineException(
            ErrorCode.DnsRoleNotAssumable,
            EngineErrorKind.Denied,
            $"{caller ?? "The AWS identity"} may not assume the role {role}. The role's trust policy needs this statement: {AwsAction.TrustStatement(principal, externalId)} ({idNote}). "
                + $"The caller's own policy needs this one: {new AwsAction("sts:AssumeRole", role).PolicyStatement}",
            role);
    }

    private sealed class Client(AWSCredentials credentials, AmazonSecurityTokenServiceConfig config)
        : AmazonSecurityTokenServiceClient(credentials, config)
    {
        protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
        {
            base.CustomizeRuntimePipeline(pipeline);
            AsyncCredentials.AddTo(pipeline);
            BoundedResponses.AddTo(pipeline);
        }
    }
}
