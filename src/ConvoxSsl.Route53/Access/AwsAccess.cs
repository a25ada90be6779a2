using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Route53.Api;

namespace ConvoxSsl.Route53.Access;

/// <summary>Who a solver is to AWS: its credentials, its role, its partition, and the clients that use them.</summary>
internal sealed class AwsAccess : IDisposable
{
    private readonly AssumedRoleCredentials? _role;
    private readonly SecurityTokenService _source;
    private readonly SecurityTokenService? _assumed;

    /// <param name="settings">The solver.</param>
    /// <param name="options">What is not the solver's.</param>
    public AwsAccess(Route53Settings settings, Route53Options options)
    {
        var region = settings.Region ?? RegionOf(settings.ProfileName);
        Partition = AwsPartition.Of(settings.Role, region);
        var isOfPartition = region is not null && (settings.Region is not null || AwsPartition.Of(null, region) == Partition);
        Settings = settings;
        var credentials = new AwsCredentialSource(options.AccessKey, settings.ProfileName);
        var stsConfig = SecurityTokenService.Config(isOfPartition ? region! : Partition.Route53Region, settings.ProfileName, options.StsEndpoint);
        _source = new SecurityTokenService(credentials, stsConfig);
        if (settings.Role is not null)
        {
            _role = new AssumedRoleCredentials(_source, settings);
            _assumed = new SecurityTokenService(_role, stsConfig);
        }

        Api = new Route53Client(_role ?? (AWSCredentials)credentials, ApiConfig(Partition, settings, options), Partition);
    }

    /// <summary>Its part of AWS.</summary>
    public AwsPartition Partition { get; }

    /// <summary>The solver.</summary>
    public Route53Settings Settings { get; }

    /// <summary>Route53, as the role or the credentials themselves.</summary>
    public IRoute53Api Api { get; }

    /// <summary>The ARN of the caller before any role.</summary>
    public Task<string> SourceAsync(CancellationToken ct) => _source.CallerAsync(ct);

    /// <summary>The ARN of who calls Route53.</summary>
    public Task<string> CallerAsync(CancellationToken ct) => (_assumed ?? _source).CallerAsync(ct);

    /// <inheritdoc/>
    public void Dispose()
    {
        Api.Dispose();
        _assumed?.Dispose();
        _role?.Dispose();
        _source.Dispose();
    }

    private static Route53ClientConfig ApiConfig(AwsPartition partition, Route53Settings settings, Route53Options options)
    {
        var config = new Route53ClientConfig(partition, settings.ProfileName);
        if (options.Route53Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
        }

        config.MaxErrorRetry = options.Retries ?? config.MaxErrorRetry;
        return config;
    }

    // The named profile's region, else that of the environment; the metadata service is not asked, which may take seconds.
    private static string? RegionOf(string? profileName) =>
        profileName is not null && new CredentialProfileStoreChain().TryGetProfile(profileName, out var profile) && profile.Region is { } region
            ? region.SystemName
            : FallbackRegionFactory.GetRegionEndpoint(false)?.SystemName;
}
