using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util.Internal;
using ConvoxSsl.Route53.Access;

namespace ConvoxSsl.Route53.Api;

/// <summary>
/// The settings of <see cref="Route53Client"/>. The SDK reads endpoint overrides for the service id, so
/// <c>AWS_ENDPOINT_URL_ROUTE_53</c>, <c>AWS_ENDPOINT_URL</c> and the profile's apply.
/// </summary>
internal sealed class Route53ClientConfig : ClientConfig
{
    // Route53 takes five requests a second from a whole account, so that the SDK's two are soon used up in a busy one.
    // More would let a user wait for minutes where there is no network.
    private const int Retries = 5;

    /// <param name="partition">Whose endpoint is called.</param>
    /// <param name="profileName">The profile that may override the endpoint.</param>
    public Route53ClientConfig(AwsPartition partition, string? profileName)
        : base(new DefaultSettings())
    {
        ServiceId = "Route 53";
        AuthenticationServiceName = "route53";
        AuthenticationRegion = partition.Route53Region;
        RegionEndpoint = RegionEndpoint.GetBySystemName(partition.Route53Region);
        Profile = profileName is null ? null : new Profile(profileName);
        EndpointProvider = new PartitionEndpoint(this, partition);
        ClientAppId ??= "ConvoxSsl";
        MaxErrorRetry = Math.Max(MaxErrorRetry, Retries);
        Timeout = TimeSpan.FromSeconds(30);
    }

    /// <inheritdoc/>
    public override string ServiceVersion => "2013-04-01";

    /// <inheritdoc/>
    public override string RegionEndpointServiceName => "route53";

    /// <inheritdoc/>
    public override string UserAgent { get; } = InternalSDKUtils.BuildUserAgentString("Route_53", typeof(Route53ClientConfig).Assembly.GetName().Version!.ToString(3));

    /// <inheritdoc/>
    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        EndpointProvider.ResolveEndpoint(new EndpointParameters());

    // Route53 has one endpoint a partition, whatever the region.
    private sealed class PartitionEndpoint(ClientConfig config, AwsPartition partition) : IEndpointProvider
    {
        public Endpoint ResolveEndpoint(EndpointParameters parameters) =>
            new(config.ServiceURL ?? ((config.UseFIPSEndpoint ? partition.FipsEndpoint : null) ?? partition.Route53Endpoint).AbsoluteUri);
    }

    private sealed class DefaultSettings : IDefaultConfigurationProvider, IDefaultConfiguration
    {
        public DefaultConfigurationMode Name => DefaultConfigurationMode.Standard;

        public RequestRetryMode RetryMode => RequestRetryMode.Standard;

        public S3UsEast1RegionalEndpointValue S3UsEast1RegionalEndpoint => S3UsEast1RegionalEndpointValue.Regional;

        public TimeSpan? ConnectTimeout => null;

        public TimeSpan? TlsNegotiationTimeout => null;

        public TimeSpan? TimeToFirstByteTimeout => null;

        public TimeSpan? HttpRequestTimeout => null;

        public IDefaultConfiguration GetDefaultConfiguration(RegionEndpoint clientRegion, DefaultConfigurationMode? requestedConfigurationMode) => this;
    }
}
