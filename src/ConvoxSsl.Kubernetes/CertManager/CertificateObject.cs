using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.Kubernetes.Stores;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>A condition of one of cert-manager's objects.</summary>
/// <param name="IsTrue">Whether its status is True; null where that is unknown.</param>
/// <param name="Reason">Its reason, one word.</param>
/// <param name="Message">Its message.</param>
/// <param name="Since">When the status changed last.</param>
/// <param name="ObservedGeneration">Which state of the spec it is about; null where that is not said.</param>
internal sealed record Condition(bool? IsTrue, string? Reason, string? Message, DateTimeOffset? Since, long? ObservedGeneration)
{
    /// <summary>The condition of an object with that type; null where it has none.</summary>
    public static Condition? Of(JsonObject from, string type) =>
        from.At("status").Objects("conditions").FirstOrDefault(c => c.Text("type") == type) is { } found
            ? new Condition(
                found.Text("status") switch { "True" => true, "False" => false, _ => null },
                found.Text("reason"),
                found.Text("message"),
                found.Time("lastTransitionTime"),
                found.Number("observedGeneration"))
            : null;
}

/// <summary>A Certificate of cert-manager's, as it was read.</summary>
/// <seealso href="https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.Certificate"/>
internal sealed class CertificateObject(JsonObject json, RackScope scope)
{
    /// <summary>The annotation with the module's own record.</summary>
    public const string RecordAnnotation = RackScope.AnnotationPrefix + "certificate";

    private const int MostDoublings = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromHours(1);

    private readonly Condition? _issuing = Condition.Of(json, "Issuing");
    private readonly Condition? _ready = Condition.Of(json, "Ready");

    public string Name => json.At("metadata").Text("name") ?? string.Empty;

    public string Namespace => json.At("metadata").Text("namespace") ?? scope.Namespace;

    public string? Uid => json.At("metadata").Text("uid");

    public string? SecretName => json.At("spec").Text("secretName");

    /// <summary>How often it was issued.</summary>
    public int Revision => (int)Math.Clamp(json.At("status").Number("revision") ?? 0, 0, int.MaxValue);

    /// <summary>When cert-manager renews it.</summary>
    public DateTimeOffset? RenewalTime => json.At("status").Time("renewalTime");

    /// <summary>Since when it is being issued.</summary>
    public DateTimeOffset? IssuingSince => _issuing is { IsTrue: true } issuing ? issuing.Since : null;

    public bool IsBeingRemoved => json.At("metadata").Text("deletionTimestamp") is not null;

    /// <summary>How far it is. What is said about an older spec is not the answer to the present one.</summary>
    public ControlledPhase Phase => _issuing switch
    {
        { IsTrue: true } => ControlledPhase.Issuing,
        { IsTrue: false } failed when Fits(failed) && (LastFailure is not null || _ready is not { IsTrue: true }) => ControlledPhase.Failed,
        _ => _ready is { IsTrue: true } ready && Fits(ready) ? ControlledPhase.Ready : ControlledPhase.Issuing,
    };

    /// <summary>What cert-manager says of it by itself.</summary>
    public string? Message => Phase switch
    {
        ControlledPhase.Ready => null,
        ControlledPhase.Failed => _issuing!.Message ?? _issuing.Reason,
        _ => (_issuing is { IsTrue: true } ? _issuing.Message : null) ?? (_ready is { IsTrue: true } ? null : _ready?.Message),
    };

    private DateTimeOffset? LastFailure => json.At("status").Time("lastFailureTime");

    /// <summary>The state, with the given words for why it is not ready.</summary>
    public ControlledCertificate ToState(string? reason)
    {
        var phase = Phase;
        var created = json.At("metadata").Time("creationTimestamp") ?? default;
        var failed = phase == ControlledPhase.Failed ? LastFailure ?? _issuing!.Since ?? created : (DateTimeOffset?)null;
        return new ControlledCertificate
        {
            Certificate = Record,
            Phase = phase,
            Reason = phase == ControlledPhase.Ready ? null : reason,
            Started = failed ?? IssuingSince ?? created,
            RenewAfter = RenewalTime,
            NextTry = failed + Pause,
            Revision = Revision,
        };
    }

    /// <summary>What the certificate is: as the module remembers it, else as the spec says.</summary>
    public CertificateRecord Record
    {
        get
        {
            var spec = CertificateSpec.Read(json.At("spec"));
            var id = SecretName ?? Name;
            id = Namespace == scope.Namespace ? id : $"{id}@{Namespace}";
            return Remembered is { Settings: { } settings } record && record.Issuer == spec.Issuer && record.Domains.ToHashSet(StringComparer.Ordinal).SetEquals(spec.Domains)
                ? record with { Id = id, Generated = true, Settings = settings with { Controller = RackScope.ControllerName } }
                : new CertificateRecord { Id = id, Domains = spec.Domains, Issuer = spec.Issuer, Generated = true, Settings = SettingsOf(spec) };
        }
    }

    /// <summary>What the module noted at the object; null where it did not, or somebody damaged it.</summary>
    public CertificateRecord? Remembered
    {
        get
        {
            try
            {
                return json.At("metadata", "annotations").Text(RecordAnnotation) is { } text ? JsonSerializer.Deserialize(text, KubernetesRackJson.Default.CertificateRecord) : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    // https://cert-manager.io/docs/faq/#what-happens-if-issuance-fails-will-it-be-retried: 1 hour, doubled each time, up to 32.
    private TimeSpan Pause => FirstPause * (1 << (int)Math.Clamp((json.At("status").Number("failedIssuanceAttempts") ?? 1) - 1, 0, MostDoublings));

    private bool Fits(Condition condition) => condition.ObservedGeneration is not { } seen || seen >= (json.At("metadata").Number("generation") ?? 0);

    private static IssuanceSettings SettingsOf(CertificateSpec spec) => new()
    {
        Controller = RackScope.ControllerName,
        DirectoryUrl = Issuer.WellKnown.FirstOrDefault(i => i.Name == spec.Issuer)?.DirectoryUrl,
        Duration = spec.Duration,
        KeyAlgorithm = spec.KeyAlgorithm ?? KeyAlgorithm.EcdsaP256,
        ReuseKey = spec.ReuseKey,
    };

    /// <summary>Marks the object as to be issued, as <c>cmctl renew</c> does; nothing where it is being issued.</summary>
    /// <param name="certificate">A Certificate, which is changed.</param>
    /// <param name="now">The time.</param>
    /// <param name="revision">Leaves also one alone that was issued more often than that.</param>
    /// <seealso href="https://cert-manager.io/docs/reference/cmctl/#renew"/>
    public static JsonObject? Trigger(JsonObject? certificate, DateTimeOffset now, int revision)
    {
        if (certificate is null || Condition.Of(certificate, "Issuing") is { IsTrue: true } || certificate.At("status").Number("revision") > revision)
        {
            return null;
        }

        var status = certificate.Make("status");
        var conditions = new JsonArray([.. status.Objects("conditions").Where(c => c.Text("type") != "Issuing").Select(c => c.DeepClone())]);
        conditions.Add((JsonNode)new JsonObject
        {
            ["type"] = "Issuing",
            ["status"] = "True",
            ["reason"] = "ManuallyTriggered",
            ["message"] = "Certificate re-issuance manually triggered",
            ["lastTransitionTime"] = JsonFields.Text(now),
            ["observedGeneration"] = certificate.At("metadata").Number("generation") ?? 1,
        });
        status["conditions"] = conditions;
        return certificate;
    }
}
