using System.Runtime.CompilerServices;
using ConvoxSsl.TestKit.Kubernetes;
using static ConvoxSsl.Kubernetes.Tests.TestServers.ContractRequest;

namespace ConvoxSsl.Kubernetes.Tests.TestServers;

/// <summary>
/// Compares responses with those recorded from a real API server 1.20, so that tests that pass on one server also pass on the
/// other.
/// </summary>
public abstract partial class ServerContractTests(Func<CertManagerVersion, Task<KubernetesTestServer>> start)
{
    private const string Secrets = "/api/v1/namespaces/{ns}/secrets";
    private const string Leases = "/apis/coordination.k8s.io/v1/namespaces/{ns}/leases";
    private const string Roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles";
    private const string Certificates = "/apis/cert-manager.io/v1/namespaces/{ns}/certificates";
    private const string SpecC =
        """ "spec":{"secretName":"c","dnsNames":["a.test"],"issuerRef":{"name":"letsencrypt","kind":"ClusterIssuer"}} """;

    [Fact]
    public Task Creating_matches_the_recorded_responses() => AssertMatchesAsync([
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
        Post(Secrets, """{"metadata":{"name":"b64"},"data":{"a":"%%"}}""").Loose(),
        Post(Secrets, """{"metadata":{"name":"number"},"data":{"a":5}}""").Loose(),
        Post(Secrets, """{"metadata":{"name":"label","labels":{"a":5}}}""").Loose(),
        Post(Secrets, """{"metadata":{"name":"empty"},"data":{}}"""),
        Post(Secrets, """{"metadata":{"name":"null"},"data":null}"""),
        Post(Secrets, """{"metadata":{"name":"unknown"},"foo":{"bar":1}}"""),
        Post("/api/v1/namespaces/no-such-namespace/secrets", """{"metadata":{"name":"a"}}"""),
        Post(Secrets, """{"metadata":{"name":"a","namespace":"other"}}"""),
        Post(Secrets, """{"metadata":{}}"""),
        Post(Secrets, """{"metadata":{"name":"rv","resourceVersion":"5"}}"""),
        Post(Secrets, """{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"kind"}}""").Loose(),
        Post(Secrets, "{\"metadata\":").Loose(),
        Post(Secrets + "/x", """{"metadata":{"name":"x"}}"""),
        Post("/api/v1/namespaces", """{"metadata":{"name":"Bad."}}"""),
        Post(
            "/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"sa","annotations":{"eks.amazonaws.com/role-arn":"arn"}}}"""),
        Post("/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"cm"},"data":{"a":"b"}}"""),
        Get(Secrets)]);

    [Fact]
    public Task Replacing_matches_the_recorded_responses() => AssertMatchesAsync([
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
    public Task Deleting_matches_the_recorded_responses() => AssertMatchesAsync([
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
    public Task Lists_match_the_recorded_responses() => AssertMatchesAsync([
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
        Get(Secrets + "?labelSelector=a%3D%3D%3Db").Loose(),
        Get(Secrets + "?labelSelector=%2C").Loose(),
        Get(Secrets + "?fieldSelector=metadata.name%3Dp3"),
        Get(Secrets + "?fieldSelector=metadata.name!%3Dp3&limit=1"),
        Get(Secrets + "?fieldSelector=metadata.namespace%3D{ns},type%3Da/b"),
        Get(Secrets + "?fieldSelector=type!%3Da/b"),
        Get(Secrets + "?fieldSelector=foo%3Dbar"),
        Get("/api/v1/secrets?labelSelector=system%3Dconvox&fieldSelector=metadata.namespace%3D{ns}"),
        Get("/api/v1/namespaces/no-such-namespace/secrets"),
        Get("/api/v1/namespaces?fieldSelector=metadata.name%3D{ns}"),
        Get(Secrets + "?limit=abc"),
        Get(Secrets + "?continue=abc").Loose(),
        Get(Certificates + "?limit=5")]);

    [Fact]
    public Task Leases_and_roles_match_the_recorded_responses() => AssertMatchesAsync([
        Post(
            Leases,
            """
            {"metadata":{"name":"l"},"spec":{"holderIdentity":"h","leaseDurationSeconds":30,
            "acquireTime":"2020-01-01T00:00:00.000000Z","renewTime":"2020-01-01T00:00:00.123456Z",
            "leaseTransitions":1}}
            """),
        Post(Leases, """{"metadata":{"name":"l2"},"spec":{"acquireTime":"2020-01-01T00:00:00Z"}}""").Loose(),
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
    public Task Permissions_match_the_recorded_responses() => AssertMatchesAsync([
        Get(Secrets).AsUser(),
        Get(Secrets + "/x").AsUser(),
        Get(Secrets + "?fieldSelector=metadata.name%3Dx").AsUser(),
        Get("/api/v1/secrets").AsUser(),
        Post("/api/v1/namespaces", """{"metadata":{"name":"q"}}""").AsUser(),
        Get("/api/v1/namespaces/{ns}").AsUser(),
        Put(Secrets + "/x", """{"metadata":{"name":"x"}}""").AsUser(),
        Merge(Certificates + "/c/status", "{}").AsUser(),
        Delete(Secrets).AsUser(),
        Delete(Secrets + "/x").AsUser(),
        Get("/api/v1/namespaces/{ns}/configmaps/none").AsUser(),
        Get("/apis/foo.test/v1/namespaces/{ns}/certs").AsUser(),
        Get("/foo").AsUser(),
        Get("/readyz").AsUser(),
        Post(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            """{"spec":{"resourceAttributes":{"namespace":"{ns}","verb":"get","resource":"secrets"}}}"""),
        Post(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            """{"spec":{"resourceAttributes":{"namespace":"{ns}","verb":"get","resource":"secrets"}}}""").AsUser(),
        Post(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            """{"spec":{"nonResourceAttributes":{"path":"/version","verb":"get"}}}""")
            .Loose()
            .AsUser(),
        Post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", """{"spec":{}}""").Loose(),
        Post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", """{"spec":{"namespace":"{ns}"}}""").Loose(),
        Post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", """{"spec":{}}""").AsUser(),
        Get("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews").Loose(),
        Apply(
            "/api/v1/namespaces/{ns}/configmaps/a?fieldManager=x",
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}""").AsUser()]);

    [Fact]
    public Task Namespaces_match_the_recorded_responses() => AssertMatchesAsync([
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
        Post(Secrets, """{"metadata":{"name":"late"}}""").Loose()]);

    private async Task AssertMatchesAsync(
        ContractRequest[] requests, CertManagerVersion version = CertManagerVersion.V1_10_2, [CallerMemberName] string test = "")
    {
        var server = await start(version);
        var transcript = new Transcript($"{test}{(version == CertManagerVersion.V1_10_2 ? string.Empty : $"_{version}")}");
        var responses = await new ContractRecorder(server).HoldAsync(requests, CancellationToken.None);
        if (server.IsReal && Transcript.IsRecording)
        {
            transcript.Record(responses);
        }

        // Other versions use other words in some messages.
        if (!server.IsReal || server.Description.Contains(" v1.20.", StringComparison.Ordinal))
        {
            transcript.Compare(responses);
        }
    }
}

public sealed class ScriptedServerContractTests() : ServerContractTests(KubernetesTestServers.ScriptedAsync);

/// <summary>Tests on the real API server, if there is one.</summary>
public sealed class CurrentServerContractTests() : ServerContractTests(KubernetesTestServers.CurrentAsync);
