using ConvoxSsl.TestKit.Webhooks;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>Webhooks with a secret, with a token in the URL, and with receivers that repeat both.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class WebhookScenarios
{
    public static async Task RunAsync(SecretsSession session)
    {
        var servers = session.Servers;
        await session.GoodAsync("Set-ConvoxWebhook $WebhookUrl -CaCertificate $WebhookRoot -Secret $SecureWebhookSecret");
        await session.GoodAsync("Set-ConvoxWebhook -Secret $WebhookSecret -WhatIf");
        await session.BadAsync("Set-ConvoxWebhook -Secret \"$WebhookSecret!\"", "InvalidWebhookSecret");
        await session.BadAsync("Set-ConvoxWebhook -Secret @($WebhookSecret, 'x')", "Secret");
        await session.BadAsync(
            "Set-ConvoxWebhook ($WebhookUrl -replace 'https://localhost', 'http://hooks.example.org')", "InvalidWebhookUrl");
        await session.BadAsync("Set-ConvoxWebhook ($WebhookUrl -replace 'https', 'ftp')", "InvalidWebhookUrl");
        await session.GoodAsync("Get-ConvoxWebhook");
        await session.GoodAsync("Get-ConvoxWebhook | Set-ConvoxWebhook -Event Failed, Renewed");
        await session.GoodAsync(
            "$null = Set-ConvoxWebhook ([System.Net.NetworkCredential]::new([string]::Empty, $WebhookUrl).SecurePassword)");
        await session.GoodAsync("Test-ConvoxWebhook");
        await RefuseAsync(session);
        servers.Webhook.Reply(Echo(session, 403));
        await session.GoodAsync("Get-ConvoxCertificate -Domain rsa.example.org | Update-ConvoxCertificate -Force");
        await DamageAsync(session);
    }

    private static async Task RefuseAsync(SecretsSession session)
    {
        foreach (var status in new[] { 301, 400, 401, 403 })
        {
            session.Servers.Webhook.Reply(Echo(session, status));
            await session.BadAsync("Test-ConvoxWebhook", $"HTTP {status}");
        }

        await session.GoodAsync("$null = Set-ConvoxWebhook ($WebhookUrl -replace 'localhost', '[::ffff:127.0.0.1]')");
        await session.BadAsync("Test-ConvoxWebhook", "not trusted");
        await session.GoodAsync("$null = Set-ConvoxWebhook $WebhookUrl");
    }

    private static async Task DamageAsync(SecretsSession session)
    {
        var rack = session.PowerShell.RackPath;
        session.WritePrivate(Path.Combine(rack, "secrets", "webhook.json"), "t" + session.Servers.WebhookSecret);
        await session.BadAsync("Test-ConvoxWebhook", "SecretDamaged");
        session.WritePrivate(Path.Combine(rack, "webhook.json"), $"{{\"url\":t{session.Servers.WebhookPath}}}");
        await session.BadAsync("Get-ConvoxWebhook", "WebhookDamaged");
        await session.GoodAsync("Remove-ConvoxWebhook -Confirm:$false");
        await session.BadAsync("Remove-ConvoxWebhook -Confirm:$false", "WebhookNotFound");
    }

    private static WebhookReply Echo(SecretsSession session, int status)
    {
        var url = $"{session.Servers.Webhook.Origin}/{session.Servers.WebhookPath}?token={session.Servers.WebhookQuery}";
        return WebhookReply.Of(
            status, ("Location", url), ("X-Secret", session.Servers.WebhookSecret), ("Retry-After", session.Servers.WebhookQuery)) with
        {
            Body = [$"{url} {session.Servers.WebhookSecret}"],
        };
    }
}
