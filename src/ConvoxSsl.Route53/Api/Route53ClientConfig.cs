using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util.Internal;
using ConvoxSsl.Route53.Access;

namespace ConvoxSsl.Route53.Api;

/// <summary>
/// The configuration of <see cref="Route53Client"/>. The SDK reads endpoint overrides for the service id, so
/// <c>AWS_ENDPOINT_URL_ROUTE_53</c>, <c>AWS_ENDPOINT_URL</c> and the profile's apply.
/// </summary>
internal sealed class Route53ClientConfig : ClientConfig
{
    // Route53 accepts five requests per second from a whole account, so the SDK's two retries are not enough in a busy one.
    // More would delay the error for minutes if there is no network.
    private const int MinRetries = 5;

    /// <param name="partition">The partition whose endpoint is used.</param>
    /// <param name="profileName">The profile that can override the endpoint.</param>
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
        MaxErrorRetry = Math.Max(MaxErrorRetry, MinRetries);
        Timeout = TimeSpan.FromSeconds(30);
    }

    /// <inheritdoc/>
    public override string ServiceVersion => "2013-04-01";

    /// <inheritdoc/>
    public override string RegionEndpointServiceName => "route53";

    /// <inheritdoc/>
    public override string UserAgent { get; } =
        InternalSDKUtils.BuildUserAgentString("Route_53", typeof(Route53ClientConfig).Assembly.GetName().Version!.ToString(3));

    /// <inheritdoc/>
    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        EndpointProvider.ResolveEndpoint(new EndpointParameters());

    // Route53 has one endpoint per partition, regardless of the region.
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

        public IDefaultConfiguration GetDefaultConfiguration(
            RegionEndpoint clientRegion, DefaultConfigurationMode? requestedConfigurationMode) => this;
    }
}
