using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.Kubernetes.Stores;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>A condition in the status of one of cert-manager's objects.</summary>
/// <param name="IsTrue">True or false as the status says; null if it is unknown.</param>
/// <param name="Reason">The reason, one word.</param>
/// <param name="Message">The message.</param>
/// <param name="Since">The time of the last change of the status.</param>
/// <param name="ObservedGeneration">The generation of the spec that the condition is about; null if it is not given.</param>
internal sealed record Condition(bool? IsTrue, string? Reason, string? Message, DateTimeOffset? Since, long? ObservedGeneration)
{
    /// <summary>Finds an object's condition by its type; null if there is none.</summary>
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

/// <summary>A Certificate of cert-manager.</summary>
/// <seealso href="https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.Certificate"/>
internal sealed class CertificateObject(JsonObject json, RackScope scope)
{
    /// <summary>The annotation that holds the module's record.</summary>
    public const string RecordAnnotation = RackScope.AnnotationPrefix + "certificate";

    private const int MaxDoublings = 5;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromHours(1);

    private readonly Condition? _issuing = Condition.Of(json, "Issuing");
    private readonly Condition? _ready = Condition.Of(json, "Ready");

    public string Name => json.At("metadata").Text("name") ?? string.Empty;

    public string Namespace => json.At("metadata").Text("namespace") ?? scope.Namespace;

    public string? Uid => json.At("metadata").Text("uid");

    public string? SecretName => json.At("spec").Text("secretName");

    /// <summary>The number of times that it was issued.</summary>
    public int Revision => (int)Math.Clamp(json.At("status").Number("revision") ?? 0, 0, int.MaxValue);

    /// <summary>The time at which cert-manager will renew it.</summary>
    public DateTimeOffset? RenewalTime => json.At("status").Time("renewalTime");

    /// <summary>The time at which the current issuance began; null if there is none.</summary>
    public DateTimeOffset? IssuingSince => _issuing is { IsTrue: true } issuing ? issuing.Since : null;

    public bool IsBeingRemoved => json.At("metadata").Text("deletionTimestamp") is not null;

    /// <summary>The current phase. Conditions about an older spec are ignored.</summary>
    public ControlledPhase Phase => _issuing switch
    {
        { IsTrue: true } => ControlledPhase.Issuing,
        { IsTrue: false } failed when Fits(failed) && (LastFailure is not null || _ready is not { IsTrue: true }) => ControlledPhase.Failed,
        _ => _ready is { IsTrue: true } ready && Fits(ready) ? ControlledPhase.Ready : ControlledPhase.Issuing,
    };

    /// <summary>The message of the Certificate's own conditions.</summary>
    public string? Message => Phase switch
    {
        ControlledPhase.Ready => null,
        ControlledPhase.Failed => _issuing!.Message ?? _issuing.Reason,
        _ => (_issuing is { IsTrue: true } ? _issuing.Message : null) ?? (_ready is { IsTrue: true } ? null : _ready?.Message),
    };

    private DateTimeOffset? LastFailure => json.At("status").Time("lastFailureTime");

    /// <summary>Creates the controller's state, with a reason if the certificate is not ready.</summary>
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
            HasKnownFault = phase != ControlledPhase.Ready && VersionFault.FindBySymptom(reason) is not null,
            Started = failed ?? IssuingSince ?? created,
            RenewAfter = RenewalTime,
            NextTry = failed + Pause,
            Revision = Revision,
        };
    }

    /// <summary>The certificate as the module recorded it, or else as the spec describes it.</summary>
    public CertificateRecord Record
    {
        get
        {
            var spec = CertificateSpec.Read(json.At("spec"));
            var id = SecretName ?? Name;
            id = Namespace == scope.Namespace ? id : $"{id}@{Namespace}";
            return Remembered is { Settings: { } settings } record
                && record.Issuer == spec.Issuer
                && record.Domains.ToHashSet(StringComparer.Ordinal).SetEquals(spec.Domains)
                ? record with { Id = id, Generated = true, Settings = settings with { Controller = RackScope.ControllerName } }
                : new CertificateRecord
                {
                    Id = id,
                    Domains = spec.Domains,
                    Issuer = spec.Issuer,
                    Generated = true,
                    Settings = SettingsOf(spec),
                };
        }
    }

    /// <summary>The module's record in the annotation; null if it is missing or damaged.</summary>
    public CertificateRecord? Remembered
    {
        get
        {
            try
            {
                return json.At("metadata", "annotations").Text(RecordAnnotation) is { } text
                    ? JsonSerializer.Deserialize(text, KubernetesRackJson.Default.CertificateRecord)
                    : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    // https://cert-manager.io/docs/faq/#what-happens-if-issuance-fails-will-it-be-retried: 1 hour, doubled each time, up to 32.
    private TimeSpan Pause =>
        FirstDelay * (1 << (int)Math.Clamp((json.At("status").Number("failedIssuanceAttempts") ?? 1) - 1, 0, MaxDoublings));

    private bool Fits(Condition condition) =>
        condition.ObservedGeneration is not { } seen || seen >= (json.At("metadata").Number("generation") ?? 0);

    private static IssuanceSettings SettingsOf(CertificateSpec spec) => new()
    {
        Controller = RackScope.ControllerName,
        DirectoryUrl = Issuer.WellKnown.FirstOrDefault(i => i.Name == spec.Issuer)?.DirectoryUrl,
        Duration = spec.Duration,
        KeyAlgorithm = spec.KeyAlgorithm ?? KeyAlgorithm.EcdsaP256,
        ReuseKey = spec.ReuseKey,
    };

    /// <summary>Marks a Certificate for issuance, as <c>cmctl renew</c> does; returns null if it is being issued already.</summary>
    /// <param name="certificate">The Certificate, which is changed.</param>
    /// <param name="now">The current time.</param>
    /// <param name="revision">The revision to replace; a Certificate with a higher one is left unchanged.</param>
    /// <seealso href="https://cert-manager.io/docs/reference/cmctl/#renew"/>
    public static JsonObject? Trigger(JsonObject? certificate, DateTimeOffset now, int revision)
    {
        if (certificate is null
            || Condition.Of(certificate, "Issuing") is { IsTrue: true }
            || certificate.At("status").Number("revision") > revision)
        {
            return null;
        }

        var status = certificate.Make("status");
        var others = status.Objects("conditions").Where(c => c.Text("type") != "Issuing");
        var conditions = new JsonArray([.. others.Select(c => c.DeepClone())]);
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
