using System.Management.Automation;
using System.Net;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.TestKit.Pebble;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the life of a certificate with a real CA.</summary>
public sealed class PebbleLifecycleTests : IAsyncLifetime
{
    private const string Issuing =
        "-Issuer $directory -CaCertificate $root -Contact admin@example.org -AcceptTermsOfService -HttpPort $httpPort -TlsPort $tlsPort";

    private HostedPowerShell _powerShell = new();
    private PebbleServer? _pebble;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _powerShell.Dispose();
        if (_pebble is not null)
        {
            await _pebble.DisposeAsync();
        }
    }

    public static TheoryData<string, PebbleOptions> Ways => new()
    {
        { "-Challenge Http01", new PebbleOptions() },
        { "-Challenge TlsAlpn01", new PebbleOptions { Strict = true } },
        { "-KeyAlgorithm EcdsaP384", new PebbleOptions { RejectedNonces = 50 } },
        { "-KeyAlgorithm Rsa2048 -ReuseKey", new PebbleOptions { AlternateRoots = 1, Strict = true } },
    };

    [PebbleTheory]
    [MemberData(nameof(Ways))]
    public async Task A_certificate_is_issued_listed_renewed_revoked_and_removed(string parameters, PebbleOptions options)
    {
        await StartAsync(options);
        var created = Certificate(await RunAsync($"New-ConvoxCertificate one.example.org, two.example.org {Issuing} {parameters}"));
        Assert.Equal(["one.example.org", "two.example.org"], created.Domains);
        Assert.Equal((ConvoxCertificateStatus.Ready, true, 1), (created.Status, created.Generated, created.Version));
        Assert.Equal("cert-83e103e8a7c0aabd907a43219365dfdd04c671c6", created.Id);

        var got = Certificate(await RunAsync("Get-ConvoxCertificate -Generated"));
        Assert.Equal((created.Id, created.SerialNumber, created.Expires), (got.Id, got.SerialNumber, got.Expires));

        // A renewal uses the settings of the first issuance.
        var renewal = Assert.IsType<ConvoxRenewal>(
            Assert.Single((await RunAsync("Get-ConvoxCertificate | Update-ConvoxCertificate -Force")).Objects).BaseObject);
        Assert.Equal((ConvoxRenewalResult.Renewed, 2), (renewal.Result, renewal.Certificate!.Version));
        Assert.NotEqual(created.SerialNumber, renewal.Certificate.SerialNumber);
        Assert.Equal(created.KeyAlgorithm, renewal.Certificate.KeyAlgorithm);

        var revoked =
            Certificate(await RunAsync("Get-ConvoxCertificate | Revoke-ConvoxCertificate -Reason Superseded -PassThru -Confirm:$false"));
        Assert.Equal(ConvoxCertificateStatus.Revoked, revoked.Status);
        var repeated = Assert.IsType<ConvoxRenewal>(Assert.Single((await RunAsync("Update-ConvoxCertificate")).Objects).BaseObject);
        Assert.Equal(ConvoxRenewalResult.Renewed, repeated.Result);

        await RunAsync("Get-ConvoxCertificate | Remove-ConvoxCertificate -Confirm:$false");
        Assert.Empty((await RunAsync("Get-ConvoxCertificate")).Objects);
    }

    [PebbleFact]
    public async Task A_signing_request_is_issued_without_its_private_key()
    {
        await StartAsync(new PebbleOptions());
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=own.example.org", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("own.example.org");
        request.CertificateExtensions.Add(names.Build());
        await File.WriteAllTextAsync(_powerShell["own.csr"], request.CreateSigningRequestPem());

        var created = Certificate(await RunAsync($"New-ConvoxCertificate -CertificateSigningRequest $folder/own.csr {Issuing}"));
        Assert.False(File.Exists(created.Path + "/privkey.pem"));
        using var certificate = created.ReadCertificate()!;
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), certificate.PublicKey.ExportSubjectPublicKeyInfo());

        var renewal = (ConvoxRenewal)Assert.Single((await RunAsync("Update-ConvoxCertificate -Force")).Objects).BaseObject;
        Assert.Equal(ConvoxRenewalResult.Renewed, renewal.Result);
        _powerShell.Set("password", Secret("x"));
        var error = Assert.Single(
            (await RunAsync("Get-ConvoxCertificate | Export-ConvoxCertificate -Path $folder/own.pfx -Password $password")).Errors);
        Assert.StartsWith("ConvoxSsl.NoPrivateKey,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [PebbleFact]
    public async Task The_preferred_chain_is_selected()
    {
        await StartAsync(new PebbleOptions { AlternateRoots = 1 });
        using var root = await _pebble!.GetRootAsync(1, CancellationToken.None);
        var name = root.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

        var created = Certificate(await RunAsync($"New-ConvoxCertificate one.example.org {Issuing} -PreferredChain '{name}'"));
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(created.Path + "/chain.pem");
        Assert.Equal(name, chain[^1].GetNameInfo(X509NameType.SimpleName, forIssuer: true));
    }

    [PebbleFact]
    public async Task An_account_is_bound_to_an_external_account()
    {
        await StartAsync(new PebbleOptions { ExternalAccountRequired = true });
        var error = Assert.Single((await RunAsync($"New-ConvoxCertificate one.example.org {Issuing}")).Errors);
        Assert.StartsWith("ConvoxSsl.ExternalAccountRequired,", error.FullyQualifiedErrorId, StringComparison.Ordinal);

        _powerShell.Set("key", Secret(PebbleOptions.ExternalMacKey));
        var run = await RunAsync(
            "New-ConvoxAcmeAccount $directory -CaCertificate $root -AcceptTermsOfService -ExternalAccountKeyId "
                + $"{PebbleOptions.ExternalKeyId} -ExternalAccountKey $key -Verbose -Debug");
        Assert.Equal(
            PebbleOptions.ExternalKeyId, Assert.IsType<ConvoxAcmeAccount>(Assert.Single(run.Objects).BaseObject).ExternalAccountKeyId);
        Assert.DoesNotContain(PebbleOptions.ExternalMacKey, OutputText.Format(run), StringComparison.Ordinal);
        Assert.Single((await RunAsync("New-ConvoxCertificate one.example.org -Issuer $directory -HttpPort $httpPort")).Objects);
    }

    [PebbleFact]
    public async Task An_account_is_created_changed_found_by_key_and_deactivated()
    {
        await StartAsync(new PebbleOptions { Strict = true });
        var created =
            Account(await RunAsync("New-ConvoxAcmeAccount $directory -CaCertificate $root -Contact you@example.org -AcceptTermsOfService"));
        Assert.Equal(["mailto:you@example.org"], created.Contact);
        Assert.Equal(created.Url, Account(await RunAsync("New-ConvoxAcmeAccount $directory")).Url);
        Assert.Equal(created.Url, Account(await RunAsync("Get-ConvoxAcmeAccount")).Url);

        var changed = Account(await RunAsync(
            "Get-ConvoxAcmeAccount | Set-ConvoxAcmeAccount -Contact other@example.org -NewKey -KeyAlgorithm EcdsaP384 -PassThru"));
        Assert.Equal((created.Url, "mailto:other@example.org"), (changed.Url, Assert.Single(changed.Contact)));

        var key = Directory.GetFiles(_powerShell["rack/accounts"], "key.pem", SearchOption.AllDirectories).Single();
        File.Copy(key, _powerShell["account.pem"]);
        await RunAsync("Remove-ConvoxAcmeAccount $directory -KeepAtCa -Confirm:$false");
        Assert.Empty((await RunAsync("Get-ConvoxAcmeAccount")).Objects);
        var found = Account(await RunAsync(
            "New-ConvoxAcmeAccount $directory -CaCertificate $root -KeyPath $folder/account.pem -AcceptTermsOfService"));
        Assert.Equal(created.Url, found.Url);
        Assert.Single((await RunAsync("New-ConvoxCertificate one.example.org -Issuer $directory -HttpPort $httpPort")).Objects);

        await RunAsync("Remove-ConvoxAcmeAccount $directory -Confirm:$false");
        var ended =
            await RunAsync("New-ConvoxAcmeAccount $directory -CaCertificate $root -KeyPath $folder/account.pem -AcceptTermsOfService");
        Assert.StartsWith("ConvoxSsl.AcmeProblem.", Assert.Single(ended.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [PebbleFact]
    public async Task An_untrusted_CA_is_rejected_with_the_parameter_that_helps()
    {
        await StartAsync(new PebbleOptions());
        var run = await RunAsync("New-ConvoxCertificate one.example.org -Issuer $directory -AcceptTermsOfService");

        var error = Assert.Single(run.Errors);
        Assert.StartsWith("ConvoxSsl.AcmeProblem.untrusted,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.SecurityError, error.CategoryInfo.Category);
        Assert.Contains("-CaCertificate", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(_pebble!.Requests);
    }

    [PebbleFact]
    public async Task Progress_never_decreases_and_completes()
    {
        // Only an interactive host shows progress.
        _powerShell.Dispose();
        _powerShell = new HostedPowerShell(["Yes"]);
        await StartAsync(new PebbleOptions());
        var run = await RunAsync($"New-ConvoxCertificate one.example.org, two.example.org {Issuing}");

        var percents = run.Progress.Where(p => p.RecordType == ProgressRecordType.Processing && p.PercentComplete >= 0)
            .Select(p => p.PercentComplete)
            .ToList();
        Assert.True(percents.Count > 8);
        Assert.Equal(percents.Order(), percents);
        Assert.Equal(ProgressRecordType.Completed, run.Progress[^1].RecordType);
        Assert.Contains(run.Progress, p => p.StatusDescription == "Telling the CA that two.example.org is ready");
    }

    [PebbleFact]
    public async Task No_stream_shows_a_secret_and_no_secret_file_is_readable_by_others()
    {
        await StartAsync(new PebbleOptions());
        _powerShell.Set("password", Secret("Pfx-Passw0rd!"));
        var runs = new List<PowerShellResult>
        {
            await RunAsync($"New-ConvoxCertificate one.example.org {Issuing} -Verbose -Debug"),
            await RunAsync("Get-ConvoxCertificate -Verbose -Debug"),
            await RunAsync("Get-ConvoxCertificate | Export-ConvoxCertificate -Path $folder/one.pfx -Password $password -Verbose -Debug"),
            await RunAsync("Import-ConvoxCertificate $folder/one.pfx -Password $password -Verbose -Debug"),
            await RunAsync("Update-ConvoxCertificate -Force -Verbose -Debug"),
            await RunAsync("Set-ConvoxAcmeAccount $directory -NewKey -Verbose -Debug -PassThru"),
            await RunAsync("Get-ConvoxCertificate -Generated | Revoke-ConvoxCertificate -Verbose -Debug -Confirm:$false"),
        };
        var text = string.Join('\n', runs.Select(OutputText.Format));
        Assert.Contains("order-plz", text, StringComparison.Ordinal);

        var secrets = Directory.EnumerateFiles(Folder, "*.pem", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains("PRIVATE KEY", StringComparison.Ordinal))
            .Select(f => File.ReadAllLines(f)[1])
            .Append("Pfx-Passw0rd!")
            .ToList();
        Assert.True(secrets.Count > 3);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    private async Task StartAsync(PebbleOptions options)
    {
        _pebble = await PebbleServer.StartAsync(options, CancellationToken.None);
        _powerShell.Set("directory", _pebble.DirectoryUrl.AbsoluteUri);
        _powerShell.Set("root", _pebble.RootFile);
        _powerShell.Set("httpPort", _pebble.HttpPort);
        _powerShell.Set("tlsPort", _pebble.TlsPort);
        _powerShell.Set("folder", Folder);
    }

    private string Folder => Path.GetDirectoryName(_powerShell.RackPath)!;

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);

    private static SecureString Secret(string text) => new NetworkCredential(string.Empty, text).SecurePassword;

    private static ConvoxCertificate Certificate(PowerShellResult run) => Single<ConvoxCertificate>(run);

    private static ConvoxAcmeAccount Account(PowerShellResult run) => Single<ConvoxAcmeAccount>(run);

    private static T Single<T>(PowerShellResult run)
    {
        Assert.Empty(run.Errors);
        return Assert.IsType<T>(Assert.Single(run.Objects).BaseObject);
    }
}
