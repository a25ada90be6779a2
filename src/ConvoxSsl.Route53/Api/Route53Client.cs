using System.Globalization;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using ConvoxSsl.Route53.Access;

namespace ConvoxSsl.Route53.Api;

/// <summary>
/// The four calls on the SDK's own pipeline, as its generated clients are built: it signs, retries, slows down when it is
/// throttled and honours the user's endpoint overrides.
/// </summary>
internal sealed class Route53Client : AmazonServiceClient, IRoute53Api
{
    private const string Version = "/2013-04-01";
    private readonly AWSCredentials _credentials;
    private readonly AwsPartition _partition;

    /// <param name="credentials">Who calls.</param>
    /// <param name="config">Where to.</param>
    /// <param name="partition">Whose resources are named in errors.</param>
    public Route53Client(AWSCredentials credentials, Route53ClientConfig config, AwsPartition partition)
        : base(credentials, config) => (_credentials, _partition) = (credentials, partition);

    /// <inheritdoc/>
    public async Task<HostedZonePage> ListHostedZonesByNameAsync(HostedZoneStart start, CancellationToken ct)
    {
        var query = new Dictionary<string, string> { ["dnsname"] = start.DnsName, ["maxitems"] = "100" };
        if (start.Id is { } id)
        {
            query["hostedzoneid"] = id;
        }

        var call = new Route53Call("GET", Version + "/hostedzonesbyname", null) { Query = query };
        return await SendAsync(call, new AwsAction("route53:ListHostedZonesByName", "*"), Route53Xml.ReadHostedZones, ct);
    }

    /// <inheritdoc/>
    public Task<HostedZone> GetHostedZoneAsync(string id, CancellationToken ct) =>
        SendAsync(new Route53Call("GET", Version + "/hostedzone/{Id}", id), Action("GetHostedZone", id), Route53Xml.ReadOneHostedZone, ct);

    /// <inheritdoc/>
    public async Task<RecordSetPage> ListResourceRecordSetsAsync(string zoneId, RecordSetStart start, CancellationToken ct)
    {
        var call = new Route53Call("GET", Version + "/hostedzone/{Id}/rrset", zoneId)
        {
            Query = new Dictionary<string, string>
            {
                ["name"] = start.Name,
                ["type"] = start.Type,
                ["maxitems"] = start.MaxItems.ToString(CultureInfo.InvariantCulture),
            },
        };
        return await SendAsync(call, Action("ListResourceRecordSets", zoneId), Route53Xml.ReadRecordSets, ct);
    }

    /// <inheritdoc/>
    public async Task<ChangeOutcome> ChangeResourceRecordSetsAsync(string zoneId, IReadOnlyList<RecordChange> changes, CancellationToken ct)
    {
        var call = new Route53Call("POST", Version + "/hostedzone/{Id}/rrset/", zoneId) { Body = Route53Xml.WriteChanges(changes) };
        try
        {
            return await SendAsync(
                call, Action("ChangeResourceRecordSets", zoneId), root => new ChangeOutcome(Route53Xml.BareId(Route53Xml.ReadChange(root, "Id")), null), ct);
        }
        catch (ChangeRefusedException refused)
        {
            return new ChangeOutcome(null, refused.Message);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> IsInSyncAsync(string changeId, CancellationToken ct)
    {
        var call = new Route53Call("GET", Version + "/change/{Id}", changeId);
        return await SendAsync(
            call, new AwsAction("route53:GetChange", _partition.Arn("route53:::change/*")), root => Route53Xml.ReadChange(root, "Status") == "INSYNC", ct);
    }

    /// <inheritdoc/>
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new BaseEndpointResolver());
        pipeline.AddHandlerAfter<RetryHandler>(new SignatureVersion4());
        AsyncCredentials.AddTo(pipeline);
        BoundedResponses.AddTo(pipeline);
    }

    private AwsAction Action(string name, string zoneId) => new("route53:" + name, _partition.Arn("route53:::hostedzone/" + zoneId));

    private async Task<T> SendAsync<T>(Route53Call call, AwsAction action, Func<XElement, T> read, CancellationToken ct)
    {
        var options = new InvokeOptions { RequestMarshaller = new Route53Marshaller(), ResponseUnmarshaller = new Route53Unmarshaller() };
        try
        {
            return read((await InvokeAsync<Route53Answer>(call, options, ct)).Root);
        }
        catch (AmazonServiceException e) when (e.ErrorCode == "InvalidChangeBatch" && call.Body is not null)
        {
            throw new ChangeRefusedException(AwsFailure.Words(e, _credentials));
        }
        catch (Exception e) when (AwsFailure.Covers(e, ct))
        {
            throw AwsFailure.Of(e, action, _credentials);
        }
    }

    private sealed class SignatureVersion4 : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
    }

    private sealed class ChangeRefusedException(string message) : Exception(message);
}
