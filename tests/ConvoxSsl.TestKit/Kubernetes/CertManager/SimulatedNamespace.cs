using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.CertManager;

/// <summary>The Certificates of a namespace, as cert-manager's controllers advance them.</summary>
internal sealed class SimulatedNamespace(
    KubernetesApi api, string namespaceName, Func<string, CertManagerPlan> decide, bool ownsSecrets, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromDays(90);

    private readonly TestIssuer _issuer = new(time.GetUtcNow());
    private readonly SimulatedSecrets _secrets = new(api, namespaceName, ownsSecrets);
    private readonly SimulatedRequests _requests = new(api, namespaceName, time);
    private int _rounds;

    public ConcurrentQueue<string> Issued { get; } = new();

    public int Rounds => Volatile.Read(ref _rounds);

    /// <summary>Advances each Certificate by one step.</summary>
    /// <returns>False if the next step of each waits for something.</returns>
    public async Task<bool> LookAsync(CancellationToken ct)
    {
        var hasAdvanced = false;
        var certificates = await api.ListAsync(KubernetesKinds.ListPath("cert-manager.io/v1", "certificates", namespaceName), ct);
        foreach (var certificate in certificates)
        {
            (certificate["apiVersion"], certificate["kind"]) = ("cert-manager.io/v1", "Certificate");
            try
            {
                hasAdvanced |= await StepAsync(certificate, ct);
            }
            catch (KubernetesApiException e) when (e.Status is 404 or 409)
            {
                // A test changed or deleted it meanwhile; the next round reads the new state.
                hasAdvanced = true;
            }
        }

        if (ownsSecrets)
        {
            await _secrets.CollectAsync([.. certificates.Select(c => (string)c["metadata"]!["uid"]!)], ct);
        }

        Interlocked.Increment(ref _rounds);
        return hasAdvanced;
    }

    public void Dispose() => _issuer.Dispose();

    private async Task<bool> StepAsync(JsonObject certificate, CancellationToken ct)
    {
        var name = (string)certificate["metadata"]!["name"]!;
        var plan = decide(name);
        if (plan.Until == CertManagerStage.Asked)
        {
            return false;
        }

        var secret = await _secrets.FindAsync(certificate, ct);
        var issuing = Conditions.Find(certificate, "Issuing");
        if (issuing is null || (string)issuing["status"]! != "True")
        {
            return await TriggerAsync(certificate, secret, issuing, ct);
        }

        if (await _requests.AdvanceAsync(certificate, issuing, plan, ct) is not { } outcome)
        {
            return plan.Until == CertManagerStage.Issued;
        }

        if (outcome.Failure is { } failure)
        {
            await FailAsync(certificate, failure.Reason, failure.Message, ct);
            return true;
        }

        await IssueAsync(certificate, secret, ct);
        await _requests.CompleteAsync(outcome.Request, ct);
        return true;
    }

    // The conditions of cert-manager's trigger policies, in their order. Returns false if nothing changes.
    private async Task<bool> TriggerAsync(JsonObject certificate, JsonObject? secret, JsonObject? issuing, CancellationToken ct)
    {
        var before = certificate["status"]?.DeepClone();
        var (reason, message) = SimulatedSecrets.FindIssueReason(certificate, secret, time.GetUtcNow());
        var generation = (long)certificate["metadata"]!["generation"]!;
        var isBackingOff = issuing is not null
            && (string)issuing["status"]! == "False"
            && ((long?)issuing["observedGeneration"] ?? generation) >= generation;
        if (reason is not null && !isBackingOff)
        {
            Conditions.Set(certificate, "Issuing", "True", reason, message!, time);
        }

        Conditions.Set(
            certificate,
            "Ready",
            reason is null ? "True" : "False",
            reason ?? "Ready",
            message ?? "Certificate is up to date and has not expired",
            time);
        if (JsonNode.DeepEquals(before, certificate["status"]))
        {
            return false;
        }

        await api.ReplaceStatusAsync(certificate, ct);
        return true;
    }

    private async Task FailAsync(JsonObject certificate, string reason, string message, CancellationToken ct)
    {
        var status = certificate["status"]!.AsObject();
        status["lastFailureTime"] = Conditions.Text(time.GetUtcNow());
        status["failedIssuanceAttempts"] = ((int?)status["failedIssuanceAttempts"] ?? 0) + 1;
        Conditions.Set(
            certificate,
            "Issuing",
            "False",
            reason,
            $"The certificate request has failed to complete and will be retried: {message}",
            time);
        await api.ReplaceStatusAsync(certificate, ct);
    }

    private async Task IssueAsync(JsonObject certificate, JsonObject? secret, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var spec = certificate["spec"]!.AsObject();
        var duration = (string?)spec["duration"] is { } text ? Duration(text) : DefaultDuration;
        var (notBefore, notAfter) = (now.AddMinutes(-1), now + duration);
        using var key = SimulatedSecrets.KeyFor(spec, secret);
        var chain = _issuer.Sign(key, [.. spec["dnsNames"]!.AsArray().Select(n => (string)n!)], notBefore, notAfter);
        await _secrets.WriteAsync(certificate, secret, chain, key, ct);

        var status = certificate["status"]!.AsObject();
        var revision = ((int?)status["revision"] ?? 0) + 1;
        status["revision"] = revision;
        status["notBefore"] = Conditions.Text(notBefore);
        status["notAfter"] = Conditions.Text(notAfter);
        status["renewalTime"] = Conditions.Text(notAfter - ((notAfter - notBefore) / 3));
        status.Remove("lastFailureTime");
        status.Remove("failedIssuanceAttempts");
        status.Remove("nextPrivateKeySecretName");
        Conditions.Remove(certificate, "Issuing");
        Conditions.Set(certificate, "Ready", "True", "Ready", "Certificate is up to date and has not expired", time);

        // A test may have deleted or triggered the Certificate meanwhile: the response is a conflict, and the round ends.
        await api.ReplaceStatusAsync(certificate, ct);
        Issued.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{certificate["metadata"]!["name"]}/{revision}"));
    }

    private static TimeSpan Duration(string text)
    {
        var (total, digits) = (TimeSpan.Zero, new StringBuilder());
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                digits.Append(c);
                continue;
            }

            var value = int.Parse(digits.ToString(), CultureInfo.InvariantCulture);
            total += c switch { 'h' => TimeSpan.FromHours(value), 'm' => TimeSpan.FromMinutes(value), _ => TimeSpan.FromSeconds(value) };
            digits.Clear();
        }

        return total;
    }
}
