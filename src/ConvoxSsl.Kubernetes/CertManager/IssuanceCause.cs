using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>
/// Explains why a Certificate is not ready, from the Certificate, its CertificateRequest, the request's Order, and the
/// order's Challenges.
/// </summary>
/// <seealso href="https://cert-manager.io/docs/troubleshooting/acme"/>
internal sealed class IssuanceCause(ClusterApi api)
{
    private const string RevisionAnnotation = "cert-manager.io/certificate-revision";
    private const int MaxTextLength = 800;
    private const int MaxCauseLength = 1500;
    private const int MaxChallenges = 5;

    // The names of the objects that belong to a Certificate or a CertificateRequest, so that polling does not list all of them again.
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Creates the user-facing reason: the most specific message during issuance, all messages after a failure.</summary>
    public async Task<string?> ExplainAsync(CertificateObject certificate, CancellationToken ct)
    {
        var words = new List<string>();
        Add(words, certificate.Message);
        if (await FindRequestAsync(certificate, ct).ConfigureAwait(false) is { } request)
        {
            Add(words, WordOf(request));
            if (await FindOrderAsync(certificate, request, ct).ConfigureAwait(false) is { } order)
            {
                Add(words, WordOf(order, certificate.Phase));
                await AddChallengesAsync(words, certificate, order, ct).ConfigureAwait(false);
            }
        }

        return words.Count == 0 ? null
            : certificate.Phase == ControlledPhase.Failed ? DisplayText.Shorten(string.Join(" ", words), MaxCauseLength)
            : words[^1];
    }

    /// <summary>Finds the challenges that never end because of a known fault of cert-manager's version.</summary>
    /// <returns>The explanations, by domain; none if the challenges may not be listed.</returns>
    public async Task<IReadOnlyDictionary<string, string>> FindKnownFaultsAsync(string inNamespace, CancellationToken ct)
    {
        var faults = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            await foreach (var challenge in api.ListAsync(ApiResource.Challenges, inNamespace, null, null, ct).ConfigureAwait(false))
            {
                if (VersionFault.FindBySymptom(challenge.At("status").Text("reason")) is not null
                    && WordOf(challenge, isFailed: false) is { } word)
                {
                    faults[NameOf(challenge)] = word;
                }
            }
        }
        catch (EngineException e) when (e.Code is ErrorCode.ClusterForbidden or ErrorCode.NoCertManager)
        {
        }

        return faults;
    }

    /// <summary>Finds the newest request for the next revision.</summary>
    private async Task<JsonObject?> FindRequestAsync(CertificateObject certificate, CancellationToken ct)
    {
        var found = await FindOwnedAsync(
            ApiResource.CertificateRequests,
            certificate.Namespace,
            certificate.Uid,
            o => Revision(o) > certificate.Revision,
            certificate.Revision + 1,
            ct).ConfigureAwait(false);

        // A request that failed before this attempt began belongs to the previous attempt; cert-manager is about to delete it.
        return found is not null
            && certificate.IssuingSince is { } since
            && found.At("status").Time("failureTime") is { } failed
            && failed < since
                ? null
                : found;
    }

    private Task<JsonObject?> FindOrderAsync(CertificateObject certificate, JsonObject request, CancellationToken ct) =>
        FindOwnedAsync(ApiResource.Orders, certificate.Namespace, request.At("metadata").Text("uid"), _ => true, 0, ct);

    private async Task<JsonObject?> FindOwnedAsync(
        ApiResource resource, string inNamespace, string? owner, Func<JsonObject, bool> isWanted, int revision, CancellationToken ct)
    {
        if (owner is null)
        {
            return null;
        }

        var key = string.Create(CultureInfo.InvariantCulture, $"{resource.Kind}/{owner}/{revision}");
        if (_names.TryGetValue(key, out var name))
        {
            // List with a field selector, because the permission to list is sufficient then.
            await foreach (var cached in api.ListAsync(resource, inNamespace, null, $"metadata.name={name}", ct).ConfigureAwait(false))
            {
                if (IsOwnedBy(cached, owner))
                {
                    return cached;
                }
            }
        }

        JsonObject? newest = null;
        await foreach (var candidate in api.ListAsync(resource, inNamespace, null, null, ct).ConfigureAwait(false))
        {
            if (IsOwnedBy(candidate, owner) && isWanted(candidate) && (newest is null || IsNewer(candidate, newest)))
            {
                newest = candidate;
            }
        }

        if (newest.At("metadata").Text("name") is { } found)
        {
            _names[key] = found;
        }

        return newest;
    }

    private async Task AddChallengesAsync(List<string> words, CertificateObject certificate, JsonObject order, CancellationToken ct)
    {
        var owner = order.At("metadata").Text("uid");
        var isFailed = certificate.Phase == ControlledPhase.Failed;
        var reasons = new List<string>();
        await foreach (var challenge in api.ListAsync(ApiResource.Challenges, certificate.Namespace, null, null, ct).ConfigureAwait(false))
        {
            if (owner is not null
                && IsOwnedBy(challenge, owner)
                && WordOf(challenge, isFailed) is { } word
                && reasons.Count < MaxChallenges)
            {
                reasons.Add(word);
            }
        }

        if (reasons.Count > 0)
        {
            Add(words, string.Join(" ", reasons));
        }
    }

    private static string? WordOf(JsonObject request)
    {
        var name = request.At("metadata").Text("name");
        if (Condition.Of(request, "Denied") is { IsTrue: true } denied)
        {
            return $"The CertificateRequest {name} was denied: {Sentence(denied.Message ?? denied.Reason)}";
        }

        if (Condition.Of(request, "InvalidRequest") is { IsTrue: true } invalid)
        {
            return $"The CertificateRequest {name} is invalid: {Sentence(invalid.Message ?? invalid.Reason)}";
        }

        return Condition.Of(request, "Ready") is { IsTrue: not true, Message: { } message } ready
            ? ready.Reason == "Failed" ? $"The CertificateRequest {name} failed: {Sentence(message)}" : Sentence(message)
            : null;
    }

    private static string? WordOf(JsonObject order, ControlledPhase phase)
    {
        var status = order.At("status");
        var (name, state, reason) = (order.At("metadata").Text("name"), status.Text("state"), status.Text("reason"));
        if (state is "invalid" or "errored" or "expired")
        {
            return $"The Order {name} is {state}{(reason is null ? "." : $": {Sentence(reason)}")}";
        }

        return reason is not null && phase == ControlledPhase.Issuing ? Sentence(reason) : null;
    }

    private static string? WordOf(JsonObject challenge, bool isFailed)
    {
        var spec = challenge.At("spec");
        var status = challenge.At("status");
        var what = $"{spec.Text("type")} for {NameOf(challenge)}";
        var state = status.Text("state");

        // The CA has validated it, but cert-manager cannot end it.
        if (VersionFault.FindBySymptom(status.Text("reason")) is { } fault)
        {
            return $"{Sentence(status.Text("reason"))} ({what}) {fault.Describe(null)}";
        }

        if (state is "invalid" or "errored" or "expired")
        {
            return $"The challenge {what} is {state}{(status.Text("reason") is { } cause ? $": {Sentence(cause)}" : ".")}";
        }

        if (isFailed || state == "valid")
        {
            return null;
        }

        return status.Text("reason") is { } reason ? $"{Sentence(reason)} ({what})"
            : status?["presented"] is JsonValue presented && presented.ToJsonString() == "true" ? $"Presented challenge {what}."
            : null;
    }

    private static string NameOf(JsonObject challenge)
    {
        var spec = challenge.At("spec");
        var isWildcard = spec?["wildcard"] is JsonValue wildcard && wildcard.ToJsonString() == "true";
        return $"{(isWildcard ? "*." : string.Empty)}{spec.Text("dnsName")}";
    }

    private static void Add(List<string> words, string? word)
    {
        // A Certificate repeats the message of its CertificateRequest, which repeats the message of its Order.
        if (word is not null && Sentence(word) is var sentence && !words.Any(w => w.Contains(sentence, StringComparison.Ordinal)))
        {
            words.Add(sentence);
        }
    }

    private static string Sentence(string? text)
    {
        text = string.Join(' ', (text ?? string.Empty).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        text = DisplayText.Shorten(text.TrimEnd(':', ' '), MaxTextLength);
        return text.Length == 0 || text[^1] is '.' or '…' or ')' or '?' or '!' ? text : text + ".";
    }

    private static bool IsOwnedBy(JsonObject owned, string uid) =>
        owned.At("metadata").Objects("ownerReferences").Any(o => o.Text("uid") == uid);

    private static bool IsNewer(JsonObject one, JsonObject other) =>
        (Revision(one), CreationTime(one)).CompareTo((Revision(other), CreationTime(other))) > 0;

    private static DateTimeOffset CreationTime(JsonObject created) => created.At("metadata").Time("creationTimestamp") ?? default;

    private static int Revision(JsonObject request) =>
        int.TryParse(
            request.At("metadata", "annotations").Text(RevisionAnnotation),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var revision) ? revision : 0;
}
