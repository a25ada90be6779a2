using ConvoxSsl.TestKit.Webhooks;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>Webhooks with a secret, with a token in the URL, and with receivers that repeat both.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class WebhookScenarios
{
    public static async Task RunAsync(SecretsSession session)
    {
        var servers = session.Servers;
        await session.SucceedAsync("Set-ConvoxWebhook $WebhookUrl -CaCertificate $WebhookRoot -Secret $SecureWebhookSecret");
        await session.SucceedAsync("Set-ConvoxWebhook -Secret $WebhookSecret -WhatIf");
        await session.FailAsync("Set-ConvoxWebhook -Secret \"$WebhookSecret!\"", "InvalidWebhookSecret");
        await session.FailAsync("Set-ConvoxWebhook -Secret @($WebhookSecret, 'x')", "Secret");
        await session.FailAsync(
            "Set-ConvoxWebhook ($WebhookUrl -replace 'https://localhost', 'http://hooks.example.org')", "InvalidWebhookUrl");
        await session.FailAsync("Set-ConvoxWebhook ($WebhookUrl -replace 'https', 'ftp')", "InvalidWebhookUrl");
        await session.SucceedAsync("Get-ConvoxWebhook");
        await session.SucceedAsync("Get-ConvoxWebhook | Set-ConvoxWebhook -Event Failed, Renewed");
        await session.SucceedAsync(
            "$null = Set-ConvoxWebhook ([System.Net.NetworkCredential]::new([string]::Empty, $WebhookUrl).SecurePassword)");
        await session.SucceedAsync("Test-ConvoxWebhook");
        await RefuseAsync(session);
        servers.Webhook.SetResponses(Echo(session, 403));
        await session.SucceedAsync("Get-ConvoxCertificate -Domain rsa.example.org | Update-ConvoxCertificate -Force");
        await DamageAsync(session);
    }

    private static async Task RefuseAsync(SecretsSession session)
    {
        foreach (var status in new[] { 301, 400, 401, 403 })
        {
            session.Servers.Webhook.SetResponses(Echo(session, status));
            await session.FailAsync("Test-ConvoxWebhook", $"HTTP {status}");
        }

        await session.SucceedAsync("$null = Set-ConvoxWebhook ($WebhookUrl -replace 'localhost', '[::ffff:127.0.0.1]')");
        await session.FailAsync("Test-ConvoxWebhook", "not trusted");
        await session.SucceedAsync("$null = Set-ConvoxWebhook $WebhookUrl");
    }

    private static async Task DamageAsync(SecretsSession session)
    {
        var rack = session.PowerShell.RackPath;
        session.WritePrivate(Path.Combine(rack, "secrets", "webhook.json"), "t" + session.Servers.WebhookSecret);
        await session.FailAsync("Test-ConvoxWebhook", "SecretDamaged");
        session.WritePrivate(Path.Combine(rack, "webhook.json"), $"{{\"url\":t{session.Servers.WebhookPath}}}");
        await session.FailAsync("Get-ConvoxWebhook", "WebhookDamaged");
        await session.SucceedAsync("Remove-ConvoxWebhook -Confirm:$false");
        await session.FailAsync("Remove-ConvoxWebhook -Confirm:$false", "WebhookNotFound");
    }

    private static ReceiverResponse Echo(SecretsSession session, int status)
    {
        var url = $"{session.Servers.Webhook.Origin}/{session.Servers.WebhookPath}?token={session.Servers.WebhookQuery}";
        return ReceiverResponse.Of(
            status, ("Location", url), ("X-Secret", session.Servers.WebhookSecret), ("Retry-After", session.Servers.WebhookQuery)) with
        {
            Body = [$"{url} {session.Servers.WebhookSecret}"],
        };
    }
}
