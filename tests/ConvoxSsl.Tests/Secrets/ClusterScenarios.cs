using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>A Kubernetes rack with every kind of kubeconfig credential, and private keys in Secrets.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class ClusterScenarios
{
    private const string Connect = "Connect-ConvoxRack -Name secret -KubeConfig $Folder/kubeconfig";

    public static async Task RunAsync(SecretsSession session)
    {
        await using var server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), CancellationToken.None);
        await server.EnsureNamespaceAsync(
            "secret-system", CancellationToken.None, new Dictionary<string, string> { ["system"] = "convox", ["rack"] = "secret" });
        await server.EnsureNamespaceAsync(
            "secret-web", CancellationToken.None, new Dictionary<string, string> { ["system"] = "convox", ["rack"] = "secret" });
        var token = session.Secrets.Add("kubeconfig's token", server.AdminToken);
        session.WritePrivate("kubeconfig", server.KubeConfig());
        await session.SucceedAsync(Connect);
        await session.SucceedAsync("$global:Made = New-ConvoxCertificate cluster.example.org; $Made");
        await AddKeysAsync(session, server);
        await session.SucceedAsync("Get-ConvoxCertificate; Get-ConvoxRack");
        await session.SucceedAsync("Publish-ConvoxCertificate $Made.Id -App web");
        await session.SucceedAsync("Update-ConvoxCertificate $Made.Id -Force");
        await AddKeysAsync(session, server);
        await session.FailAsync("Publish-ConvoxCertificate $Made.Id -App none", "AppNotFound");
        await session.SucceedAsync("Remove-ConvoxCertificate $Made.Id -Confirm:$false");
        await RejectAsync(session, server, token);
        await session.SucceedAsync("Disconnect-ConvoxRack; Connect-ConvoxRack $Rack");
    }

    private static async Task RejectAsync(SecretsSession session, ScriptedKubernetesServer server, string token)
    {
        var password = session.Secrets.Add("kubeconfig's password", "kube-passw0rd/of+a=rack");
        var basic = session.Secrets.Add(
            "kubeconfig's basic credentials", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"convox:{password}")));
        server.Faults.Add(KubernetesFault.OnAny().Respond(KubernetesResponse.Text(401, $"Who is {token}?")).Always());
        await session.FailAsync(Connect, "ClusterUnauthorized");
        server.Faults.Clear();
        server.Faults.Add(KubernetesFault.OnAny().Respond(KubernetesResponse.Text(401, $"Who is {password} or {basic}?")).Always());
        session.WritePrivate(
            "kubeconfig",
            server.KubeConfig("PLACE").Replace("token: PLACE", $"username: convox\n    password: {password}", StringComparison.Ordinal));
        await session.FailAsync(Connect, "ClusterUnauthorized");
        session.WritePrivate("kubeconfig", $"users:\n- user: {{ token: {token}\n\t- {password}");
        await session.FailAsync(Connect, "InvalidKubeConfig");
        session.WritePrivate(
            "kubeconfig",
            server.KubeConfig("PLACE")
                .Replace(
                    "token: PLACE",
                    "exec: { apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh }",
                    StringComparison.Ordinal));
        session.WritePrivate("plugin.sh", $"#!/bin/sh\necho '{{\"status\":{{\"other\":\"{token}\"}}}}'\necho '{token}' >&2\nexit 1\n");
        File.SetUnixFileMode(session.PowerShell["plugin.sh"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await session.FailAsync(Connect, "CredentialPluginFailed");
        File.Delete(session.PowerShell["plugin.sh"]);
    }

    private static async Task AddKeysAsync(SecretsSession session, KubernetesTestServer server)
    {
        foreach (var secret in await server.Admin.ListAsync("/api/v1/namespaces/secret-system/secrets", CancellationToken.None))
        {
            if ((string?)secret["data"]?["tls.key"] is { Length: > 0 } key)
            {
                session.Secrets.AddKey(
                    $"private key of Secret {secret["metadata"]!["name"]}",
                    System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(key)));
            }
        }
    }
}
