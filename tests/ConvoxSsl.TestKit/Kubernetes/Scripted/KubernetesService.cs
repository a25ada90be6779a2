using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>Authenticates, authorizes and dispatches requests. The caller holds the store's gate.</summary>
internal sealed class KubernetesService
{
    private readonly IReadOnlyList<ServedResource> _resources;
    private readonly RbacAuthorizer _authorizer;
    private readonly AccessReviews _reviews;
    private readonly Discovery _discovery;
    private readonly ObjectVerbs _verbs;

    public KubernetesService(ObjectStore store, ScriptedKubernetesOptions options)
    {
        _resources = ServedResource.All(options.CertManager != CertManagerVersion.None);
        _authorizer = new RbacAuthorizer(store, _resources);
        _reviews = new AccessReviews(_authorizer);
        _discovery = new Discovery(_resources);
        Lists = new ObjectLists(store);
        var namespaces = _resources.Single(r => r.Kind == "Namespace");
        var writes = new ObjectWrites(store, namespaces, CustomSchema.Load(options.CertManager), options.Time);
        _verbs = new ObjectVerbs(store, Lists, writes, _authorizer);
        foreach (var name in (string[])["default", "kube-node-lease", "kube-public", "kube-system"])
        {
            var request = new RequestInfo { Path = string.Empty, Verb = "create" };
            var value = new JsonObject { ["kind"] = "Namespace", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["name"] = name } };
            writes.Create(namespaces, request, value, Bootstrap);
        }
    }

    public ObjectLists Lists { get; }

    public Dictionary<string, CallerIdentity> Tokens { get; } = new(StringComparer.Ordinal);

    private static KubernetesRequest Bootstrap { get; } = new()
    {
        Method = "POST",
        Path = string.Empty,
        QueryText = string.Empty,
        Query = new Dictionary<string, string>(),
        Headers = new Dictionary<string, string> { ["User-Agent"] = "kube-apiserver" },
        Body = string.Empty,
    };

    public KubernetesResponse Handle(KubernetesRequest call)
    {
        try
        {
            var caller = call.Header("Authorization") is null
                ? CallerIdentity.Anonymous
                : Tokens.GetValueOrDefault(call.Token ?? string.Empty) ?? throw ApiProblem.Unauthorized();
            var request = RequestInfo.Of(call);
            _authorizer.Demand(caller, request);
            return request.IsResource
                ? Route(request, call, caller)
                : _discovery.Respond(call.Path) ?? throw ApiProblem.NoSuchPath(call.Path);
        }
        catch (ApiProblem e)
        {
            return e.Response;
        }
    }

    private KubernetesResponse Route(RequestInfo request, KubernetesRequest call, CallerIdentity caller)
    {
        if (request.Version != "v1" || !_resources.Any(r => r.Group == request.Group))
        {
            throw ApiProblem.NoSuchPath(call.Path);
        }

        var resource = _resources.FirstOrDefault(r => r.Group == request.Group && r.Plural == request.Resource);
        if (resource is null)
        {
            throw request.Group.EndsWith("cert-manager.io", StringComparison.Ordinal)
                ? ApiProblem.NoSuchPath(call.Path)
                : ApiProblem.NoSuchResource();
        }

        if (call.Parameter("dryRun") is { } dryRun && dryRun != "All")
        {
            throw ApiProblem.Invalid(
                $"{OptionsKind(request.Verb)}.meta.k8s.io",
                string.Empty,
                FieldProblem.Unsupported("dryRun", $"[]string{{\"{dryRun}\"}}", "\"All\""));
        }

        if (resource.IsReview)
        {
            return request.Verb == "create"
                ? _reviews.Respond(resource, caller, ObjectVerbs.Read(resource, call))
                : throw ApiProblem.MethodNotAllowed();
        }

        var isServed = request.Subresource switch
        {
            "" => true,
            "status" => resource.HasStatus,
            "finalize" => resource.Kind == "Namespace",
            _ => false,
        };
        return isServed ? _verbs.Respond(resource, request, call, caller) : throw ApiProblem.NoSuchResource();
    }

    private static string OptionsKind(string verb) => verb switch
    {
        "create" => "CreateOptions",
        "update" => "UpdateOptions",
        "patch" => "PatchOptions",
        _ => "DeleteOptions",
    };
}
