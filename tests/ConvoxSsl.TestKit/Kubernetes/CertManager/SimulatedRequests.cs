using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.CertManager;

/// <summary>The CertificateRequests, Orders and Challenges of Certificates.</summary>
internal sealed class SimulatedRequests(KubernetesApi api, string namespaceName, TimeProvider time)
{
    private const string Core = "cert-manager.io/v1";
    private const string Acme = "acme.cert-manager.io/v1";
    private const string RevisionAnnotation = "cert-manager.io/certificate-revision";

    /// <summary>The outcome of a request.</summary>
    internal sealed record Outcome(JsonObject Request, (string Reason, string Message)? Failure);

    /// <summary>Advances the request for the next revision by one step.</summary>
    /// <returns>The outcome; null while the request continues.</returns>
    public async Task<Outcome?> AdvanceAsync(JsonObject certificate, JsonObject issuing, CertManagerPlan plan, CancellationToken ct)
    {
        if (await FindRequestAsync(certificate, issuing, ct) is not { } request)
        {
            await MakeRequestAsync(certificate, ct);
            return null;
        }

        if (plan.Until == CertManagerStage.Requested)
        {
            return plan.IsFailing ? await FailRequestAsync(request, plan.Condition!, plan.Reason!, ct) : null;
        }

        if (await FindOwnedAsync(Acme, "orders", request, ct) is not { Count: > 0 } orders)
        {
            await MakeOrderAsync(certificate, request, ct);
            return null;
        }

        var order = orders[0];
        if (plan.Until == CertManagerStage.Ordered)
        {
            return await FailOrderAsync(request, order, "errored", plan.Reason, ct);
        }

        if (await FindOwnedAsync(Acme, "challenges", order, ct) is not { Count: > 0 } challenges)
        {
            await MakeChallengesAsync(certificate, order, ct);
            return null;
        }

        if (plan.Until == CertManagerStage.Challenged)
        {
            await WriteReasonsAsync(challenges, plan, ct);
            return plan.IsFailing ? await FailOrderAsync(request, order, "invalid", null, ct) : null;
        }

        return new Outcome(request, null);
    }

    /// <summary>Marks a request as complete.</summary>
    public async Task CompleteAsync(JsonObject request, CancellationToken ct)
    {
        Conditions.Set(request, "Ready", "True", "Issued", "Certificate fetched from issuer successfully", time);
        await api.ReplaceStatusAsync(request, ct);
    }

    private async Task<JsonObject?> FindRequestAsync(JsonObject certificate, JsonObject issuing, CancellationToken ct)
    {
        var next = NextRevision(certificate);
        foreach (var request in await FindOwnedAsync(Core, "certificaterequests", certificate, ct))
        {
            if ((string?)request["metadata"]!["annotations"]?[RevisionAnnotation] != next)
            {
                continue;
            }

            // The failure of the previous attempt.
            if ((string?)request["status"]?["failureTime"] is { } failures && string.CompareOrdinal(
                failures, (string?)issuing["lastTransitionTime"]) <= 0)
            {
                await api.DeleteAsync(KubernetesKinds.Path(request), ct);
                continue;
            }

            return request;
        }

        return null;
    }

    private static string NextRevision(JsonObject certificate) =>
        (((int?)certificate["status"]?["revision"] ?? 0) + 1).ToString(CultureInfo.InvariantCulture);

    private async Task MakeRequestAsync(JsonObject certificate, CancellationToken ct)
    {
        var request = Owned(Core, "CertificateRequest", certificate, new JsonObject
        {
            ["issuerRef"] = certificate["spec"]!["issuerRef"]!.DeepClone(),
            ["request"] = Base64("-----BEGIN CERTIFICATE REQUEST-----"),
            ["usages"] = new JsonArray("digital signature", "key encipherment"),
        });
        var annotations = request["metadata"]!["annotations"]!.AsObject();
        annotations["cert-manager.io/certificate-name"] = (string)certificate["metadata"]!["name"]!;
        annotations[RevisionAnnotation] = NextRevision(certificate);
        annotations["cert-manager.io/private-key-secret-name"] = $"{certificate["metadata"]!["name"]}-next";
        var created = await api.CreateAsync(request, ct);
        Conditions.Set(created, "Ready", "False", "Pending", "Waiting on certificate issuance", time);
        await api.ReplaceStatusAsync(created, ct);
    }

    private async Task MakeOrderAsync(JsonObject certificate, JsonObject request, CancellationToken ct)
    {
        var order = Owned(Acme, "Order", request, new JsonObject
        {
            ["issuerRef"] = certificate["spec"]!["issuerRef"]!.DeepClone(),
            ["dnsNames"] = certificate["spec"]!["dnsNames"]!.DeepClone(),
            ["request"] = (string)request["spec"]!["request"]!,
        });
        order["metadata"]!["annotations"] = request["metadata"]!["annotations"]!.DeepClone();
        var created = await api.CreateAsync(order, ct);
        created["status"] = new JsonObject
        {
            ["state"] = "pending",
            ["url"] = "https://acme.example.org/order/1",
            ["finalizeURL"] = "https://acme.example.org/order/1/finalize",
        };
        await api.ReplaceStatusAsync(created, ct);
        Conditions.Set(request, "Approved", "True", "cert-manager.io", "Certificate request has been approved by cert-manager.io", time);
        Conditions.Set(
            request,
            "Ready",
            "False",
            "Pending",
            $"Waiting on certificate issuance from order {namespaceName}/{created["metadata"]!["name"]}: \"pending\"",
            time);
        await api.ReplaceStatusAsync(request, ct);
    }

    private async Task MakeChallengesAsync(JsonObject certificate, JsonObject order, CancellationToken ct)
    {
        foreach (var name in certificate["spec"]!["dnsNames"]!.AsArray().Select(n => (string)n!))
        {
            var isWildcard = name.StartsWith("*.", StringComparison.Ordinal);
            var created = await api.CreateAsync(
                Owned(Acme, "Challenge", order, new JsonObject
                {
                    ["authorizationURL"] = "https://acme.example.org/authz/1",
                    ["url"] = "https://acme.example.org/challenge/1",
                    ["dnsName"] = isWildcard ? name[2..] : name,
                    ["wildcard"] = isWildcard,
                    ["type"] = isWildcard ? "DNS-01" : "HTTP-01",
                    ["token"] = "token-of-the-challenge",
                    ["key"] = "token-of-the-challenge.thumbprint",
                    ["issuerRef"] = certificate["spec"]!["issuerRef"]!.DeepClone(),
                    ["solver"] = isWildcard
                        ? new JsonObject { ["dns01"] = new JsonObject { ["route53"] = new JsonObject { ["region"] = "us-east-1" } } }
                        : new JsonObject { ["http01"] = new JsonObject { ["ingress"] = new JsonObject { ["class"] = "nginx" } } },
                }),
                ct);
            created["status"] = new JsonObject { ["state"] = "pending", ["presented"] = true, ["processing"] = true };
            await api.ReplaceStatusAsync(created, ct);
        }
    }

    private async Task WriteReasonsAsync(IReadOnlyList<JsonObject> challenges, CertManagerPlan plan, CancellationToken ct)
    {
        foreach (var challenge in challenges)
        {
            var status = challenge["status"]!.AsObject();
            var (state, reason) = (
                plan.State ?? (plan.IsFailing ? "invalid" : "pending"),
                plan.Reason?.Replace("{name}", (string)challenge["spec"]!["dnsName"]!, StringComparison.Ordinal));
            if ((string?)status["state"] != state || (string?)status["reason"] != reason)
            {
                (status["state"], status["reason"]) = (state, reason);
                await api.ReplaceStatusAsync(challenge, ct);
            }
        }
    }

    private async Task<Outcome> FailOrderAsync(JsonObject request, JsonObject order, string state, string? reason, CancellationToken ct)
    {
        var status = order["status"]!.AsObject();
        (status["state"], status["failureTime"]) = (state, Conditions.Text(time.GetUtcNow()));
        if (reason is not null)
        {
            status["reason"] = reason;
        }

        await api.ReplaceStatusAsync(order, ct);
        return await FailRequestAsync(
            request,
            "Ready",
            $"Failed to wait for order resource \"{order["metadata"]!["name"]}\" to become ready: order is in \"{state}\" state: {reason}",
            ct);
    }

    private async Task<Outcome> FailRequestAsync(JsonObject request, string condition, string message, CancellationToken ct)
    {
        if (condition != "Ready")
        {
            Conditions.Set(request, condition, "True", condition == "Denied" ? "policy.cert-manager.io" : "InvalidRequest", message, time);
        }

        Conditions.Set(
            request,
            "Ready",
            "False",
            condition == "Denied" ? "Denied" : "Failed",
            condition == "Denied" ? "The CertificateRequest was denied by an approval controller" : message,
            time);
        request["status"]!["failureTime"] = Conditions.Text(time.GetUtcNow());
        await api.ReplaceStatusAsync(request, ct);
        return new Outcome(request, (condition == "Ready" ? "Failed" : condition, message));
    }

    private async Task<IReadOnlyList<JsonObject>> FindOwnedAsync(string version, string plural, JsonObject owner, CancellationToken ct)
    {
        var kind = plural switch { "orders" => "Order", "challenges" => "Challenge", _ => "CertificateRequest" };
        var uid = (string)owner["metadata"]!["uid"]!;
        var owned = (await api.ListAsync(KubernetesKinds.ListPath(version, plural, namespaceName), ct))
            .Where(o => (o["metadata"]!["ownerReferences"] as JsonArray ?? []).Any(r => (string?)r!["uid"] == uid)).ToList();
        foreach (var item in owned)
        {
            (item["apiVersion"], item["kind"]) = (version, kind);
        }

        return owned;
    }

    private JsonObject Owned(string version, string kind, JsonObject owner, JsonObject spec) => new()
    {
        ["apiVersion"] = version,
        ["kind"] = kind,
        ["metadata"] = new JsonObject
        {
            ["name"] = $"{owner["metadata"]!["name"]}-{RandomNumberGenerator.GetHexString(5, lowercase: true)}",
            ["namespace"] = namespaceName,
            ["annotations"] = new JsonObject(),
            ["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = (string)owner["apiVersion"]!,
                ["kind"] = (string)owner["kind"]!,
                ["name"] = (string)owner["metadata"]!["name"]!,
                ["uid"] = (string)owner["metadata"]!["uid"]!,
                ["controller"] = true,
                ["blockOwnerDeletion"] = true,
            }),
        },
        ["spec"] = spec,
    };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
