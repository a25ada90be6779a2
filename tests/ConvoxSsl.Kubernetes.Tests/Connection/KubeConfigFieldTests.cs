using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Connection;

/// <summary>Each field of a kubeconfig has the effect that it has in kubectl, or is refused by name.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KubeConfigFieldTests : IDisposable
{
    private const string Token = "secret-token-that-nobody-may-see";
    private readonly TemporaryDirectory _home = new();
    private readonly SkippingClock _clock = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("", "token: a\n    token: b", "line 9 repeats a key")]
    [InlineData("", "token: [a]", "line 8 is not a text")]
    [InlineData("", "token: a\n    password: b", "has both a token and a password")]
    [InlineData("", "as-groups: [admins]", "as-groups or as-user-extra without as")]
    [InlineData("", "as: a\n    as-groups: [b, c]", "has more than one of as-groups")]
    [InlineData("", "as: a\n    as-user-extra: { scope: [b, c] }", "has more than one of as-groups, or several values of as-user-extra")]
    [InlineData("", "as: \"a\\nb\"", "has control characters in as")]
    [InlineData("", "client-certificate: a.pem", "has a client-certificate without a client-key")]
    [InlineData("", "auth-provider: { name: gcp }", "the auth-provider 'gcp'")]
    [InlineData("", "auth-provider: { name: oidc }", "has no id-token")]
    [InlineData("", "exec: { apiVersion: client.authentication.k8s.io/v1 }", "has no command")]
    [InlineData("", "exec: { command: a }", "the apiVersion of its user 'one'")]
    [InlineData(
        "",
        "exec: { command: a, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always }",
        "the interactiveMode of its user")]
    [InlineData("proxy-url: ftp://somebody:hidden@proxy.test", "token: a", "the proxy-url of its context 'one'")]
    [InlineData("certificate-authority-data: \"?\"", "token: a", "its certificate-authority-data cannot be read")]
    [InlineData("certificate-authority-data: eA==", "token: a", "its certificate-authority cannot be read")]
    [InlineData("certificate-authority: none.pem", "token: a", "none.pem' does not exist")]
    [InlineData("certificate-authority-data: eA==\n    insecure-skip-tls-verify: true", "token: a", "insecure-skip-tls-verify")]
    [InlineData("insecure-skip-tls-verify: perhaps", "token: a", "is not true or false")]
    public async Task What_cannot_be_honoured_is_refused_by_name(string cluster, string user, string expected)
    {
        Write("https://one.test", cluster, user);

        var error = await Assert.ThrowsAsync<InvalidInputException>(OpenAsync);

        Assert.Equal("InvalidKubeConfig", error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_chain_of_merge_keys_is_refused()
    {
        var merges = Enumerable.Range(1, 40).Select(number => $"x{number}: &a{number} {{ <<: *a{number - 1} }}");
        File.WriteAllLines(_home["config"], ["x0: &a0 { kind: Config }", .. merges, "<<: *a40"]);

        var error = await Assert.ThrowsAsync<InvalidInputException>(OpenAsync);

        Assert.Contains("nested deeper than 32 levels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_a_file_defines_twice_and_other_kinds_of_files_are_refused()
    {
        Write("https://one.test", string.Empty, "token: a");
        var text = File.ReadAllText(_home["config"]);
        foreach (var (part, instead) in new[]
        {
            ("users:\n", "users:\n- name: one\n  user:\n    token: b\n"),
            ("kind: Config", "kind: Secret"),
            ("apiVersion: v1", "apiVersion: v2"),
        })
        {
            File.WriteAllText(_home["config"], text.Replace(part, instead, StringComparison.Ordinal));
            Assert.Equal("InvalidKubeConfig", (await Assert.ThrowsAsync<InvalidInputException>(OpenAsync)).Code);
        }
    }

    [Fact]
    public async Task Impersonation_is_requested_with_every_request()
    {
        await using var server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        WriteFor(server, "as: renewer", "as-uid: \"7\"", "as-groups: [people]", "as-user-extra: { Scope/x: [c] }");

        await Assert.ThrowsAsync<EngineException>(RequestAsync);

        Assert.NotEmpty(server.Calls);
        Assert.All(server.Calls, call =>
        {
            Assert.Equal("renewer", call.Headers["Impersonate-User"]);
            Assert.Equal("7", call.Headers["Impersonate-Uid"]);
            Assert.Equal("people", call.Headers["Impersonate-Group"]);
            Assert.Equal("c", call.Headers["Impersonate-Extra-Scope%2Fx"]);
        });
    }

    [RealKubernetesFact]
    public async Task A_real_server_gives_the_rights_of_the_impersonated_user()
    {
        var server = await KubernetesTestServers.RealAsync();
        var space = await server.CreateNamespaceAsync("impersonation", default);
        WriteFor(server);
        using (var rack = await OpenAsync(space))
        {
            Assert.Empty(await rack.FindMissingRightsAsync(default));
        }

        WriteFor(server, "as: somebody", "as-groups: [people]");
        using var restricted = await OpenAsync(space);
        Assert.NotEmpty(await restricted.FindMissingRightsAsync(default));
    }

    [Theory]
    [InlineData("token: " + Token)]
    [InlineData("username: u\n    password: " + Token)]
    [InlineData("exec: { apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh, interactiveMode: Never }")]
    public async Task Credentials_are_not_sent_over_http(string user)
    {
        Script("touch \"$0.ran\"");
        await using var server = new RawHttpServer("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
        Write($"http://{server.Address}", string.Empty, user);

        var error = await Assert.ThrowsAsync<EngineException>(RequestAsync);

        Assert.Equal("ClusterUnauthorized", error.Code);
        Assert.Contains("were not sent, because the server's URL uses http", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization:", Assert.Single(server.Requests), StringComparison.OrdinalIgnoreCase);
        Assert.False(File.Exists(_home["plugin.sh.ran"]));
    }

    [Fact]
    public async Task Requests_go_through_the_kubeconfigs_proxy_whose_password_is_not_shown()
    {
        await using var proxy = new RawHttpServer("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Write("https://cluster.invalid:6443", $"proxy-url: http://somebody:{Token}@{proxy.Address}", "token: a");

        var error = await Assert.ThrowsAsync<EngineException>(RequestAsync);

        Assert.Equal("ClusterUnreachable", error.Code);
        Assert.StartsWith("CONNECT cluster.invalid:6443", proxy.Requests[0], StringComparison.Ordinal);
        Assert.DoesNotContain(Token, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_receives_the_cluster_if_the_kubeconfig_says_so()
    {
        var server = await KubernetesTestServers.ScriptedAsync();
        Script("printf '%s' \"$KUBERNETES_EXEC_INFO\" > \"$0.info\"; exit 1");
        var config = server.KubeConfig("PLACE")
            .Replace("token: PLACE", Exec("provideClusterInfo: true"), StringComparison.Ordinal)
            .Replace(
                "  cluster:\n",
                "  cluster:\n    tls-server-name: localhost\n    extensions:\n"
                + "    - { name: client.authentication.k8s.io/exec, extension: { audience: x, depth: [1, true] } }\n",
                StringComparison.Ordinal);
        File.WriteAllText(_home["config"], config);

        await Assert.ThrowsAsync<EngineException>(OpenAsync);

        var cluster = JsonNode.Parse(File.ReadAllText(_home["plugin.sh.info"]))!["spec"]!["cluster"]!;
        Assert.Equal(server.BaseUrl.GetLeftPart(UriPartial.Authority), (string?)cluster["server"]);
        Assert.Equal("localhost", (string?)cluster["tls-server-name"]);
        var authority = Convert.FromBase64String((string)cluster["certificate-authority-data"]!);
        Assert.Equal(server.CaCertificatePem, Encoding.UTF8.GetString(authority));
        Assert.Equal("""{"audience":"x","depth":[1,true]}""", cluster["config"]!.ToJsonString());
    }

    [Fact]
    public async Task The_hint_of_a_plugin_that_is_not_installed_is_shown()
    {
        var exec = Exec("installHint: Get it from example.org.");
        Write("https://one.test", string.Empty, exec.Replace("./plugin.sh", "no-such-plugin", StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<EngineException>(OpenAsync);

        Assert.Contains("Get it from example.org.", error.Remedy!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_receives_the_client_certificate_with_its_intermediates()
    {
        using var chain = new ClientChain();
        await using var server = new ClientCertificateServer();
        File.WriteAllText(_home["client.pem"], chain.Pem);
        File.WriteAllText(_home["client.key"], chain.KeyPem);
        var inline = $"client-certificate-data: {Encode(chain.Pem)}\n    client-key-data: {Encode(chain.KeyPem)}";
        var status = new JsonObject { ["clientCertificateData"] = chain.Pem, ["clientKeyData"] = chain.KeyPem };
        Script($"cat <<'END'\n{new JsonObject { ["status"] = status }.ToJsonString()}\nEND");
        foreach (var user in new[] { "client-certificate: client.pem\n    client-key: client.key", inline, Exec("interactiveMode: Never") })
        {
            Write($"https://{server.Address}", "insecure-skip-tls-verify: true", user);

            await Assert.ThrowsAsync<EngineException>(RequestAsync);

            Assert.Equal(["CN=client", "CN=intermediate"], server.Received);
            server.Clear();
        }
    }

    [Fact]
    public async Task Inline_data_precedes_files_and_a_token_file_precedes_a_token()
    {
        await using var server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        File.WriteAllText(_home["token"], server.AdminToken + "\n");
        File.WriteAllText(
            _home["config"],
            server.KubeConfig("old-token")
                .Replace("  cluster:\n", "  cluster:\n    certificate-authority: none.pem\n", StringComparison.Ordinal)
                .Replace("    token:", "    tokenFile: token\n    token:", StringComparison.Ordinal));

        Assert.Equal("NamespaceNotFound", (await Assert.ThrowsAsync<EngineException>(RequestAsync)).Code);
        Assert.Equal($"Bearer {server.AdminToken}", server.Calls[^1].Headers["Authorization"]);
    }

    [Fact]
    public async Task An_identity_token_is_used_until_it_expires()
    {
        await using var server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        foreach (var (expires, isExpired) in new[] { (_clock.GetUtcNow().AddMinutes(-1), true), (_clock.GetUtcNow().AddHours(1), false) })
        {
            var token = $"e30.{Encode($$"""{"exp":{{expires.ToUnixTimeSeconds()}}}""").TrimEnd('=')}.{Token}";
            var provider = $"auth-provider: {{ name: oidc, config: {{ id-token: {token} }} }}";
            File.WriteAllText(
                _home["config"], server.KubeConfig("PLACE").Replace("token: PLACE", provider, StringComparison.Ordinal));

            var error = await Assert.ThrowsAsync<EngineException>(RequestAsync);

            Assert.Equal("ClusterUnauthorized", error.Code);
            Assert.Equal(isExpired, error.Message.Contains("expired at", StringComparison.Ordinal));
            Assert.Equal(isExpired, server.Calls.Count == 0);
            Assert.DoesNotContain(Token, error.ToString(), StringComparison.Ordinal);
        }
    }

    private Task<KubernetesRack> OpenAsync() => OpenAsync(null);

    private Task<KubernetesRack> OpenAsync(string? inNamespace) => KubernetesRack.OpenAsync(
        new KubernetesRackOptions { Name = "rack", Namespace = inNamespace, KubeConfig = _home["config"] },
        _clock,
        null,
        default);

    private async Task RequestAsync()
    {
        using var rack = await OpenAsync();
        await rack.RequireReadableAsync(default);
    }

    private void WriteFor(KubernetesTestServer server, params string[] fields) => File.WriteAllText(
        _home["config"],
        server.KubeConfig().Replace("  user:\n", "  user:\n" + string.Concat(fields.Select(f => $"    {f}\n")), StringComparison.Ordinal));

    private void Write(string server, string cluster, string user) => File.WriteAllText(_home["config"], $"""
        apiVersion: v1
        kind: Config
        current-context: one
        contexts: [{"{"} name: one, context: {"{"} cluster: one, user: one {"}"} {"}"}]
        users:
        - name: one
          user:
            {user}
        clusters:
        - name: one
          cluster:
            server: {server}
            {cluster}

        """);

    private static string Exec(string more) => $$"""
        exec:
              apiVersion: client.authentication.k8s.io/v1
              command: ./plugin.sh
              {{more}}
        """;

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private void Script(string body)
    {
        File.WriteAllText(_home["plugin.sh"], $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(_home["plugin.sh"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private sealed class ClientChain : IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public ClientChain()
        {
            using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var now = DateTimeOffset.UtcNow;
            using var root = Request("CN=root", rootKey, true).CreateSelfSigned(now.AddHours(-1), now.AddDays(3));
            using var middle = Request("CN=intermediate", middleKey, true).Create(root, now.AddHours(-1), now.AddDays(2), [1]);
            using var signer = middle.CopyWithPrivateKey(middleKey);
            using var leaf = Request("CN=client", _key, false).Create(signer, now.AddHours(-1), now.AddDays(1), [2]);
            Pem = $"{leaf.ExportCertificatePem()}\n{middle.ExportCertificatePem()}\n";
        }

        public string Pem { get; }

        public string KeyPem => _key.ExportPkcs8PrivateKeyPem();

        public void Dispose() => _key.Dispose();

        private static CertificateRequest Request(string subject, ECDsa key, bool isAuthority)
        {
            var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
            return request;
        }
    }
}
