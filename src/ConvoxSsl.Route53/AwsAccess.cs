using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Route53.Access;
using ConvoxSsl.Route53.Api;

namespace ConvoxSsl.Route53;

/// <summary>The AWS identity of a solver: its credentials, role and partition, and the clients that use them.</summary>
internal sealed class AwsAccess : IDisposable
{
    private readonly AssumedRoleCredentials? _role;
    private readonly SecurityTokenService _source;
    private readonly SecurityTokenService? _assumed;

    /// <param name="settings">The solver's settings.</param>
    /// <param name="options">The settings that all solvers share.</param>
    public AwsAccess(Route53Settings settings, Route53Options options)
    {
        var region = settings.Region ?? FindRegion(settings.ProfileName);
        Partition = AwsPartition.Find(settings.Role, region);
        var isInPartition = region is not null && (settings.Region is not null || AwsPartition.Find(null, region) == Partition);
        Settings = settings;
        var credentials = new AwsCredentialSource(options.AccessKey, settings.ProfileName);
        var stsRegion = isInPartition ? region! : Partition.Route53Region;
        var stsConfig = SecurityTokenService.CreateConfig(stsRegion, settings.ProfileName, options.StsEndpoint);
        _source = new SecurityTokenService(credentials, stsConfig);
        if (settings.Role is not null)
        {
            _role = new AssumedRoleCredentials(_source, settings);
            _assumed = new SecurityTokenService(_role, stsConfig);
        }

        Api = new Route53Client(_role ?? (AWSCredentials)credentials, CreateApiConfig(Partition, settings, options), Partition);
    }

    /// <summary>The AWS partition.</summary>
    public AwsPartition Partition { get; }

    /// <summary>The solver's settings.</summary>
    public Route53Settings Settings { get; }

    /// <summary>The Route53 client, which uses the role if there is one.</summary>
    public Route53Client Api { get; }

    /// <summary>Gets the ARN of the credentials' identity, before a role is assumed.</summary>
    public Task<string> GetSourceArnAsync(CancellationToken ct) => _source.GetCallerArnAsync(ct);

    /// <summary>Gets the ARN of the identity that calls Route53.</summary>
    public Task<string> GetCallerArnAsync(CancellationToken ct) => (_assumed ?? _source).GetCallerArnAsync(ct);

    /// <inheritdoc/>
    public void Dispose()
    {
        Api.Dispose();
        _assumed?.Dispose();
        _role?.Dispose();
        _source.Dispose();
    }

    private static Route53ClientConfig CreateApiConfig(AwsPartition partition, Route53Settings settings, Route53Options options)
    {
        var config = new Route53ClientConfig(partition, settings.ProfileName);
        if (options.Route53Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
        }

        config.MaxErrorRetry = options.Retries ?? config.MaxErrorRetry;
        return config;
    }

    // The named profile's region, else the environment's. The metadata service is not queried: that may take seconds.
    private static string? FindRegion(string? profileName) =>
        profileName is not null
        && new CredentialProfileStoreChain().TryGetProfile(profileName, out var profile)
        && profile.Region is { } region
            ? region.SystemName
            : FallbackRegionFactory.GetRegionEndpoint(false)?.SystemName;
}
