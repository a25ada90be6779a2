using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.TestKit.Acme;
using Base64Url = System.Buffers.Text.Base64Url;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Events and errors contain no secrets.</summary>
public sealed partial class SecrecyTests : IssuanceTest
{
    private const string Name = "one.example.org";
    private static readonly string MacKey = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
    private readonly List<string> _errors = [];

    [Fact]
    public async Task Events_and_errors_contain_no_keys()
    {
        using var engine = await StartAsync(new AcmeTestServerOptions
        {
            AcceptsAllChallenges = true,
            ExternalAccountRequired = true,
            ExternalAccounts = new Dictionary<string, string> { ["customer-1"] = MacKey },
        });
        var request = Request(Name) with { Force = true };
        request = request with { Account = request.Account with { ExternalAccount = new ExternalAccount("customer-1", MacKey) } };

        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewAccount).Problem(400, "malformed"));
        await FailAsync(() => engine.IssueAsync(request, CancellationToken.None));
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Problem(403, "caa"));
        await FailAsync(() => engine.IssueAsync(request, CancellationToken.None));
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Always().Reset());
        await FailAsync(() => engine.IssueAsync(request, CancellationToken.None));
        var journaled = await Rack.Orders.ReadKeyAsync((await FindJournalAsync(Name))!.Certificate.Id, CancellationToken.None);
        Ca.Faults.Clear();
        var entry = await engine.IssueAsync(request, CancellationToken.None);
        using var oldKey = await Rack.Accounts.ReadKeyAsync(Ca.DirectoryUrl, CancellationToken.None);
        await engine.Accounts.ChangeKeyAsync(Ca.DirectoryUrl, KeyAlgorithm.EcdsaP256, CancellationToken.None);
        using var newKey = await Rack.Accounts.ReadKeyAsync(Ca.DirectoryUrl, CancellationToken.None);
        await engine.Certificates.RevokeAsync(entry.Record.Id, RevocationReason.Superseded, null, null, CancellationToken.None);

        using var material = await Rack.Certificates.ReadAsync(entry.Record.Id, entry.LiveVersion, CancellationToken.None);
        var text = string.Join('\n', Events.All.Select(e => e.ToString()).Concat(_errors));
        Assert.Contains("externalAccountBinding", text, StringComparison.Ordinal);
        Assert.DoesNotContain(MacKey, text, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
        foreach (var key in new[] { oldKey, newKey, material.Key!, journaled! })
        {
            AssertNotReported(key, text);
        }

        // Payloads contain signatures of the MAC key and of the new account key, which must be redacted.
        Assert.Equal(["***"], SignaturePattern().Matches(text).Select(m => m.Groups[1].Value).Distinct());
        journaled!.Dispose();
    }

    private async Task FailAsync(Func<Task> action)
    {
        var failure = await Assert.ThrowsAsync<AcmeException>(action);
        _errors.Add(failure.ToString());
    }

    private static void AssertNotReported(PrivateKey key, string text)
    {
        var secret = ((ECDsa)key.Key).ExportParameters(includePrivateParameters: true).D!;
        Assert.DoesNotContain(Base64Url.EncodeToString(secret), text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(secret)[..40], text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexString(secret), text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(key.ToPem().Split('\n')[1], text, StringComparison.Ordinal);
    }

    [GeneratedRegex("\"signature\":\"([^\"]*)\"")]
    private static partial Regex SignaturePattern();
}
