using System.Security.Cryptography;
using System.Text;

namespace ConvoxSsl.Package.Tests;

/// <summary>The example code of the webhook guide.</summary>
public sealed class WebhookGuideTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task The_PowerShell_function_accepts_only_genuine_and_fresh_messages()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var output = await _session.RunAsync($$"""
            {{Function()}}
            function Test($Id, $Time, $Signature, $Body) {
                $headers = @{ 'webhook-id' = $Id; 'webhook-timestamp' = $Time; 'webhook-signature' = $Signature }
                Test-Signature $secret $headers $Body
            }
            $secret = 'whsec_{{Convert.ToBase64String(key)}}'
            $body = [Text.Encoding]::UTF8.GetBytes('{"type":"webhook.test"}')
            Test 'msg_1' '{{now}}' '{{Sign(key, now)}}' $body
            Test 'msg_1' '{{now}}' 'v1,AAAA {{Sign(key, now)}}' $body
            Test 'msg_2' '{{now}}' '{{Sign(key, now)}}' $body
            Test 'msg_1' '{{now}}' '{{Sign(key, now)}}' ($body + 32)
            Test 'msg_1' '{{now}}' 'v1,AAAA' $body
            Test 'msg_1' '{{now}}' '' $body
            Test 'msg_1' '{{now - 3600}}' '{{Sign(key, now - 3600)}}' $body
            """);

        Assert.Equal(["True", "True", "False", "False", "False", "False", "False"], output);
    }

    private static string Sign(byte[] key, long timestamp) =>
        "v1,"
            + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($$"""msg_1.{{timestamp}}.{"type":"webhook.test"}""")));

    private static string Function() => string.Join('\n', File.ReadLines(Path.Combine(Repository.Root, "docs", "webhook.md"))
        .SkipWhile(line => !line.Contains("function Test-Signature", StringComparison.Ordinal))
        .TakeWhile(line => line != "```"));
}
