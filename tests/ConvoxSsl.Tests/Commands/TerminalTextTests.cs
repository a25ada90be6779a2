using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests that no text of a server or a file brings control or direction characters to the terminal.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class TerminalTextTests
{
    private const string Poison = "\u001b[31m\u202e";

    private const string Issuing = ScriptedCaSession.Issuing + " -Verbose -Debug";

    // newAccount is requested once per rack, so each of its members needs a rack of its own.
    private static readonly AcmeResource[] Objects =
    [
        AcmeResource.NewAccount, AcmeResource.Directory, AcmeResource.Account, AcmeResource.NewOrder, AcmeResource.Order,
        AcmeResource.Finalize, AcmeResource.Authorization, AcmeResource.Challenge, AcmeResource.RenewalInfo,
    ];

    public static TheoryData<AcmeResource> Resources => [.. Objects];

    [Theory]
    [MemberData(nameof(Resources))]
    public async Task Members_of_ACME_objects_are_filtered(AcmeResource resource)
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        var session = await ScriptedCaSession.StartAsync();
        try
        {
            session.Ca.Faults.Add(Change(resource, document => FindTexts(document).ForEach(text => paths.Add(text.GetPath()))));
            await RunAllAsync(session, "first.example.org");
            Assert.NotEmpty(paths);

            foreach (var (path, number) in paths.Select((path, number) => (path, number)))
            {
                if (resource == AcmeResource.NewAccount)
                {
                    await session.DisposeAsync();
                    session = await ScriptedCaSession.StartAsync();
                }

                session.Ca.Faults.Clear();
                session.Ca.Faults.Add(Change(resource, document => AddPoison(document, path)));
                AssertClean($"{resource} {path}", await RunAllAsync(session, $"host{number}.example.org"));
            }
        }
        finally
        {
            await session.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(AcmeResource.NewOrder)]
    [InlineData(AcmeResource.Authorization)]
    [InlineData(AcmeResource.Order)]
    public async Task Members_of_problem_documents_are_filtered(AcmeResource resource)
    {
        await using var session = await ScriptedCaSession.StartAsync();
        var paths = FindTexts(CreateProblem()).ConvertAll(text => text.GetPath());
        foreach (var (path, number) in paths.Select((path, number) => (path, number)))
        {
            var problem = CreateProblem();
            AddPoison(problem, path);
            session.Ca.Faults.Clear();
            session.Ca.Faults.Add(resource switch
            {
                AcmeResource.NewOrder => AcmeFault.On(resource).Respond(
                    CaResponse.Json(problem, 403) with { ContentType = "application/problem+json" }),
                AcmeResource.Authorization => Change(resource, document =>
                {
                    document["status"] = "invalid";
                    document["challenges"]![0]!["error"] = problem.DeepClone();
                }),
                _ => Change(resource, document =>
                {
                    document["status"] = "invalid";
                    document["error"] = problem.DeepClone();
                }),
            });
            if (resource == AcmeResource.Authorization)
            {
                session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("unauthorized").Always());
            }

            var run = await RunAllAsync(session, $"host{number}.example.org");
            Assert.NotEmpty(run.Errors);
            AssertClean($"{resource} {path}", run);
        }
    }

    [Theory]
    [InlineData(AcmeResource.Directory, 200, "application/json")]
    [InlineData(AcmeResource.NewOrder, 500, "text/html")]
    [InlineData(AcmeResource.Order, 200, "text/html")]
    [InlineData(AcmeResource.Certificate, 200, "application/pem-certificate-chain")]
    public async Task Bodies_that_are_no_ACME_objects_are_filtered(AcmeResource resource, int status, string contentType)
    {
        await using var session = await ScriptedCaSession.StartAsync();
        session.Ca.Faults.Add(
            AcmeFault.On(resource).Respond(CaResponse.Text($"<html>{Poison}</html>", contentType, status)).Always());

        var run = await RunAllAsync(session, "one.example.org");

        Assert.Contains(run.Debug, line => line.Contains("<html>", StringComparison.Ordinal));
        AssertClean(resource.ToString(), run);
    }

    [Fact]
    public async Task Subjects_of_imported_certificates_are_filtered()
    {
        using var powerShell = new HostedPowerShell();
        var (leaf, stray) = (CreatePem($"leaf{Poison}"), CreatePem($"stray{Poison}"));
        var strayCertificate = stray[stray.IndexOf("-----BEGIN CERTIFICATE", StringComparison.Ordinal)..];
        await File.WriteAllTextAsync(powerShell["site.pem"], leaf + "\n" + strayCertificate);
        await File.WriteAllTextAsync(powerShell["wrong.pem"], strayCertificate);
        await File.WriteAllTextAsync(powerShell["site.key"], leaf);
        powerShell.Set("folder", Path.GetDirectoryName(powerShell.RackPath));

        var run = await powerShell.RunAsync(
            "Import-ConvoxCertificate $folder/site.pem -WhatIf; Import-ConvoxCertificate $folder/site.pem; "
                + "Import-ConvoxCertificate $folder/wrong.pem $folder/site.key; Get-ConvoxCertificate; Get-ConvoxCertificate | Out-Default",
            CancellationToken.None);

        Assert.Contains(run.Warnings, warning => warning.Contains("stray", StringComparison.Ordinal));
        Assert.Equal(2, run.Objects.Count);
        Assert.Single(run.Errors);
        AssertClean("import", run);
        Assert.DoesNotContain(Poison, powerShell.Host.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", powerShell.Host.Text, StringComparison.Ordinal);
    }

    // Issues, renews if the CA's renewal information says so, lists, and updates the account.
    private static Task<PowerShellResult> RunAllAsync(ScriptedCaSession session, string name) => session.RunAsync($"""
        New-ConvoxCertificate {name} {Issuing}
        $certificate = Get-ConvoxCertificate -Domain {name}
        $certificate | Update-ConvoxCertificate -Verbose -Debug
        Get-ConvoxCertificate -Domain {name}
        Set-ConvoxAcmeAccount $directory -Contact you@example.org -PassThru -Verbose -Debug
        """);

    private static AcmeFault Change(AcmeResource resource, Action<JsonObject> change) =>
        AcmeFault.On(resource).Always().Change(response => response.Edit(document =>
        {
            AddOptionalMembers(resource, document);
            change(document);
        }));

    private static void AddOptionalMembers(AcmeResource resource, JsonObject document)
    {
        switch (resource)
        {
            case AcmeResource.Directory when document["meta"] is JsonObject meta:
                meta["website"] = "https://ca.example.org/";
                meta["caaIdentities"] = new JsonArray("ca.example.org");
                meta["profiles"] = new JsonObject { ["classic"] = "the usual one" };
                break;
            case AcmeResource.NewOrder or AcmeResource.Order or AcmeResource.Finalize when document.ContainsKey("finalize"):
                document["notBefore"] = "2026-01-01T00:00:00Z";
                document["notAfter"] = "2036-01-01T00:00:00Z";
                document["profile"] = "classic";
                document["replaces"] = "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE";
                document["error"] = CreateProblem();
                break;
            case AcmeResource.Authorization when document["challenges"] is JsonArray challenges:
                foreach (var challenge in challenges)
                {
                    challenge!["error"] = CreateProblem();
                }

                break;
            case AcmeResource.RenewalInfo when document.ContainsKey("suggestedWindow"):
                document["explanationURL"] = "https://ca.example.org/incident";
                break;
        }
    }

    private static JsonObject CreateProblem() => new CaProblem
    {
        Type = "rejectedIdentifier",
        Detail = "not allowed",
        Instance = "https://ca.example.org/help",
        Identifier = new CaIdentifier("dns", "one.example.org"),
        Subproblems = [new CaProblem { Type = "caa", Detail = "forbidden", Identifier = new CaIdentifier("dns", "two.example.org") }],
    }.ToJson();

    private static List<JsonValue> FindTexts(JsonNode? node) => node switch
    {
        JsonObject members => [.. members.SelectMany(member => FindTexts(member.Value))],
        JsonArray items => [.. items.SelectMany(FindTexts)],
        JsonValue value when value.TryGetValue<string>(out _) => [value],
        _ => [],
    };

    private static void AddPoison(JsonObject document, string path)
    {
        if (FindTexts(document).Find(text => text.GetPath() == path) is { } found)
        {
            found.ReplaceWith(found.GetValue<string>() + Poison);
        }
    }

    private static void AssertClean(string what, PowerShellResult run)
    {
        IEnumerable<ErrorRecord> errors = run.TerminatingError is { } last ? run.Errors.Append(last) : run.Errors;
        var text = OutputText.Format(run) + string.Join(
            '\n', errors.Select(e => $"{e.FullyQualifiedErrorId} {e.ErrorDetails?.RecommendedAction} {e.Exception.InnerException}"));
        var position = text.AsSpan().IndexOfAny('\u001b', '\u202e');
        Assert.True(position < 0, $"{what}: {text[Math.Max(0, position - 200)..Math.Max(0, position)]}");
    }

    // The key and the certificate.
    private static string CreatePem(string commonName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(commonName);
        using var certificate = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256).CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
        return $"{key.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}";
    }
}
