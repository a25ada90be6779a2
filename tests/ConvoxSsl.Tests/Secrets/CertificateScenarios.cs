using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>Certificates with all kinds of keys, PFX passwords, and a CA that repeats its requests.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class CertificateScenarios
{
    private const string Issuing = "-Issuer $Directory -CaCertificate $Root -WebRoot $Www";
    private const string Password = "Pfx+Passw0rd & \"more\"/é";
    private const string Hooks = "-OnRenewed { \"renewed $($_.Id)\" } -OnFailed { throw \"failed $($_.Reason)\" }";

    public static async Task RunAsync(SecretsSession session)
    {
        await IssueAsync(session);
        await IssueWithOwnKeysAsync(session);
        await RefuseAsync(session);
        await ExchangeAsync(session);
        await ConfuseArgumentsAsync(session);
        await RenewAndEndAsync(session);
    }

    private static async Task IssueAsync(SecretsSession session)
    {
        await session.SucceedAsync($"New-ConvoxCertificate one.example.org, two.example.org {Issuing} {Hooks}");
        await session.SucceedAsync($"New-ConvoxCertificate rsa.example.org {Issuing} -KeyAlgorithm Rsa2048");
        await session.SucceedAsync("New-ConvoxCertificate internal.example.org -Issuer self-signed -WarningAction SilentlyContinue");
        await session.SucceedAsync($"New-ConvoxCertificate dry.example.org {Issuing} -DryRun");
        await session.SucceedAsync("Get-ConvoxCertificate");
        await session.FailAsync("Get-ConvoxCertificate cert-none", "CertificateNotFound");
        await session.SucceedAsync("Show-ConvoxExpiry");
        await session.SucceedAsync("Get-ConvoxCertificate | Show-ConvoxExpiry -Html $Folder/expiry.html");
        await session.FailAsync("'cert-none' | Show-ConvoxExpiry", "CertificateNotFound");
        await session.SucceedAsync("Test-ConvoxDomain one.example.org -Issuer $Directory -CaCertificate $Root -Challenge Http01");
        await session.FailAsync("Test-ConvoxDomain 'one..example.org' -Issuer $Directory -CaCertificate $Root", "InvalidDomain");
    }

    private static async Task IssueWithOwnKeysAsync(SecretsSession session)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var away = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportPkcs8PrivateKeyPem();
        session.Secrets.AddKey("certificate key of one's own", pem);
        session.Secrets.AddKey("key of a signing request", away.ExportPkcs8PrivateKeyPem());
        session.WritePrivate("own.pem", pem);
        session.WritePrivate("cut.pem", pem[..^40]);
        session.PowerShell.Set("OwnPem", pem);
        session.PowerShell.Set("Csr", Request(away, "csr.example.org"));
        session.PowerShell.Set("CsrWithKey", Request(away, "both.example.org") + "\n" + away.ExportPkcs8PrivateKeyPem());
        await session.SucceedAsync($"New-ConvoxCertificate own.example.org {Issuing} -KeyPath $Folder/own.pem");
        await session.FailAsync($"New-ConvoxCertificate bad.example.org {Issuing} -KeyPath $Folder/cut.pem", "InvalidPem");
        await session.FailAsync($"New-ConvoxCertificate bad.example.org {Issuing} -KeyPath $OwnPem", "FileNotFound");
        await session.SucceedAsync($"New-ConvoxCertificate -Csr $Csr {Issuing}");
        await session.SucceedAsync($"New-ConvoxCertificate -Csr $CsrWithKey {Issuing}");
        session.RequireNowhere("key of a signing request");
        await session.FailAsync($"New-ConvoxCertificate -Csr $OwnPem {Issuing}", "InvalidSigningRequest");
        session.Servers.Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Respond(AccountScenarios.Echo(403, "badCSR")));
        await session.FailAsync($"New-ConvoxCertificate -Csr $CsrWithKey {Issuing} -Force", "badCSR");
    }

    private static async Task RefuseAsync(SecretsSession session)
    {
        var faults = session.Servers.Ca.Faults;
        foreach (var (resource, status, type) in new[]
        {
            (AcmeResource.NewOrder, 401, "unauthorized"), (AcmeResource.NewOrder, 403, "rejectedIdentifier"),
            (AcmeResource.Finalize, 403, "unauthorized"), (AcmeResource.Certificate, 401, "unauthorized"),
        })
        {
            faults.Add(AcmeFault.On(resource).Respond(AccountScenarios.Echo(status, type)));
            await session.FailAsync(
                $"New-ConvoxCertificate {resource}-{status}.example.org {Issuing} {Hooks}"
                    .ToLowerInvariant()
                    .Replace("new-convoxcertificate", "New-ConvoxCertificate", StringComparison.Ordinal), type);
        }

        faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("unauthorized", "it answered something else"));
        await session.FailAsync($"New-ConvoxCertificate proof.example.org {Issuing}", "it answered something else");
        faults.Add(AcmeFault.On(AcmeResource.Finalize).Respond(AccountScenarios.Echo(403, "unauthorized")));
        await session.FailAsync($"New-ConvoxCertificate dry.example.org {Issuing} -DryRun", "unauthorized");
        await session.SucceedAsync("Get-ConvoxCertificate -Status Pending, Failed");
        faults.Clear();
    }

    private static async Task ExchangeAsync(SecretsSession session)
    {
        session.Give("Password", session.Secrets.Add("PFX password", Password));
        session.Give("WrongPassword", session.Secrets.Add("wrong PFX password", "Wrong+Passw0rd \\ & less"));
        await session.SucceedAsync(
            "Get-ConvoxCertificate -Domain one.example.org | Export-ConvoxCertificate -Path $Folder/one.pfx -Password $SecurePassword");
        await session.SucceedAsync("Get-ConvoxCertificate -Domain one.example.org | Export-ConvoxCertificate -Path $Folder/one");
        await session.FailAsync(
            "Get-ConvoxCertificate -Domain one.example.org | Export-ConvoxCertificate -Path $Folder/one.pfx -Password $SecurePassword",
            "FileExists");
        await session.FailAsync(
            "Export-ConvoxCertificate cert-none -Path $Folder/none.pfx -Password $SecurePassword", "CertificateNotFound");
        await session.FailAsync(
            "Get-ConvoxCertificate -Domain one.example.org | Export-ConvoxCertificate -Path $Folder/two.pfx -Password $Password",
            "Password");
        await session.SucceedAsync("Import-ConvoxCertificate $Folder/one.pfx -Password $SecurePassword");
        await session.SucceedAsync("Import-ConvoxCertificate $Folder/one/fullchain.pem $Folder/one/privkey.pem");
        await session.FailAsync("Import-ConvoxCertificate $Folder/one.pfx -Password $SecureWrongPassword", "InvalidPfx");
        await session.FailAsync("Import-ConvoxCertificate $Folder/one.pfx -Password $WrongPassword", "Password");
        await session.FailAsync("Import-ConvoxCertificate $Folder/one/fullchain.pem $Folder/own.pem", "Import");

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        session.Secrets.AddKey("key in an encrypted file", key.ExportPkcs8PrivateKeyPem());
        session.WritePrivate("encrypted.key", key.ExportEncryptedPkcs8PrivateKeyPem(
            Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2048)));
        var encrypted = $"New-ConvoxCertificate encrypted.example.org {Issuing} -KeyPath $Folder/encrypted.key -Password";
        await session.FailAsync($"{encrypted} $SecureWrongPassword", "InvalidPrivateKey");
        await session.SucceedAsync($"{encrypted} $SecurePassword");
    }

    /// <summary>The text of a key given as a path, or the key's file given as another file.</summary>
    private static async Task ConfuseArgumentsAsync(SecretsSession session)
    {
        await session.FailAsync("Import-ConvoxCertificate $Folder/one/fullchain.pem -KeyPath $OwnPem", "FileNotFound");
        await session.FailAsync("Import-ConvoxCertificate $OwnPem", "FileNotFound");
        await session.FailAsync("New-ConvoxCertificate own.example.org $OwnPem -Issuer self-signed", "InvalidDomain");
        await session.FailAsync("Import-ConvoxCertificate $Folder/own.pem", "Import");
        await session.FailAsync("Import-ConvoxCertificate $Folder/one/fullchain.pem $Folder/own.pem $Folder/own.pem", "Import");
        await session.FailAsync(
            $"New-ConvoxCertificate root.example.org -Issuer $Directory -CaCertificate $Folder/own.pem -WebRoot $Www",
            "InvalidCaCertificate");
    }

    private static async Task RenewAndEndAsync(SecretsSession session)
    {
        session.PowerShell.Set(
            "One", (await session.SucceedAsync("Get-ConvoxCertificate -Domain two.example.org -Generated")).Of<ConvoxCertificate>()[0].Id);
        await session.SucceedAsync($"Update-ConvoxCertificate $One -Force {Hooks}");
        await session.SucceedAsync("Update-ConvoxCertificate $One -DryRun");
        session.Servers.Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Respond(AccountScenarios.Echo(403, "rejectedIdentifier")));
        await session.FailAsync($"Update-ConvoxCertificate $One -Force {Hooks}", "rejectedIdentifier");
        await session.SucceedAsync("Wait-ConvoxCertificate $One");
        await session.FailAsync("Wait-ConvoxCertificate cert-none", "CertificateNotFound");
        await session.SucceedAsync("Restore-ConvoxCertificate $One");
        await session.FailAsync("Restore-ConvoxCertificate $One -Version 99", "Version");
        session.Servers.Ca.Faults.Clear();
        session.Servers.Ca.Faults.Add(AcmeFault.On(AcmeResource.RevokeCertificate)
            .Respond(AccountScenarios.Echo(400, "badRevocationReason")));
        await session.FailAsync("Revoke-ConvoxCertificate $One -Confirm:$false", "badRevocationReason");
        await session.SucceedAsync("Revoke-ConvoxCertificate $One -Confirm:$false -PassThru");
        await session.SucceedAsync("Remove-ConvoxCertificate $One -Confirm:$false");
        await session.FailAsync("Remove-ConvoxCertificate $One -Confirm:$false", "CertificateNotFound");
        await DamageAsync(session);
    }

    private static async Task DamageAsync(SecretsSession session)
    {
        var certificate = (await session.SucceedAsync("Get-ConvoxCertificate -Domain own.example.org")).Of<ConvoxCertificate>()[0];
        session.PowerShell.Set("Own", certificate.Id);
        session.WritePrivate(
            Path.Combine(certificate.Path!, "privkey.pem"),
            "t" + await File.ReadAllTextAsync(Path.Combine(certificate.Path!, "privkey.pem")) + "-----BEGIN ");
        await session.FailAsync("Export-ConvoxCertificate $Own -Path $Folder/own-damaged", "Export");
        await session.FailAsync("Update-ConvoxCertificate $Own -Force -ReuseKey", certificate.Id);
    }

    private static string Request(ECDsa key, string name)
    {
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSigningRequestPem();
    }
}
