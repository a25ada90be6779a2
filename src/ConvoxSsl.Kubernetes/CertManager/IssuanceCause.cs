using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>
/// Why a Certificate is not ready, as far down as somebody says it: the Certificate, its CertificateRequest, that one's
/// Order, and its Challenges.
/// </summary>
/// <seealso href="https://cert-manager.io/docs/troubleshooting/acme"/>
internal sealed class IssuanceCause(ClusterApi api)
{
    private const string RevisionAnnotation = "cert-manager.io/certificate-revision";
    private const int LongestText = 800;
    private const int LongestCause = 1500;
    private const int MostChallenges = 5;

    // The names of what belongs to a Certificate or a CertificateRequest, so that waiting does not mean listing them all again and again.
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>In words for the user: while it is being issued the deepest word, for a failure each of them.</summary>
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

        return words.Count == 0 ? null : certificate.Phase == ControlledPhase.Failed ? Cut(string.Join(" ", words), LongestCause) : words[^1];
    }

    /// <summary>The request for the next revision, the newest where there are several.</summary>
    private async Task<JsonObject?> FindRequestAsync(CertificateObject certificate, CancellationToken ct)
    {
        var found = await FindOwnedAsync(
            ApiResource.CertificateRequests, certificate.Namespace, certificate.Uid, o => Revision(o) > certificate.Revision, certificate.Revision + 1, ct).ConfigureAwait(false);

        // What failed before this try began is the failure of the try before; cert-manager is about to remove it.
        return found is not null && certificate.IssuingSince is { } since && found.At("status").Time("failureTime") is { } failed && failed < since ? null : found;
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
        if (_known.TryGetValue(key, out var name))
        {
            // As a list of one, for which the right to list is enough.
            await foreach (var known in api.ListAsync(resource, inNamespace, null, $"metadata.name={name}", ct).ConfigureAwait(false))
            {
                if (IsOwnedBy(known, owner))
                {
                    return known;
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
            _known[key] = found;
        }

        return newest;
    }

    private async Task AddChallengesAsync(List<string> words, CertificateObject certificate, JsonObject order, CancellationToken ct)
    {
        var owner = order.At("metadata").Text("uid");
        var isFailed = certificate.Phase == ControlledPhase.Failed;
        var told = new List<string>();
        await foreach (var challenge in api.ListAsync(ApiResource.Challenges, certificate.Namespace, null, null, ct).ConfigureAwait(false))
        {
            if (owner is not null && IsOwnedBy(challenge, owner) && WordOf(challenge, isFailed) is { } word && told.Count < MostChallenges)
            {
                told.Add(word);
            }
        }

        if (told.Count > 0)
        {
            Add(words, string.Join(" ", told));
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
        var (name, state, reason) = (order.At("metadata").Text("name"), order.At("status").Text("state"), order.At("status").Text("reason"));
        return state is "invalid" or "errored" or "expired" ? $"The Order {name} is {state}{(reason is null ? "." : $": {Sentence(reason)}")}"
            : reason is not null && phase == ControlledPhase.Issuing ? Sentence(reason)
            : null;
    }

    private static string? WordOf(JsonObject challenge, bool isFailed)
    {
        var spec = challenge.At("spec");
        var status = challenge.At("status");
        var what = $"{spec.Text("type")} for {(challenge.At("spec")?["wildcard"] is JsonValue wildcard && wildcard.ToJsonString() == "true" ? "*." : string.Empty)}{spec.Text("dnsName")}";
        var state = status.Text("state");
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

    private static void Add(List<string> words, string? word)
    {
        // A Certificate repeats what its CertificateRequest says, and that one what the Order says.
        if (word is not null && Sentence(word) is var sentence && !words.Any(w => w.Contains(sentence, StringComparison.Ordinal)))
        {
            words.Add(sentence);
        }
    }

    private static string Sentence(string? text)
    {
        text = Cut(string.Join(' ', (text ?? string.Empty).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd(':', ' '), LongestText);
        return text.Length == 0 || text[^1] is '.' or '…' or ')' ? text : text + ".";
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most] + "…";

    private static bool IsOwnedBy(JsonObject owned, string uid) => owned.At("metadata").Objects("ownerReferences").Any(o => o.Text("uid") == uid);

    private static bool IsNewer(JsonObject one, JsonObject other) =>
        (Revision(one), one.At("metadata").Time("creationTimestamp") ?? default).CompareTo((Revision(other), other.At("metadata").Time("creationTimestamp") ?? default)) > 0;

    private static int Revision(JsonObject request) =>
        int.TryParse(request.At("metadata", "annotations").Text(RevisionAnnotation), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : 0;
}
