using System.Runtime.CompilerServices;
using ConvoxSsl.TestKit.Kubernetes;
using static ConvoxSsl.Kubernetes.Tests.TestServers.Exchange;

namespace ConvoxSsl.Kubernetes.Tests.TestServers;

/// <summary>
/// Compares responses with those recorded from a real API server 1.20, so that tests that pass on one server also pass on the
/// other.
/// </summary>
public abstract class ServerContractTests(Func<CertManagerVersion, Task<KubernetesTestServer>> start)
{
    private const string Secrets = "/api/v1/namespaces/{ns}/secrets";
    private const string Leases = "/apis/coordination.k8s.io/v1/namespaces/{ns}/leases";
    private const string Roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles";
    private const string Certificates = "/apis/cert-manager.io/v1/namespaces/{ns}/certificates";
    private const string SpecC =
        """ "spec":{"secretName":"c","dnsNames":["a.test"],"issuerRef":{"name":"letsencrypt","kind":"ClusterIssuer"}} """;

    [Fact]
    public Task Creating_matches_the_recorded_responses() => HoldsAsync([
        Post(Secrets, """{"metadata":{"name":"a","labels":{"l":"1"},"annotations":{"x/y":"z"}},"data":{"k":"YQ=="}}"""),
        Post(Secrets, """{"metadata":{"name":"a"}}"""),
        Post(Secrets, """{"metadata":{"generateName":"gen-"},"stringData":{"a":"b"},"data":{"a":"","c":"YQ=="}}"""),
        Post(Secrets + "?dryRun=All", """{"metadata":{"generateName":"gen-"},"stringData":{"a":"b"}}"""),
        Post(Secrets + "?dryRun=All", """{"metadata":{"name":"a"}}"""),
        Post(Secrets + "?dryRun=Some", """{"metadata":{"name":"b"}}"""),
        Post(Secrets, """{"metadata":{"name":"tls"},"type":"kubernetes.io/tls","data":{"tls.crt":"YQ=="}}"""),
        Post(Secrets, """{"metadata":{"name":"tls"},"type":"kubernetes.io/tls"}"""),
        Post(Secrets, """{"metadata":{"name":"tls"},"type":"kubernetes.io/tls","data":{"tls.crt":"","tls.key":""}}"""),
        Post(Secrets, """{"metadata":{"name":"Bad_"},"data":{"no!":"YQ=="}}"""),
        Post(Secrets, """{"metadata":{"name":"labels","labels":{"a":"-"}}}"""),
        Post(Secrets, """{"metadata":{"name":"long","labels":{"a":"0123456789012345678901234567890123456789012345678901234567890123"}}}"""),
        Post(Secrets, """{"metadata":{"name":"b64"},"data":{"a":"%%"}}""").Loosely(),
        Post(Secrets, """{"metadata":{"name":"number"},"data":{"a":5}}""").Loosely(),
        Post(Secrets, """{"metadata":{"name":"label","labels":{"a":5}}}""").Loosely(),
        Post(Secrets, """{"metadata":{"name":"empty"},"data":{}}"""),
        Post(Secrets, """{"metadata":{"name":"null"},"data":null}"""),
        Post(Secrets, """{"metadata":{"name":"unknown"},"foo":{"bar":1}}"""),
        Post("/api/v1/namespaces/no-such-namespace/secrets", """{"metadata":{"name":"a"}}"""),
        Post(Secrets, """{"metadata":{"name":"a","namespace":"other"}}"""),
        Post(Secrets, """{"metadata":{}}"""),
        Post(Secrets, """{"metadata":{"name":"rv","resourceVersion":"5"}}"""),
        Post(Secrets, """{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"kind"}}""").Loosely(),
        Post(Secrets, "{\"metadata\":").Loosely(),
        Post(Secrets + "/x", """{"metadata":{"name":"x"}}"""),
        Post("/api/v1/namespaces", """{"metadata":{"name":"Bad."}}"""),
        Post(
            "/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"sa","annotations":{"eks.amazonaws.com/role-arn":"arn"}}}"""),
        Post("/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"cm"},"data":{"a":"b"}}"""),
        Get(Secrets)]);

    [Fact]
    public Task Replacing_matches_the_recorded_responses() => HoldsAsync([
        Post(Secrets, """{"metadata":{"name":"a","labels":{"l":"1"}},"data":{"k":"YQ=="}}"""),
        Put(Secrets + "/a", """{"metadata":{"name":"a","resourceVersion":"1"},"data":{"k":"Yg=="}}"""),
        Put(Secrets + "/a", """{"metadata":{"name":"a","resourceVersion":"{rv}"},"data":{"k":"Yg=="}}"""),
        Put(Secrets + "/a", """{"metadata":{"name":"a"},"data":{"k":"Yw=="}}"""),
        Put(Secrets + "/a?dryRun=All", """{"metadata":{"name":"a"},"data":{"k":"ZA=="}}"""),
        Get(Secrets + "/a"),
        Put(Secrets + "/a", """{"metadata":{"name":"a"},"type":"x/y"}"""),
        Put(Secrets + "/a", """{"metadata":{"name":"b"}}"""),
        Put(Secrets + "/a", """{"metadata":{"name":"a","uid":"11111111-2222-3333-4444-555555555555"}}"""),
        Put(Secrets + "/a", """{"metadata":{"name":"a","creationTimestamp":null,"finalizers":["x.y/z"]}}"""),
        Put(Secrets + "/none", """{"metadata":{"name":"none"}}"""),
        Put(Secrets + "/a/status", """{"metadata":{"name":"a"}}"""),
        Post(Secrets, """{"metadata":{"name":"tls"},"type":"kubernetes.io/tls","data":{"tls.crt":"","tls.key":""}}"""),
        Put(Secrets + "/tls", """{"metadata":{"name":"tls"},"data":{"tls.crt":"YQ==","tls.key":""}}"""),
        Put(Secrets + "/tls", """{"metadata":{"name":"tls"},"type":"kubernetes.io/tls","data":{"tls.crt":"YQ=="}}"""),
        Post(Secrets, """{"metadata":{"name":"fixed"},"immutable":true,"data":{"a":""}}"""),
        Put(Secrets + "/fixed", """{"metadata":{"name":"fixed"},"immutable":true,"data":{"a":"YQ=="}}""")]);

    [Fact]
    public Task Deleting_matches_the_recorded_responses() => HoldsAsync([
        Post(Secrets, """{"metadata":{"name":"a"}}"""),
        Delete(Secrets + "/a", """{"preconditions":{"resourceVersion":"1"}}"""),
        Delete(Secrets + "/a", """{"preconditions":{"uid":"11111111-2222-3333-4444-555555555555"}}"""),
        Delete(Secrets + "/a?dryRun=All"),
        Delete(Secrets + "/a", """{"kind":"DeleteOptions","apiVersion":"v1","dryRun":["All"]}"""),
        Get(Secrets + "/a"),
        Delete(Secrets + "/a", """{"preconditions":{"resourceVersion":"{rv}","uid":"{uid}"}}"""),
        Delete(Secrets + "/a"),
        Get(Secrets + "/a"),
        Post(Secrets, """{"metadata":{"name":"kept","finalizers":["x.y/z"]}}"""),
        Delete(Secrets + "/kept"),
        Delete(Secrets + "/kept"),
        Merge(Secrets + "/kept", """{"metadata":{"finalizers":null}}"""),
        Get(Secrets + "/kept"),
        Post(Secrets, """{"metadata":{"name":"b","labels":{"l":"1"}}}"""),
        Post(Secrets, """{"metadata":{"name":"c"}}"""),
        Delete(Secrets + "?labelSelector=l%3D1"),
        Get(Secrets),
        Delete(Secrets + "/c", """{"propagationPolicy":"Background"}""")]);

    [Fact]
    public Task Lists_match_the_recorded_responses() => HoldsAsync([
        Post(Secrets, """{"metadata":{"name":"p2","labels":{"n":"2","e":""}},"type":"a/b"}"""),
        Post(Secrets, """{"metadata":{"name":"p1","labels":{"n":"1","system":"convox"}}}"""),
        Post(Secrets, """{"metadata":{"name":"p3","labels":{"n":"3"}}}"""),
        Post(Secrets, """{"metadata":{"name":"p-4"}}"""),
        Get(Secrets),
        Get(Secrets + "?limit=2"),
        Get(Secrets + "?limit=2&continue={continue}"),
        Get(Secrets + "?limit=3&labelSelector=n"),
        Get(Secrets + "?limit=2&labelSelector=n"),
        Get(Secrets + "?limit=2&labelSelector=n&continue={continue}"),
        Get(Secrets + "?labelSelector=n%3D1"),
        Get(Secrets + "?labelSelector=n%3D%3D1,system%3Dconvox"),
        Get(Secrets + "?labelSelector=n!%3D1"),
        Get(Secrets + "?labelSelector=n%20in%20(1,2)"),
        Get(Secrets + "?labelSelector=n%20notin%20(1,2)"),
        Get(Secrets + "?labelSelector=!n"),
        Get(Secrets + "?labelSelector=e%3D"),
        Get(Secrets + "?labelSelector=a%3D%3D%3Db").Loosely(),
        Get(Secrets + "?labelSelector=%2C").Loosely(),
        Get(Secrets + "?fieldSelector=metadata.name%3Dp3"),
        Get(Secrets + "?fieldSelector=metadata.name!%3Dp3&limit=1"),
        Get(Secrets + "?fieldSelector=metadata.namespace%3D{ns},type%3Da/b"),
        Get(Secrets + "?fieldSelector=type!%3Da/b"),
        Get(Secrets + "?fieldSelector=foo%3Dbar"),
        Get("/api/v1/secrets?labelSelector=system%3Dconvox&fieldSelector=metadata.namespace%3D{ns}"),
        Get("/api/v1/namespaces/no-such-namespace/secrets"),
        Get("/api/v1/namespaces?fieldSelector=metadata.name%3D{ns}"),
        Get(Secrets + "?limit=abc"),
        Get(Secrets + "?continue=abc").Loosely(),
        Get(Certificates + "?limit=5")]);

    [Fact]
    public Task Patches_match_the_recorded_responses() => HoldsAsync([
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
        Json(Secrets + "/a", """[{"op":"test","path":"/data/k","value":"Zg=="},{"op":"remove","path":"/data/k"}]""").Loosely(),
        Json(Secrets + "/a", """[{"op":"remove","path":"/data/none"}]""").Loosely(),
        Json(Secrets + "/a", """[{"op":"remove","path":"/data/k"},{"op":"copy","from":"/data/m","path":"/data/o"}]"""),
        Json(Secrets + "/a", """{"a":1}""").Loosely(),
        new("PATCH", Secrets + "/a", "{}", "application/json"),
        new("PATCH", Certificates + "/a", "{}", KubernetesApi.StrategicPatch)]);

    [Fact]
    public Task Server_side_apply_matches_the_recorded_responses() => HoldsAsync([
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
        Apply(Secrets + "/b?fieldManager=one", """{"kind":"Secret","metadata":{"name":"b"}}""").Loosely(),
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
    public Task Custom_resources_match_the_recorded_responses(CertManagerVersion version) => HoldsAsync([
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
        Json(Certificates + "/c/status", """[{"op":"remove","path":"/status/foo"}]""").Loosely(),
        Get(Certificates + "/c/status"),
        Get(Certificates),
        Post(Certificates, """{"metadata":{"name":"d"}}""").Loosely(),
        Put(
            Certificates + "/none",
            """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"none"},""" + SpecC + "}"),
        Put(
            Certificates + "/none/status",
            """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"none"},""" + SpecC + "}"),
        Post(Certificates, """{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"Bad_"},""" + SpecC + "}"),
        Delete(Certificates + "/c", """{"propagationPolicy":"Foreground"}""").Loosely(),
        Get("/apis/cert-manager.io/v1/namespaces/{ns}/foos"),
        Get("/apis/cert-manager.io/v2/namespaces/{ns}/certificates"),
        Get("/apis/foo.test/v1"),
        Get("/apis/foo.test/v1/namespaces/{ns}/certs"),
        Get("/api/v1/foo"),
        Get("/foo").Loosely(),
        Get(Certificates + "/c/scale").Loosely()], version);

    [Theory]
    [InlineData(CertManagerVersion.V1_10_2)]
    [InlineData(CertManagerVersion.V1_21_1)]
    public Task Schemas_match_the_recorded_responses(CertManagerVersion version) => HoldsAsync([
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

    [Fact]
    public Task Leases_and_roles_match_the_recorded_responses() => HoldsAsync([
        Post(
            Leases,
            """
            {"metadata":{"name":"l"},"spec":{"holderIdentity":"h","leaseDurationSeconds":30,
            "acquireTime":"2020-01-01T00:00:00.000000Z","renewTime":"2020-01-01T00:00:00.123456Z",
            "leaseTransitions":1}}
            """),
        Post(Leases, """{"metadata":{"name":"l2"},"spec":{"acquireTime":"2020-01-01T00:00:00Z"}}""").Loosely(),
        Post(Leases, """{"metadata":{"name":"l3"},"spec":{"leaseDurationSeconds":0,"leaseTransitions":-1}}"""),
        Put(Leases + "/l", """{"metadata":{"name":"l"},"spec":{"holderIdentity":"x"}}"""),
        Put(Leases + "/l", """{"metadata":{"name":"l","resourceVersion":"1"},"spec":{"holderIdentity":"x"}}"""),
        Put(Leases + "/l", """{"metadata":{"name":"l","resourceVersion":"{rv}"},"spec":{"holderIdentity":"x"}}"""),
        Put(Leases + "/new", """{"metadata":{"name":"new"},"spec":{"holderIdentity":"h"}}"""),
        Put(Leases + "/newer", """{"metadata":{"name":"newer","resourceVersion":"5"},"spec":{"holderIdentity":"h"}}"""),
        Put("/api/v1/namespaces/{ns}/configmaps/new", """{"metadata":{"name":"new"}}"""),
        Post(
            Roles,
            """{"metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"],"resourceNames":["x"]}]}"""),
        Put(Roles + "/r2", """{"metadata":{"name":"r2"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}]}"""),
        Post(
            "/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings",
            """{"metadata":{"name":"r"},"subjects":[{"kind":"User","name":"{user}"}],"roleRef":{"kind":"Role","name":"r"}}"""),
        Put(
            "/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings/r",
            """{"metadata":{"name":"r"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r2"}}"""),
        Delete(Leases + "/l")]);

    [Fact]
    public Task Permissions_match_the_recorded_responses() => HoldsAsync([
        Get(Secrets).ByUser(),
        Get(Secrets + "/x").ByUser(),
        Get(Secrets + "?fieldSelector=metadata.name%3Dx").ByUser(),
        Get("/api/v1/secrets").ByUser(),
        Post("/api/v1/namespaces", """{"metadata":{"name":"q"}}""").ByUser(),
        Get("/api/v1/namespaces/{ns}").ByUser(),
        Put(Secrets + "/x", """{"metadata":{"name":"x"}}""").ByUser(),
        Merge(Certificates + "/c/status", "{}").ByUser(),
        Delete(Secrets).ByUser(),
        Delete(Secrets + "/x").ByUser(),
        Get("/api/v1/namespaces/{ns}/configmaps/none").ByUser(),
        Get("/apis/foo.test/v1/namespaces/{ns}/certs").ByUser(),
        Get("/foo").ByUser(),
        Get("/readyz").ByUser(),
        Post(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            """{"spec":{"resourceAttributes":{"namespace":"{ns}","verb":"get","resource":"secrets"}}}"""),
        Post(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            """{"spec":{"resourceAttributes":{"namespace":"{ns}","verb":"get","resource":"secrets"}}}""").ByUser(),
        Post(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            """{"spec":{"nonResourceAttributes":{"path":"/version","verb":"get"}}}""")
            .Loosely()
            .ByUser(),
        Post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", """{"spec":{}}""").Loosely(),
        Post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", """{"spec":{"namespace":"{ns}"}}""").Loosely(),
        Post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", """{"spec":{}}""").ByUser(),
        Get("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews").Loosely(),
        Apply(
            "/api/v1/namespaces/{ns}/configmaps/a?fieldManager=x",
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}""").ByUser()]);

    [Fact]
    public Task Namespaces_match_the_recorded_responses() => HoldsAsync([
        Get("/api/v1/namespaces/{ns}"),
        Merge(
            "/api/v1/namespaces/{ns}",
            """{"metadata":{"labels":{"rack":"r"}},"spec":{"finalizers":[]},"status":{"phase":"Terminating"}}"""),
        Post(Secrets, """{"metadata":{"name":"a"}}"""),
        Delete("/api/v1/namespaces/{ns}"),
        Delete("/api/v1/namespaces/{ns}"),
        Post(Secrets, """{"metadata":{"name":"late"}}"""),
        Merge(Secrets + "/a", """{"data":{"x":""}}"""),
        Delete(Secrets + "/a"),
        Put("/api/v1/namespaces/{ns}/finalize", """{"metadata":{"name":"{ns}"},"spec":{"finalizers":[]}}"""),
        Get("/api/v1/namespaces/{ns}"),
        Post(Secrets, """{"metadata":{"name":"late"}}""").Loosely()]);

    private static string Issuer(string spec) =>
        $$"""{"apiVersion":"cert-manager.io/v1","kind":"Issuer","metadata":{"name":"i"},"spec":{{spec}}}""";

    private async Task HoldsAsync(
        Exchange[] exchanges, CertManagerVersion version = CertManagerVersion.V1_10_2, [CallerMemberName] string test = "")
    {
        var server = await start(version);
        var transcript = new Transcript($"{test}{(version == CertManagerVersion.V1_10_2 ? string.Empty : $"_{version}")}");
        var answers = await new Conversation(server).HoldAsync(exchanges, CancellationToken.None);
        if (server.IsReal && Transcript.IsRecording)
        {
            transcript.Record(answers);
        }

        // Other versions use other words in some messages.
        if (!server.IsReal || server.Description.Contains(" v1.20.", StringComparison.Ordinal))
        {
            transcript.Compare(answers);
        }
    }
}

public sealed class ScriptedServerContractTests() : ServerContractTests(KubernetesTestServers.ScriptedAsync);

/// <summary>Tests on the real API server, if there is one.</summary>
public sealed class CurrentServerContractTests() : ServerContractTests(KubernetesTestServers.CurrentAsync);
