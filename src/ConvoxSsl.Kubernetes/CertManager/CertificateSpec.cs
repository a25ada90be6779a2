using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.Kubernetes.Stores;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>The part of a Certificate's spec that the module uses.</summary>
internal sealed record CertificateSpec
{
    /// <summary>The lifetime that Convox requests by default.</summary>
    public static readonly TimeSpan DefaultDuration = TimeSpan.FromHours(4320);

    private const string IssuerKind = "ClusterIssuer";

    public required IReadOnlyList<string> Domains { get; init; }

    public required string Issuer { get; init; }

    public TimeSpan? Duration { get; init; }

    /// <summary>The key algorithm; null for one that public CAs do not accept.</summary>
    public KeyAlgorithm? KeyAlgorithm { get; init; }

    public bool ReuseKey { get; init; }

    /// <summary>Reads a spec that any program may have written.</summary>
    public static CertificateSpec Read(JsonObject? spec)
    {
        var names = spec.Texts("dnsNames").Concat(spec.Texts("ipAddresses")).ToList();
        if (spec.Text("commonName") is { } common && !names.Contains(common, StringComparer.OrdinalIgnoreCase))
        {
            names.Insert(0, common);
        }

        return new CertificateSpec
        {
            Domains = names.Count > 0 ? names : [spec.Text("secretName") ?? string.Empty],
            Issuer = spec.At("issuerRef").Text("name") ?? string.Empty,
            Duration = GoDuration.Parse(spec.Text("duration")),
            KeyAlgorithm = ReadKey(spec.At("privateKey")),
            ReuseKey = spec.At("privateKey").Text("rotationPolicy") == "Never",
        };
    }

    /// <summary>Creates the Certificate that Convox would create, with the requested key.</summary>
    public static JsonObject Create(CertificateRecord certificate, RackScope scope)
    {
        var made = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = certificate.Id, ["namespace"] = scope.Namespace },
            ["spec"] = new JsonObject
            {
                ["secretName"] = certificate.Id,
                ["usages"] = new JsonArray("digital signature", "key encipherment"),
                ["duration"] = GoDuration.Format(certificate.Settings!.Duration ?? DefaultDuration),
                ["privateKey"] = new JsonObject { ["rotationPolicy"] = certificate.Settings.ReuseKey ? "Never" : "Always" },
            },
        };
        Apply(made, certificate, scope);
        return made;
    }

    /// <summary>Updates a Certificate to match a request. Equivalent values are left unchanged.</summary>
    public static void Apply(JsonObject into, CertificateRecord certificate, RackScope scope)
    {
        var spec = into.Make("spec");
        var settings = certificate.Settings!;
        var before = Read(spec);
        if (!before.Domains.ToHashSet(StringComparer.Ordinal).SetEquals(certificate.Domains))
        {
            spec["dnsNames"] = new JsonArray([.. certificate.Domains.Select(d => (JsonNode)d)]);
            spec.Remove("ipAddresses");
            spec.Remove("commonName");
        }

        if (before.Issuer != certificate.Issuer || spec.At("issuerRef").Text("kind") != IssuerKind)
        {
            spec["issuerRef"] = new JsonObject
            {
                ["group"] = ApiResource.CertManagerGroup,
                ["kind"] = IssuerKind,
                ["name"] = certificate.Issuer,
            };
        }

        if (settings.Duration is { } duration && before.Duration != duration)
        {
            spec["duration"] = GoDuration.Format(duration);
        }

        if (before.ReuseKey != settings.ReuseKey)
        {
            spec.Make("privateKey")["rotationPolicy"] = settings.ReuseKey ? "Never" : "Always";
        }

        if (before.KeyAlgorithm is { } algorithm && algorithm != settings.KeyAlgorithm)
        {
            var (name, size) = WriteKey(settings.KeyAlgorithm);
            var key = spec.Make("privateKey");
            (key["algorithm"], key["size"]) = (name, size);
        }

        if (into.At("metadata").Text("name") == certificate.Id)
        {
            Label(spec.Make("secretTemplate", "labels"), scope);
        }

        var record = JsonSerializer.Serialize(certificate, KubernetesRackJson.Default.CertificateRecord);
        into.Make("metadata", "annotations")[CertificateObject.RecordAnnotation] = record;
    }

    private static void Label(JsonObject labels, RackScope scope)
    {
        labels[RackScope.SystemLabel] = RackScope.Convox;
        labels[SecretCertificateParser.TypeLabel] = SecretCertificateParser.IssuedType;
        labels[RackScope.RackLabel] = scope.Name;
    }

    private static KeyAlgorithm? ReadKey(JsonObject? key) => (key.Text("algorithm") ?? "RSA", key.Number("size")) switch
    {
        ("RSA", null or 2048) => Engine.Certificates.KeyAlgorithm.Rsa2048,
        ("RSA", 3072) => Engine.Certificates.KeyAlgorithm.Rsa3072,
        ("RSA", 4096) => Engine.Certificates.KeyAlgorithm.Rsa4096,
        ("ECDSA", null or 256) => Engine.Certificates.KeyAlgorithm.EcdsaP256,
        ("ECDSA", 384) => Engine.Certificates.KeyAlgorithm.EcdsaP384,
        _ => null,
    };

    private static (string Name, int Size) WriteKey(KeyAlgorithm algorithm) => algorithm switch
    {
        Engine.Certificates.KeyAlgorithm.Rsa2048 => ("RSA", 2048),
        Engine.Certificates.KeyAlgorithm.Rsa3072 => ("RSA", 3072),
        Engine.Certificates.KeyAlgorithm.Rsa4096 => ("RSA", 4096),
        Engine.Certificates.KeyAlgorithm.EcdsaP384 => ("ECDSA", 384),
        _ => ("ECDSA", 256),
    };
}
