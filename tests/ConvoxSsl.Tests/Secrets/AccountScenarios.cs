using System.Security.Cryptography;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>ACME accounts with external account bindings, existing keys and key changes.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class AccountScenarios
{
    private const string Binding =
        "New-ConvoxAcmeAccount $BindingDirectory -CaCertificate $BindingRoot -AcceptTermsOfService -ExternalAccountKeyId customer-1";

    public static async Task RunAsync(SecretsSession session)
    {
        await BindAsync(session);
        await UseOwnKeyAsync(session);
        await ChangeAsync(session);
    }

    private static async Task BindAsync(SecretsSession session)
    {
        var faults = session.Servers.BindingCa.Faults;
        foreach (var (status, type) in new[] { (401, "unauthorized"), (403, "externalAccountRequired"), (400, "malformed") })
        {
            faults.Add(AcmeFault.On(AcmeResource.NewAccount).Respond(Echo(status, type)));
            await session.FailAsync($"{Binding} -ExternalAccountKey $SecureMacKey", type);
        }

        faults.Add(AcmeFault.On(AcmeResource.NewAccount)
            .Respond(request => CaResponse.Text(request.Payload!.ToJsonString(), "application/json", 403)));
        await session.FailAsync($"{Binding} -ExternalAccountKey $SecureMacKey", "AcmeProblem");
        faults.Add(AcmeFault.On(AcmeResource.NewAccount)
            .Respond(request => CaResponse.Text($"<p>{request.Body}</p>{request.Payload}", "text/html", 403)));
        await session.FailAsync($"{Binding} -ExternalAccountKey $SecureMacKey", "AcmeProblem");
        await session.FailAsync($"{Binding} -ExternalAccountKey \"$MacKey !\"", "InvalidExternalAccount");
        await session.FailAsync($"{Binding} -ExternalAccountKey @($MacKey, 'x')", "ExternalAccountKey");
        await session.SucceedAsync($"{Binding} -ExternalAccountKey $MacKey");
    }

    private static async Task UseOwnKeyAsync(SecretsSession session)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportPkcs8PrivateKeyPem();
        session.Secrets.AddKey("account key of one's own", pem);
        session.WritePrivate("account.pem", pem);
        session.WritePrivate("damaged.pem", pem[..^40]);
        session.PowerShell.Set("AccountPem", pem);
        const string newAccount = "New-ConvoxAcmeAccount $Directory -CaCertificate $Root -AcceptTermsOfService";
        await session.FailAsync($"{newAccount} -KeyPath $Folder/damaged.pem", "InvalidPem");
        await session.FailAsync($"{newAccount} -KeyPath $AccountPem", "FileNotFound");
        await session.SucceedAsync($"{newAccount} -KeyPath $Folder/account.pem -Contact owner@example.org");
        await session.SucceedAsync("Get-ConvoxAcmeAccount");
        await session.FailAsync("Get-ConvoxAcmeAccount https://127.0.0.1:9/none", "NotFound");
    }

    private static async Task ChangeAsync(SecretsSession session)
    {
        session.Servers.Ca.Faults.Add(AcmeFault.On(AcmeResource.KeyChange).Respond(Echo(403, "unauthorized")));
        await session.FailAsync("Set-ConvoxAcmeAccount $Directory -NewKey", "unauthorized");
        await session.SucceedAsync("Set-ConvoxAcmeAccount $Directory -NewKey -PassThru");
        await session.SucceedAsync("Set-ConvoxAcmeAccount $Directory -NewKey -KeyAlgorithm Rsa2048 -PassThru");
        session.Servers.BindingCa.Faults.Add(AcmeFault.On(AcmeResource.Account).Respond(Echo(400, "malformed")));
        await session.FailAsync("Remove-ConvoxAcmeAccount $BindingDirectory -Confirm:$false", "malformed");
        await session.SucceedAsync("Remove-ConvoxAcmeAccount $BindingDirectory -Confirm:$false");
    }

    /// <summary>An error response that repeats the whole request.</summary>
    public static Func<CaRequest, CaResponse> Echo(int status, string type) =>
        request => CaResponse.Problem(status, type, $"refused: {request.Payload} in {request.Body}");
}
