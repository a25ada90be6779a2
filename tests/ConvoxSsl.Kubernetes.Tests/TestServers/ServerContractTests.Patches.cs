using ConvoxSsl.TestKit.Kubernetes;
using static ConvoxSsl.Kubernetes.Tests.TestServers.ContractRequest;

namespace ConvoxSsl.Kubernetes.Tests.TestServers;

/// <content>Patches, server-side apply and custom resources.</content>
public abstract partial class ServerContractTests
{
    [Fact]
    public Task Patches_match_the_recorded_responses() => AssertMatchesAsync([
        Post(Secrets, """{"metadata":{"name":"a","labels":{"l":"1"}},"data":{"k":"YQ==","m":"YQ=="}}"""),
        Merge(Secrets + "/a", """{"data":{"k":null,"n":"Yg=="},"metadata":{"labels":{"m":"2"}}}"""),
        Merge(Secrets + "/a", """{"stringData":{"s":"text"}}"""),
        Merge(Secrets + "/a", """{"metadata":{"resourceVersion":"1"},"data":{"c":"Yg=="}}"""),
        Merge(Secrets + "/a", """{"metadata":{"resourceVersion":"{rv}"},"data":{"c":"Yg=="}}"""),
        Merge(Secrets + "/a", "{}"),
        Merge(Secrets + "/a?dryRun=All", """{"data":null}"""),
        Merge(Secrets + "/a", """{"type":"x/y"}"""),
        Merge(Secrets + "/none", "{}"),
        Strategic(Secrets + "/a", """{"metadata":{"labels":{"l":null},"annotations":{"a":"b"}},"data":{"k":"Zg=="}}"""),
        Json(
            Secrets + "/a",
            """
            [{"op":"test","path":"/data/k","value":"Zg=="},{"op":"replace","path":"/data/k","value":"YQ=="},{
            "op":"add","path":"/metadata/annotations/x~1y","value":"z"}]
            """),
        Json(Secrets + "/a", """[{"op":"test","path":"/data/k","value":"Zg=="},{"op":"remove","path":"/data/k"}]""").Loose(),
        Json(Secrets + "/a", """[{"op":"remove","path":"/data/none"}]""").Loose(),
        Json(Secrets + "/a", """[{"op":"remove","path":"/data/k"},{"op":"copy","from":"/data/m","path":"/data/o"}]"""),
        Json(Secrets + "/a", """{"a":1}""").Loose(),
        new("PATCH", Secrets + "/a", "{}", "application/json"),
        new("PATCH", Certificates + "/a", "{}", KubernetesApi.StrategicPatch)]);

    [Fact]
    public Task Server_side_apply_matches_the_recorded_responses() => AssertMatchesAsync([
        Apply(Secrets + "/a", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}"""),
        Apply(
            Secrets + "/a?fieldManager=one",
            """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","labels":{"l":"1"}},"data":{"a":"MQ==","b":"MQ=="}}"""),
        Apply(Secrets + "/a?fieldManager=two", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"a":"MQ=="}}"""),
        Apply(
            Secrets + "/a?fieldManager=two",
            """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"a":"Mg==","b":"Mg=="}}"""),
        Apply(Secrets + "/a?fieldManager=two", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"b":"Mg=="}}"""),
        Apply(
            Secrets + "/a?fieldManager=two&force=true",
            """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"a":"Mg=="}}"""),
        Apply(Secrets + "/a?fieldManager=one", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}"""),
        Merge(Secrets + "/a?fieldManager=three", """{"data":{"c":"MQ=="}}"""),
        Apply(Secrets + "/a?fieldManager=one", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"c":"Mg=="}}"""),
        Apply(
            Secrets + "/a?fieldManager=one&force=true&dryRun=All",
            """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"c":"Mg=="}}"""),
        Get(Secrets + "/a"),
        Apply(
            Secrets + "/a?fieldManager=one&force=true",
            """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","resourceVersion":"1"},"data":{"c":"Mg=="}}"""),
        Apply(
            Secrets + "/b?fieldManager=one", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"b"},"type":"kubernetes.io/tls"}"""),
        Apply(Secrets + "/b?fieldManager=one", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"c"}}"""),
        Apply(Secrets + "/b?fieldManager=one", """{"kind":"Secret","metadata":{"name":"b"}}""").Loose(),
        Apply(
            Certificates + "/c?fieldManager=one",
            """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"c"},""" + SpecC + "}"),
        Apply(
            Certificates + "/c?fieldManager=two",
            """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"c"},"spec":{"dnsNames":["b.test"]}}"""),
        Apply(
            Certificates + "/c?fieldManager=two&force=true",
            """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"c"},"spec":{"dnsNames":["b.test"]}}"""),
        Apply(
            Certificates + "/c/status?fieldManager=two",
            """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"c"},"status":{"revision":2}}"""),
        Apply(
            Certificates + "/none/status?fieldManager=two",
            """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"none"},"status":{"revision":2}}""")]);

    [Theory]
    [InlineData(CertManagerVersion.V1_10_2)]
    [InlineData(CertManagerVersion.V1_21_1)]
    public Task Custom_resources_match_the_recorded_responses(CertManagerVersion version) => AssertMatchesAsync([
        Post(
            Certificates,
            """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"c"},"""
                + SpecC + ""","status":{"revision":1}}"""),
        Put(Certificates + "/c", """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"c"},""" + SpecC + "}"),
        Put(
            Certificates + "/c/status",
            """
            {"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"c","resourceVersion":"{rv}",
            "labels":{"x":"y"}},"spec":{"secretName":"other","issuerRef":{"name":"x"}},"status":{"revision":3}}
            """),
        Put(
            Certificates + "/c/status",
            """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"c","resourceVersion":"1"},"""
                + SpecC + ""","status":{"revision":4}}"""),
        Put(
            Certificates + "/c/status",
            """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"c"},"""
                + SpecC + ""","status":{"revision":4}}"""),
        Get(Certificates + "/c"),
        Put(
            Certificates + "/c",
            """
            {"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"c","resourceVersion":"{rv}",
            "labels":{"x":"y"}},
            """
                + SpecC + ""","status":{"revision":9}}"""),
        Merge(Certificates + "/c", """{"spec":{"secretName":"d"},"status":{"revision":9}}"""),
        Merge(
            Certificates + "/c/status",
            """
            {"spec":{"secretName":"e"},"status":{"conditions":[{"type":"Issuing","status":"True",
            "reason":"ManuallyTriggered","lastTransitionTime":"2026-01-01T00:00:00Z","observedGeneration":1}]}}
            """),
        Json(Certificates + "/c/status", """[{"op":"add","path":"/status/conditions/-","value":{"type":"Ready","status":"False"}}]"""),
        Json(Certificates + "/c/status", """[{"op":"remove","path":"/status/foo"}]""").Loose(),
        Get(Certificates + "/c/status"),
        Get(Certificates),
        Post(Certificates, """{"metadata":{"name":"d"}}""").Loose(),
        Put(
            Certificates + "/none",
            """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"none"},""" + SpecC + "}"),
        Put(
            Certificates + "/none/status",
            """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"none"},""" + SpecC + "}"),
        Post(Certificates, """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"Bad_"},""" + SpecC + "}"),
        Delete(Certificates + "/c", """{"propagationPolicy":"Foreground"}""").Loose(),
        Get("/apis/cert-manager.io/v1/namespaces/{ns}/foos"),
        Get("/apis/cert-manager.io/v2/namespaces/{ns}/certificates"),
        Get("/apis/foo.test/v1"),
        Get("/apis/foo.test/v1/namespaces/{ns}/certs"),
        Get("/api/v1/foo"),
        Get("/foo").Loose(),
        Get(Certificates + "/c/scale").Loose()], version);

    [Theory]
    [InlineData(CertManagerVersion.V1_10_2)]
    [InlineData(CertManagerVersion.V1_21_1)]
    public Task Schemas_match_the_recorded_responses(CertManagerVersion version) => AssertMatchesAsync([
        Post(Certificates, """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"d"},"spec":{"dnsNames":"a"}}"""),
        Post(Certificates, """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"d"}}"""),
        Post(
            Certificates,
            """
            {"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"d"},"spec":{"secretName":"d",
            "issuerRef":{},"privateKey":{"algorithm":"DSA"}}}
            """),
        Post(
            Certificates,
            """
            {"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"d"},"foo":1,"spec":{"foo":1,
            "secretName":"d","issuerRef":{"name":"a","foo":2}}}
            """),
        Merge(Certificates + "/d/status", """{"status":{"conditions":[{"type":"Ready","status":"Yes"}]}}"""),
        Merge(Certificates + "/d/status", """{"status":{"notAfter":"soon","foo":1,"revision":"x"}}"""),
        Merge(Certificates + "/d/status", """{"status":{"foo":1,"conditions":[{"type":"Ready","status":"True","foo":1}]}}"""),
        Merge(
            Certificates + "/d",
            """{"metadata":{"foo":1,"labels":{}},"spec":{"commonName":5,"dnsNames":["a",5],"duration":null,"isCA":"yes"}}"""),
        Merge(
            Certificates + "/d",
            """{"spec":{"privateKey":{"size":1.5},"keystores":{"jks":{}},"secretTemplate":{"labels":{"a":"b","c":1}}}}"""),
        Put(
            "/apis/acme.cert-manager.io/v1/namespaces/{ns}/orders/o",
            """
            {"apiVersion":"acme.cert-manager.io/v1","kind":"Order","metadata":{"name":"o"},"spec":{"request":"%",
            "issuerRef":{"name":"a"}},"status":{}}
            """),
        Post(
            "/apis/acme.cert-manager.io/v1/namespaces/{ns}/orders",
            """
            {"apiVersion":"acme.cert-manager.io/v1","kind":"Order","metadata":{"name":"o"},"spec":{"request":"%",
            "issuerRef":{"name":"a"}}}
            """),
        Post(
            "/apis/cert-manager.io/v1/namespaces/{ns}/issuers",
            Issuer(
                """
                {"acme":{"server":"https://a.test","privateKeySecretRef":{"name":"k"},"foo":1,"solvers":[{"http01":{
                "ingress":{"class":"nginx","foo":1}}},{"selector":{"dnsZones":["a.test"]},"dns01":{"route53":{
                "region":"r","hostedZoneID":"Z"},"cloudflare":{"apiTokenSecretRef":{"name":"c","key":"k"}}}},{
                "dns01":{"webhook":{"groupName":"g","solverName":"s","config":{"any":{"thing":1}}}}}]}}
                """)),
        Post(
            "/apis/cert-manager.io/v1/namespaces/{ns}/issuers",
            Issuer(
                """
                {"acme":{"server":"https://a.test","solvers":[{"dns01":{"route53":{"hostedZoneID":5}},"http01":{
                "gatewayHTTPRoute":{"parentRefs":[{"name":"g","port":0}]}}}]}}
                """))], version);

    private static string Issuer(string spec) =>
        $$"""{"apiVersion":"cert-manager.io/v1","kind":"Issuer","metadata":{"name":"i"},"spec":{{spec}}}""";
}
