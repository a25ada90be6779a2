using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>Evaluates access reviews (authorization.k8s.io).</summary>
internal sealed class AccessReviews(RbacAuthorizer authorizer)
{
    public KubernetesResponse Respond(ServedResource resource, CallerIdentity caller, JsonObject review)
    {
        var response = new JsonObject
        {
            ["kind"] = resource.Kind,
            ["apiVersion"] = resource.ApiVersion,
            ["metadata"] = new JsonObject { ["creationTimestamp"] = null },
            ["spec"] = resource.Kind == "SelfSubjectAccessReview" ? review["spec"]?.DeepClone() ?? new JsonObject() : new JsonObject(),
            ["status"] = resource.Kind == "SelfSubjectAccessReview" ? Access(caller, review) : Rules(caller, review),
        };
        return KubernetesResponse.Of(response, 201);
    }

    private JsonObject Access(CallerIdentity caller, JsonObject review)
    {
        RequestInfo request;
        if (review["spec"]?["resourceAttributes"] is JsonObject resource)
        {
            string Of(string name) => ApiObject.Text(resource[name]) ?? string.Empty;
            request = new RequestInfo
            {
                IsResource = true,
                Path = string.Empty,
                Verb = Of("verb"),
                Group = Of("group"),
                Resource = Of("resource"),
                Subresource = Of("subresource"),
                Namespace = Of("namespace"),
                Name = Of("name"),
            };
        }
        else
        {
            var path = review["spec"]?["nonResourceAttributes"] as JsonObject
                ?? throw ApiProblem.Invalid("SelfSubjectAccessReview.authorization.k8s.io", string.Empty, FieldProblem.Invalid(
                    "spec.resourceAttributes",
                    "v1.ResourceAttributes(nil)",
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
            request = new RequestInfo
            {
                Path = ApiObject.Text(path["path"]) ?? string.Empty,
                Verb = ApiObject.Text(path["verb"]) ?? string.Empty,
            };
        }

        var status = new JsonObject { ["allowed"] = authorizer.IsAllowed(caller, request, out var reason) };
        if (reason.Length > 0)
        {
            status["reason"] = reason;
        }

        return status;
    }

    private JsonObject Rules(CallerIdentity caller, JsonObject review)
    {
        var space = ApiObject.Text(review["spec"]?["namespace"]) is { Length: > 0 } name
            ? name
            : throw ApiProblem.BadRequest("no namespace on request");
        var (resources, others) = (new JsonArray(), new JsonArray());
        if (caller.Groups.Contains(CallerIdentity.Masters))
        {
            resources.Add(
                new JsonObject { ["verbs"] = new JsonArray("*"), ["apiGroups"] = new JsonArray("*"), ["resources"] = new JsonArray("*") });
            others.Add(new JsonObject { ["verbs"] = new JsonArray("*"), ["nonResourceURLs"] = new JsonArray("*") });
        }

        foreach (var grant in authorizer.Grants(caller, space))
        {
            (grant.Rule.ContainsKey("nonResourceURLs") ? others : resources).Add(grant.Rule.DeepClone());
        }

        return new JsonObject { ["resourceRules"] = resources, ["nonResourceRules"] = others, ["incomplete"] = false };
    }
}
