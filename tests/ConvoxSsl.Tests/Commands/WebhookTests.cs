using System.Net;
using ConvoxSsl.Scripts;
using ConvoxSsl.TestKit.Webhooks;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the webhook cmdlets with a real HTTPS server as the receiver.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class WebhookTests : IAsyncLifetime
{
    private const string Token = "t0ken-that-nobody-may-see";
    private const string Given = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly HostedPowerShell _powerShell = new();
    private WebhookTestServer? _server;

    private WebhookTestServer Server => _server!;

    public async Task InitializeAsync()
    {
        _server = await WebhookTestServer.StartAsync(CancellationToken.None);
        _powerShell.Set("Url", $"{Server.Origin}/{Token}");
        _powerShell.Set("Root", Server.RootFile);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _powerShell.Dispose();
    }

    [Fact]
    public async Task A_webhook_is_set_shown_tested_changed_and_removed()
    {
        Assert.Empty((await RunAsync("Get-ConvoxWebhook")).Succeeded().Objects);
        var set = Assert.Single((await RunAsync("Set-ConvoxWebhook $Url -CaCertificate $Root")).Succeeded().Of<ConvoxWebhook>());
        Assert.Equal((Server.Origin, $"{Server.Origin}/{Token}"), (set.Origin, set.Url));
        Assert.Equal([ConvoxWebhookEvent.Renewed, ConvoxWebhookEvent.Failed, ConvoxWebhookEvent.Expiring], set.Event);
        var secret = new string(Secret.ToCharArray(set.Secret));

        var checks = (await RunAsync("Test-ConvoxWebhook")).Succeeded().Of<ConvoxCheck>();
        Assert.Equal([true, true], checks.Select(c => c.Passed));
        Assert.True(Assert.Single(Server.Messages).IsSignedWith(secret));

        var changed = Assert.Single((await RunAsync("Get-ConvoxWebhook | Set-ConvoxWebhook -Event Failed, Failed, Expiring"))
            .Succeeded()
            .Of<ConvoxWebhook>());
        Assert.Null(changed.Secret);
        Assert.Equal([ConvoxWebhookEvent.Failed, ConvoxWebhookEvent.Expiring], changed.Event);
        Assert.Equal(set.Created, changed.Created);
        var webhook = Assert.Single((await RunAsync("Get-ConvoxWebhook")).Of<ConvoxWebhook>());
        Assert.Equivalent(changed, webhook);

        (await RunAsync("Test-ConvoxWebhook")).Succeeded();
        Assert.True(Server.Messages[^1].IsSignedWith(secret));
        (await RunAsync("Get-ConvoxWebhook | Remove-ConvoxWebhook -Confirm:$false")).Succeeded();
        Assert.Empty((await RunAsync("Get-ConvoxWebhook")).Succeeded().Objects);
        Assert.Empty(Directory.GetFiles(_powerShell.RackPath + "/secrets"));
    }

    [Theory]
    [InlineData("'" + Given + "'")]
    [InlineData("$secret")]
    public async Task An_existing_secret_is_accepted_as_text_or_secure_string_and_not_returned(string secret)
    {
        _powerShell.Set("secret", new NetworkCredential(string.Empty, Given).SecurePassword);
        var set = Assert.Single((await RunAsync($"Set-ConvoxWebhook $Url -CaCertificate $Root -Secret {secret}"))
            .Succeeded()
            .Of<ConvoxWebhook>());
        Assert.Null(set.Secret);
        (await RunAsync("Test-ConvoxWebhook")).Succeeded();
        Assert.True(Server.Messages[^1].IsSignedWith(Given));

        var created = Assert.Single((await RunAsync("Set-ConvoxWebhook -NewSecret")).Succeeded().Of<ConvoxWebhook>());
        (await RunAsync("Test-ConvoxWebhook")).Succeeded();
        Assert.False(Server.Messages[^1].IsSignedWith(Given));
        Assert.True(Server.Messages[^1].IsSignedWith(new string(Secret.ToCharArray(created.Secret))));
    }

    [Fact]
    public async Task The_secret_and_the_URL_path_are_never_shown_and_stored_in_private_files()
    {
        Server.SetResponses(ReceiverResponse.Of(500), ReceiverResponse.Of(500), ReceiverResponse.Of(403));
        var runs = new[]
        {
            await RunAsync($"Set-ConvoxWebhook $Url -CaCertificate $Root -Secret {Given} -WhatIf"),
            await RunAsync($"$null = Set-ConvoxWebhook $Url -CaCertificate $Root -Secret {Given} -Verbose -Debug"),
            await RunAsync("Test-ConvoxWebhook -Verbose -Debug"),
            await RunAsync("\"$(Get-ConvoxWebhook)\""),
            await RunAsync("Set-ConvoxWebhook \"http://hooks.example/$($Url.Split('/')[-1])\""),
            await RunAsync($"Set-ConvoxWebhook -Secret {Given[..^4]}"),
            await RunAsync("Remove-ConvoxWebhook -WhatIf -Verbose -Debug"),
            await RunAsync("Remove-ConvoxWebhook"),
        };

        var output = string.Join('\n', runs.Select(OutputText.Format)) + _powerShell.Host.Text;
        Assert.DoesNotContain(Token, output, StringComparison.Ordinal);
        Assert.DoesNotContain(Given[..^4], output, StringComparison.Ordinal);
        Assert.Contains("HTTP 403", output, StringComparison.Ordinal);
        var holders = Directory.GetFiles(_powerShell.RackPath, "*", SearchOption.AllDirectories)
            .Where(f =>
                File.ReadAllText(f) is var text
                    && (text.Contains(Token, StringComparison.Ordinal) || text.Contains(Given, StringComparison.Ordinal))).ToList();
        Assert.Equal(2, holders.Count);
        Assert.All(holders, f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
    }

    [Theory]
    [InlineData("Set-ConvoxWebhook hooks.example.org", "InvalidWebhookUrl", "https URL")]
    [InlineData("Set-ConvoxWebhook http://hooks.example.org/", "InvalidWebhookUrl", "https URL")]
    [InlineData("Set-ConvoxWebhook https://me:word@hooks.example.org/", "InvalidWebhookUrl", "Leave them out")]
    [InlineData("Set-ConvoxWebhook https://hooks.example.org -Secret abc", "InvalidWebhookSecret", "Omit it")]
    [InlineData("Set-ConvoxWebhook https://hooks.example.org -CaCertificate /no/such.pem", "FileNotFound", "Check the path")]
    [InlineData("Set-ConvoxWebhook https://hooks.example.org -CaCertificate $Junk", "InvalidCaCertificate", "PEM file")]
    [InlineData("Set-ConvoxWebhook -Event Failed", "WebhookUrlNeeded", "-Url")]
    [InlineData("Set-ConvoxWebhook", "NothingToChange", "-Url")]
    [InlineData("Test-ConvoxWebhook", "WebhookNotFound", "Set-ConvoxWebhook")]
    [InlineData("Remove-ConvoxWebhook -Confirm:$false", "WebhookNotFound", "Set-ConvoxWebhook")]
    public async Task Invalid_input_is_one_error_and_nothing_is_written(string script, string id, string remedy)
    {
        await File.WriteAllTextAsync(_powerShell["junk.pem"], "no certificate");
        _powerShell.Set("Junk", _powerShell["junk.pem"]);
        var error = Assert.Single((await RunAsync(script)).Errors);
        Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_powerShell.RackPath));
    }

    [Theory]
    [InlineData("Set-ConvoxWebhook $Url -Event Never")]
    [InlineData("Set-ConvoxWebhook $Url -Event @()")]
    [InlineData("Set-ConvoxWebhook $Url -Secret x -NewSecret")]
    public async Task Binding_errors_write_nothing(string script)
    {
        Assert.NotNull((await RunAsync(script)).TerminatingError);
        Assert.False(Directory.Exists(_powerShell.RackPath));
    }

    [Fact]
    public async Task A_corrupt_webhook_is_one_error_and_can_be_removed()
    {
        (await RunAsync("Set-ConvoxWebhook $Url")).Succeeded();
        await File.WriteAllTextAsync(Path.Combine(_powerShell.RackPath, "webhook.json"), "{");

        var error = Assert.Single((await RunAsync("Get-ConvoxWebhook")).Errors);
        Assert.StartsWith("ConvoxSsl.WebhookDamaged,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        (await RunAsync("Remove-ConvoxWebhook -Confirm:$false; Set-ConvoxWebhook $Url")).Succeeded();
    }

    [Fact]
    public async Task A_stopped_test_ends_at_once()
    {
        (await RunAsync("Set-ConvoxWebhook $Url -CaCertificate $Root")).Succeeded();
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.SetResponses(new ReceiverResponse { NeverResponds = received.SetResult });
        var running = _powerShell.Start("Test-ConvoxWebhook");
        await received.Task;
        await running.StopAsync();

        Assert.True((await running.Completion).Stopped);
        Assert.Single(Server.Messages);
    }

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);
}
