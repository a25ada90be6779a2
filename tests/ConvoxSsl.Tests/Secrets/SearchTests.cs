using System.Management.Automation;
using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Tests.Cmdlets;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>Tests that the search for secrets finds them.</summary>
public sealed class SearchTests
{
    private const string Canary = "c4nary+of/the \"search\" & it's 47 characters long";

    [Fact]
    public async Task The_search_finds_a_secret_in_every_stream()
    {
        using var session = new HostedPowerShell(cmdlets: [typeof(BodyCmdlet)]);
        foreach (var (name, body) in Ways())
        {
            session.Set("work", new Work { Body = (cmdlet, _) => { body(cmdlet); return Task.CompletedTask; } });
            var result = await session.RunAsync("Invoke-Body $work -Verbose -Debug -InformationAction Continue", CancellationToken.None);
            Assert.True(Known().FindIn(Transcript.Of(result)) is ["canary"], name);
        }
    }

    [Theory]
    [InlineData("raw")]
    [InlineData("json")]
    [InlineData("url")]
    [InlineData("base64")]
    [InlineData("basic")]
    [InlineData("utf-16")]
    [InlineData("hex")]
    [InlineData("cut")]
    public void The_search_finds_a_secret_in_each_form(string form)
    {
        var bytes = Encoding.UTF8.GetBytes(Canary);
        var text = form switch
        {
            "json" => System.Text.Json.JsonSerializer.Serialize(Canary),
            "url" => Uri.EscapeDataString(Canary),
            "base64" => Convert.ToBase64String(bytes),
            "basic" => Convert.ToBase64String([.. "user:"u8, .. bytes]),
            "utf-16" => Convert.ToBase64String(Encoding.Unicode.GetBytes(Canary)),
            "hex" => Convert.ToHexStringLower(bytes),
            "cut" => Canary[..41],
            _ => Canary,
        };

        Assert.Equal(["canary"], Known().FindIn($"before {text} after"));
        Assert.Empty(Known().FindIn("c4nary"));
    }

    [Fact]
    public void The_search_finds_only_the_secret_part_of_a_private_key()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        foreach (var (pem, secret, open) in new[]
        {
            (ecdsa.ExportPkcs8PrivateKeyPem(), ecdsa.ExportParameters(true).D!, ecdsa.ExportSubjectPublicKeyInfoPem()),
            (rsa.ExportPkcs8PrivateKeyPem(), rsa.ExportParameters(true).Q!, rsa.ExportSubjectPublicKeyInfoPem()),
        })
        {
            var secrets = new KnownSecrets();
            secrets.AddKey("key", pem);
            Assert.Equal(["key"], secrets.FindIn(pem));
            Assert.Equal(["key"], secrets.FindIn(System.Buffers.Text.Base64Url.EncodeToString(secret)));
            Assert.Empty(secrets.FindIn(open));
        }
    }

    private static KnownSecrets Known()
    {
        var secrets = new KnownSecrets();
        secrets.Add("canary", Canary);
        return secrets;
    }

    private static IEnumerable<(string Name, Action<BodyCmdlet> Body)> Ways()
    {
        yield return ("verbose, debug, warning and information", cmdlet => cmdlet.Say(Canary));
        yield return ("output", cmdlet => cmdlet.Emit(Canary));
        yield return ("activity", cmdlet => cmdlet.Show(new ProgressRecord(1, Canary, "status")));
        yield return ("status", cmdlet => cmdlet.Show(new ProgressRecord(1, "activity", Canary)));
        yield return ("operation", cmdlet => cmdlet.Show(new ProgressRecord(1, "activity", "status") { CurrentOperation = Canary }));
        yield return ("message", cmdlet => cmdlet.Fail(Error(new InvalidOperationException(Canary))));
        yield return ("cause", cmdlet => cmdlet.Fail(Error(new InvalidOperationException("x", new IOException(Canary)))));
        yield return ("data", cmdlet => cmdlet.Fail(Error(new InvalidOperationException("x") { Data = { ["k"] = Canary } })));
        yield return (
            "target", cmdlet => cmdlet.Fail(new ErrorRecord(new IOException("x"), "x", ErrorCategory.ReadError, new[] { Canary })));
        yield return ("terminating", cmdlet => cmdlet.End(Error(new InvalidOperationException(Canary))));
    }

    private static ErrorRecord Error(Exception e) => new(e, "x", ErrorCategory.InvalidOperation, null);
}
