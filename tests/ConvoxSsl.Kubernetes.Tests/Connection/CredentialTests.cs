using System.Net;
using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Access;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Connection;

/// <summary>Credentials for the API server: tokens from files and plugins, and none.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class CredentialTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _home = new();
    private KubernetesTestServer _server = null!;
    private string _namespace = null!;

    public async Task InitializeAsync()
    {
        _server = await KubernetesTestServers.ScriptedAsync();
        _namespace = await _server.CreateNamespaceAsync("credentials", default);
    }

    public Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_token_file_is_relative_to_the_kubeconfig_as_in_kubectl()
    {
        File.WriteAllText(_home["rack.token"], _server.AdminToken + "\n");
        WriteConfig("tokenFile: rack.token");

        Assert.Empty(await FindMissingAsync());
    }

    [Fact]
    public async Task A_plugin_runs_once_and_returns_the_token()
    {
        Script($$"""
            echo run >> "$0.runs"
            read answer && exit 9
            printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"} }' "$TOKEN_PART$1"
            """);
        WriteConfig(Exec($"[\"{_server.AdminToken[10..]}\"]", $"env: [{{ name: TOKEN_PART, value: {_server.AdminToken[..10]} }}]"));

        Assert.Empty(await FindMissingAsync());
        Assert.Equal("run\n", File.ReadAllText(_home["plugin.sh.runs"]));
    }

    [Fact]
    public async Task A_plugin_runs_again_when_its_token_expires()
    {
        Script($$"""
            echo run >> "$0.runs"
            printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
            printf '"status":{"token":"{{_server.AdminToken}}","expirationTimestamp":"2020-01-01T00:00:00Z"} }'
            """);
        WriteConfig(Exec("[]"));

        using var rack = await OpenAsync();
        await rack.RequireReadableAsync(default);

        Assert.True(File.ReadAllLines(_home["plugin.sh.runs"]).Length >= 2);
    }

    [Theory]
    [InlineData(
        "echo 'sign in first: aws sso login' >&2; echo eyJhbGciOiJSUzI1NiIsImtpZCI6IiJ9.secretsecretsecretsecret >&2; exit 3",
        "exit code 3",
        "sign in first: aws sso login")]
    [InlineData("echo eyJhbGciOiJSUzI1NiIsImtpZCI6IiJ9.secretsecretsecretsecret", "neither a token nor a certificate", "")]
    [InlineData("echo '{\"status\":{\"secretsecretsecretsecret\":1}}'", "neither a token nor a certificate", "")]
    [InlineData("exit 0", "neither a token nor a certificate", "")]
    public async Task A_plugins_failure_is_reported_without_possible_tokens(string body, string expected, string quoted)
    {
        Script(body);
        WriteConfig(Exec("[]"));

        var error = await Assert.ThrowsAsync<EngineException>(OpenAsync);

        Assert.Equal("CredentialPluginFailed", error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(quoted, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secretsecret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_plugin_is_reported()
    {
        WriteConfig(Exec("[]").Replace("./plugin.sh", "no-such-plugin-anywhere", StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<EngineException>(OpenAsync);

        Assert.Equal("CredentialPluginFailed", error.Code);
        Assert.Contains("cannot be started", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hanging_plugin_is_killed_on_cancellation()
    {
        Script("echo $$ > \"$0.pid\"; exec sleep 600");
        WriteConfig(Exec("[]"));
        using var stop = new CancellationTokenSource();

        var opening = KubernetesRack.OpenAsync(Options, TimeProvider.System, null, stop.Token);
        while (!File.Exists(_home["plugin.sh.pid"]) || File.ReadAllText(_home["plugin.sh.pid"]).Length == 0)
        {
            await Task.Delay(20);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        var pid = File.ReadAllText(_home["plugin.sh.pid"]).Trim();

        // The process has been killed; its exit takes a moment.
        for (var attempts = 500; IsRunning(pid); attempts--)
        {
            Assert.NotEqual(0, attempts);
            await Task.Delay(20);
        }
    }

    [Theory]
    [InlineData("token: expired-token-of-long-ago")]
    [InlineData("username: somebody\n    password: expired-token-of-long-ago")]
    public async Task Rejected_credentials_are_one_error_and_are_redacted_if_a_proxy_repeats_them(string user)
    {
        WriteConfig(user);
        await using var proxy = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        var basic = Convert.ToBase64String("somebody:expired-token-of-long-ago"u8.ToArray());
        proxy.Faults.Add(
            KubernetesFault.OnAny()
                .Respond(KubernetesResponse.Text((int)HttpStatusCode.Unauthorized, $"I do not know expired-token-of-long-ago or {basic}"))
                .Always());
        WriteConfig(user, proxy);
        using var rack = await OpenAsync();

        var error = await Assert.ThrowsAsync<EngineException>(() => rack.RequireReadableAsync(default));

        Assert.Equal("ClusterUnauthorized", error.Code);
        Assert.DoesNotContain("of-long-ago", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(basic, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anonymous_user_cannot_check_permissions_and_gets_an_error()
    {
        WriteConfig("{}");

        var missing = await FindMissingAsync();

        Assert.Equal("selfsubjectaccessreviews.authorization.k8s.io", Assert.Single(missing).Resource);
    }

    private KubernetesRackOptions Options => new() { Name = "rack", Namespace = _namespace, KubeConfig = _home["config"] };

    private Task<KubernetesRack> OpenAsync() => KubernetesRack.OpenAsync(Options, TimeProvider.System, null, default);

    private async Task<IReadOnlyList<MissingAccess>> FindMissingAsync()
    {
        using var rack = await OpenAsync();
        await rack.RequireReadableAsync(default);
        return await rack.FindMissingRightsAsync(default);
    }

    private void WriteConfig(string user, KubernetesTestServer? server = null) =>
        File.WriteAllText(_home["config"], (server ?? _server).KubeConfig("PLACE").Replace("token: PLACE", user, StringComparison.Ordinal));

    private static string Exec(string arguments, string more = "") => $$"""
        exec:
              apiVersion: client.authentication.k8s.io/v1
              command: ./plugin.sh
              args: {{arguments}}
              {{more}}
        """;

    private static bool IsRunning(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Length > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Script(string body)
    {
        File.WriteAllText(_home["plugin.sh"], $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(_home["plugin.sh"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
