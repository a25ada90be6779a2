using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>Certificates with all kinds of keys, PFX passwords, and a CA that repeats its requests.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class CertificateScenarios
{
    private const string Issuing = "-Issuer $Directory -CaCertificate $Root -WebRoot $Www";
    private const string Hooks = "-OnRenewed { \"renewed $($_.Id)\" } -OnFailed { throw \"failed $($_.Reason)\" }";

    public static async Task RunAsync(SecretsSession session)
    {
        await IssueAsync(session);
        await IssueWithOwnKeysAsync(session);
        await RefuseAsync(session);
        await ExchangeAsync(session);
        await MixUpAsync(session);
        await RenewAndEndAsync(session);
    }

    private static async Task IssueAsync(SecretsSession session)
    {
        await session.GoodAsync($"New-ConvoxCertificate one.example.org, two.example.org {Issuing} {Hooks}");
        await session.GoodAsync($"New-ConvoxCertificate rsa.example.org {Issuing} -KeyAlgorithm Rsa2048");
        await session.GoodAsync("New-ConvoxCertificate internal.example.org -Issuer self-signed -WarningAction SilentlyContinue");
        await session.GoodAsync($"New-ConvoxCertificate dry.example.org {Issuing} -DryRun");
        await session.GoodAsync("Get-ConvoxCertificate");
        await session.BadAsync("Get-ConvoxCertificate cert-none", "CertificateNotFound");
        await session.GoodAsync("Show-ConvoxExpiry");
        await session.GoodAsync("Get-ConvoxCertificate | Show-ConvoxExpiry -Html $Folder/expiry.html");
        await session.BadAsync("'cert-none' | Show-ConvoxExpiry", "CertificateNotFound");
        await session.GoodAsync("Test-ConvoxDomain one.example.org -Issuer $Directory -CaCertificate $Root -Challenge Http01");
        await session.BadAsync("Test-ConvoxDomain 'one..example.org' -Issuer $Directory -CaCertificate $Root", "InvalidDomain");
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
        await session.GoodAsync($"New-ConvoxCertificate own.example.org {Issuing} -KeyPath $Folder/own.pem");
        await session.BadAsync($"New-ConvoxCertificate bad.example.org {Issuing} -KeyPath $Folder/cut.pem", "InvalidPem");
        await session.BadAsync($"New-ConvoxCertificate bad.example.org {Issuing} -KeyPath $OwnPem", "FileNotFound");
        await session.GoodAsync($"New-ConvoxCertificate -Csr $Csr {Issuing}");
        await session.GoodAsync($"New-ConvoxCertificate -Csr $CsrWithKey {Issuing}");
        session.RequireNowhere("key of a signing request");
        await session.BadAsync($"New-ConvoxCertificate -Csr $OwnPem {Issuing}", "InvalidSigningRequest");
        session.Servers.Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Answer(AccountScenarios.Echo(403, "badCSR")));
        await session.BadAsync($"New-ConvoxCertificate -Csr $CsrWithKey {Issuing} -Force", "badCSR");
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
            faults.Add(AcmeFault.On(resource).Answer(AccountScenarios.Echo(status, type)));
            await session.BadAsync(
                $"New-ConvoxCertificate {resource}-{status}.example.org {Issuing} {Hooks}"
                    .ToLowerInvariant()
                    .Replace("new-convoxcertificate", "New-ConvoxCertificate", StringComparison.Ordinal), type);
        }

        faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("unauthorized", "it answered something else"));
        await session.BadAsync($"New-ConvoxCertificate proof.example.org {Issuing}", "it answered something else");
        faults.Add(AcmeFault.On(AcmeResource.Finalize).Answer(AccountScenarios.Echo(403, "unauthorized")));
        await session.BadAsync($"New-ConvoxCertificate dry.example.org {Issuing} -DryRun", "unauthorized");
        await session.GoodAsync("Get-ConvoxCertificate -Status Pending, Failed");
        faults.Clear();
    }

    private static async Task ExchangeAsync(SecretsSession session)
    {
        session.Give("Password", session.Secrets.Add("PFX password", "Pfx+Passw0rd & \"more\"/é"));
        session.Give("WrongPassword", session.Secrets.Add("wrong PFX password", "Wrong+Passw0rd \\ & less"));
        await session.GoodAsync(
            "Get-ConvoxCertificate -Domain one.example.org | Export-ConvoxCertificate -Path $Folder/one.pfx -Password $SecurePassword");
        await session.GoodAsync("Get-ConvoxCertificate -Domain one.example.org | Export-ConvoxCertificate -Path $Folder/one");
        await session.BadAsync(
            "Get-ConvoxCertificate -Domain one.example.org | Export-ConvoxCertificate -Path $Folder/one.pfx -Password $SecurePassword",
            "FileExists");
        await session.BadAsync(
            "Export-ConvoxCertificate cert-none -Path $Folder/none.pfx -Password $SecurePassword", "CertificateNotFound");
        await session.BadAsync(
            "Get-ConvoxCertificate -Domain one.example.org | Export-ConvoxCertificate -Path $Folder/two.pfx -Password $Password",
            "Password");
        await session.GoodAsync("Import-ConvoxCertificate $Folder/one.pfx -Password $SecurePassword");
        await session.GoodAsync("Import-ConvoxCertificate $Folder/one/fullchain.pem $Folder/one/privkey.pem");
        await session.BadAsync("Import-ConvoxCertificate $Folder/one.pfx -Password $SecureWrongPassword", "InvalidPfx");
        await session.BadAsync("Import-ConvoxCertificate $Folder/one.pfx -Password $WrongPassword", "Password");
        await session.BadAsync("Import-ConvoxCertificate $Folder/one/fullchain.pem $Folder/own.pem", "Import");
    }

    /// <summary>The text of a key given as a path, or the key's file given as another file.</summary>
    private static async Task MixUpAsync(SecretsSession session)
    {
        await session.BadAsync("Import-ConvoxCertificate $Folder/one/fullchain.pem -KeyPath $OwnPem", "FileNotFound");
        await session.BadAsync("Import-ConvoxCertificate $OwnPem", "FileNotFound");
        await session.BadAsync("Import-ConvoxCertificate $Folder/own.pem", "Import");
        await session.BadAsync("Import-ConvoxCertificate $Folder/one/fullchain.pem $Folder/own.pem $Folder/own.pem", "Import");
        await session.BadAsync(
            $"New-ConvoxCertificate root.example.org -Issuer $Directory -CaCertificate $Folder/own.pem -WebRoot $Www",
            "InvalidCaCertificate");
    }

    private static async Task RenewAndEndAsync(SecretsSession session)
    {
        session.PowerShell.Set(
            "One", (await session.GoodAsync("Get-ConvoxCertificate -Domain two.example.org -Generated")).Of<ConvoxCertificate>()[0].Id);
        await session.GoodAsync($"Update-ConvoxCertificate $One -Force {Hooks}");
        await session.GoodAsync("Update-ConvoxCertificate $One -DryRun");
        session.Servers.Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Answer(AccountScenarios.Echo(403, "rejectedIdentifier")));
        await session.BadAsync($"Update-ConvoxCertificate $One -Force {Hooks}", "rejectedIdentifier");
        await session.GoodAsync("Wait-ConvoxCertificate $One");
        await session.BadAsync("Wait-ConvoxCertificate cert-none", "CertificateNotFound");
        await session.GoodAsync("Restore-ConvoxCertificate $One");
        await session.BadAsync("Restore-ConvoxCertificate $One -Version 99", "Version");
        session.Servers.Ca.Faults.Clear();
        session.Servers.Ca.Faults.Add(AcmeFault.On(AcmeResource.RevokeCertificate)
            .Answer(AccountScenarios.Echo(400, "badRevocationReason")));
        await session.BadAsync("Revoke-ConvoxCertificate $One -Confirm:$false", "badRevocationReason");
        await session.GoodAsync("Revoke-ConvoxCertificate $One -Confirm:$false -PassThru");
        await session.GoodAsync("Remove-ConvoxCertificate $One -Confirm:$false");
        await session.BadAsync("Remove-ConvoxCertificate $One -Confirm:$false", "CertificateNotFound");
        await DamageAsync(session);
    }

    private static async Task DamageAsync(SecretsSession session)
    {
        var own = (await session.GoodAsync("Get-ConvoxCertificate -Domain own.example.org")).Of<ConvoxCertificate>()[0];
        session.PowerShell.Set("Own", own.Id);
        session.WritePrivate(
            Path.Combine(own.Path!, "privkey.pem"),
            "t" + await File.ReadAllTextAsync(Path.Combine(own.Path!, "privkey.pem")) + "-----BEGIN ");
        await session.BadAsync("Export-ConvoxCertificate $Own -Path $Folder/own-damaged", "Export");
        await session.BadAsync("Update-ConvoxCertificate $Own -Force -ReuseKey", own.Id);
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
