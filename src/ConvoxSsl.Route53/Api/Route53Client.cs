using System.Globalization;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using ConvoxSsl.Route53.Access;

namespace ConvoxSsl.Route53.Api;

/// <summary>
/// The Route53 requests that the provider needs, on the SDK's own pipeline like its generated clients: it signs, retries, slows
/// down when throttled and honours the user's endpoint overrides. Failures are <see cref="Engine.EngineException"/>; names are
/// as the API writes them, with the final dot.
/// </summary>
internal sealed class Route53Client : AmazonServiceClient
{
    private const string Version = "/2013-04-01";
    private readonly AwsPartition _partition;
    private readonly AsyncCredentials _keys = new();

    /// <param name="credentials">The credentials that sign the requests.</param>
    /// <param name="config">The endpoint, retries and timeouts.</param>
    /// <param name="partition">The partition of the resources that errors name.</param>
    public Route53Client(AWSCredentials credentials, Route53ClientConfig config, AwsPartition partition)
        : base(credentials, config) => _partition = partition;

    /// <summary>Gets a page of the hosted zones from a name onward.</summary>
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

    /// <summary>Gets a hosted zone with its name servers.</summary>
    public Task<HostedZone> GetHostedZoneAsync(string id, CancellationToken ct) =>
        SendAsync(
            new Route53Call("GET", Version + "/hostedzone/{Id}", id), CreateAction("GetHostedZone", id), Route53Xml.ReadOneHostedZone, ct);

    /// <summary>Gets a page of the record sets from a name and type onward.</summary>
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
        return await SendAsync(call, CreateAction("ListResourceRecordSets", zoneId), Route53Xml.ReadRecordSets, ct);
    }

    /// <summary>Sends a change batch, which is applied completely or not at all.</summary>
    public async Task<ChangeOutcome> ChangeResourceRecordSetsAsync(
        string zoneId, IReadOnlyList<RecordChange> changes, CancellationToken ct)
    {
        var call = new Route53Call("POST", Version + "/hostedzone/{Id}/rrset/", zoneId) { Body = Route53Xml.WriteChanges(changes) };
        try
        {
            return await SendAsync(
                call,
                CreateAction("ChangeResourceRecordSets", zoneId),
                root => new ChangeOutcome(Route53Xml.TrimId(Route53Xml.ReadChange(root, "Id")), null),
                ct);
        }
        catch (ChangeRejectedException rejected)
        {
            return new ChangeOutcome(null, rejected.Message);
        }
    }

    /// <summary>Gets whether all of Route53's servers have a change.</summary>
    public async Task<bool> IsInSyncAsync(string changeId, CancellationToken ct)
    {
        var call = new Route53Call("GET", Version + "/change/{Id}", changeId);
        var action = new AwsAction("route53:GetChange", _partition.CreateArn("route53:::change/*"));
        return await SendAsync(call, action, root => Route53Xml.ReadChange(root, "Status") == "INSYNC", ct);
    }

    /// <inheritdoc/>
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new BaseEndpointResolver());
        pipeline.AddHandlerAfter<RetryHandler>(new SignatureVersion4());
        _keys.AddTo(pipeline);
        BoundedResponses.AddTo(pipeline);
    }

    private AwsAction CreateAction(string name, string zoneId) =>
        new("route53:" + name, _partition.CreateArn("route53:::hostedzone/" + zoneId));

    private async Task<T> SendAsync<T>(Route53Call call, AwsAction action, Func<XElement, T> read, CancellationToken ct)
    {
        var options = new InvokeOptions { RequestMarshaller = new Route53Marshaller(), ResponseUnmarshaller = new Route53Unmarshaller() };
        try
        {
            return read((await InvokeAsync<Route53Response>(call, options, ct)).Root);
        }
        catch (AmazonServiceException e) when (e.ErrorCode == "InvalidChangeBatch" && call.Body is not null)
        {
            throw new ChangeRejectedException(AwsFailure.Redact(e, _keys.Secrets));
        }
        catch (Exception e) when (AwsFailure.IsRequestFailure(e, ct))
        {
            throw AwsFailure.Convert(e, action, _keys.Secrets);
        }
    }

    private sealed class SignatureVersion4 : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
    }

    private sealed class ChangeRejectedException(string message) : Exception(message);
}
