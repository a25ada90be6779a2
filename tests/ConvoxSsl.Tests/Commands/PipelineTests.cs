using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests certificates from the pipeline.</summary>
public sealed class PipelineTests : IDisposable
{
    private readonly HostedPowerShell _powerShell = new();

    public void Dispose() => _powerShell.Dispose();

    [Theory]
    [InlineData("'a.example.org', 'b.example.org' | New-ConvoxCertificate -Issuer self-signed", "a.example.org|b.example.org")]
    [InlineData(",@('a.example.org', 'b.example.org') | New-ConvoxCertificate -Issuer self-signed", "a.example.org b.example.org")]
    [InlineData("'a.example.org,b.example.org' | New-ConvoxCertificate -Issuer self-signed", "a.example.org b.example.org")]
    [InlineData(
        "[pscustomobject]@{ Domain = 'a.example.org, b.example.org'; Issuer = 'self-signed' } | New-ConvoxCertificate",
        "a.example.org b.example.org")]
    [InlineData(
        "[pscustomobject]@{ Domain = 'a.example.org;b.example.org'; Issuer = 'self-signed' }, [pscustomobject]@{ Domain = "
            + "'c.example.org'; Issuer = 'self-signed' } | New-ConvoxCertificate -ThrottleLimit 2",
            "a.example.org b.example.org|c.example.org")]
    [InlineData(
        "[pscustomobject]@{ Domain = 'a.example.org'; Issuer = 'self-signed'; Duration = '' } | New-ConvoxCertificate", "a.example.org")]
    public async Task Each_pipeline_object_is_one_certificate(string script, string expected)
    {
        var created = (await RunAsync(script)).Succeeded().Of<ConvoxCertificate>();
        Assert.Equal(expected.Split('|'), created.Select(c => string.Join(' ', c.Domains)).Order());
    }

    [Fact]
    public async Task An_invalid_row_does_not_affect_the_others()
    {
        var run = await RunAsync("""
            [pscustomobject]@{ Domain = 'a.example.org'; Issuer = 'self-signed' },
            [pscustomobject]@{ Domain = ''; Issuer = 'self-signed' },
            [pscustomobject]@{ Domain = 'b.example.org'; Issuer = 'no-such-ca' },
            [pscustomobject]@{ Domain = 'c.example.org'; Issuer = 'self-signed' } | New-ConvoxCertificate
            """);
        Assert.Equal(["a.example.org", "c.example.org"], run.Of<ConvoxCertificate>().Select(c => c.Domain).Order());
        Assert.Equal(["ConvoxSsl.InvalidDomain", "ConvoxSsl.UnknownIssuer"], run.Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
    }

    [Fact]
    public async Task Expiring_certificates_are_piped_to_their_renewal()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        (await session.RunAsync($"'a.example.org', 'b.example.org' | New-ConvoxCertificate {ScriptedCaSession.Issuing}")).Succeeded();

        var run = (await session.RunAsync(
            "Get-ConvoxCertificate -ExpiringWithin 1000.00:00 | Update-ConvoxCertificate -Force -ThrottleLimit 8")).Succeeded();
        Assert.Equal([2, 2], run.Of<ConvoxRenewal>().Select(r => r.Certificate!.Version));
        Assert.Empty(
            (await session.RunAsync("Get-ConvoxCertificate -ExpiringWithin 00:01 | Update-ConvoxCertificate -Force")).Succeeded().Objects);
    }

    [Fact]
    public async Task Stop_cancels_the_others_and_a_later_run_resumes_them()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Problem(403, "rejectedIdentifier", "policy"));

        var run = await session.RunAsync(
            $"'a.example.org', 'b.example.org', 'c.example.org' | New-ConvoxCertificate {ScriptedCaSession.Issuing} -ErrorAction Stop");
        Assert.StartsWith(
            "ConvoxSsl.AcmeProblem.rejectedIdentifier,", run.TerminatingError?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(session.WebRoot));

        (await session.RunAsync(
            $"'a.example.org', 'b.example.org', 'c.example.org' | New-ConvoxCertificate {ScriptedCaSession.Issuing} -Force")).Succeeded();
        Assert.All(
            (await session.RunAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>(),
            c => Assert.Equal(ConvoxCertificateStatus.Ready, c.Status));
        Assert.Equal(3, (await session.RunAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>().Count);
    }

    [Fact]
    public async Task A_downstream_failure_ends_the_cmdlet_cleanly()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        var run = await session.RunAsync(
            $"'a.example.org', 'b.example.org' | New-ConvoxCertificate {ScriptedCaSession.Issuing} | ForEach-Object {{ throw "
                + "'downstream' }");

        Assert.Equal("downstream", run.TerminatingError?.ToString());
        Assert.Empty(Directory.GetFileSystemEntries(session.WebRoot));
        Assert.All(
            (await session.RunAsync("Update-ConvoxCertificate")).Succeeded().Of<ConvoxRenewal>(),
            r => Assert.NotEqual(ConvoxRenewalResult.Failed, r.Result));
    }

    [Fact]
    public async Task WhatIf_sends_no_request_and_creates_nothing()
    {
        var run = (await RunAsync("'a.example.org', 'b.example.org' | New-ConvoxCertificate -Issuer self-signed -WhatIf")).Succeeded();
        Assert.Empty(run.Objects);
        Assert.Empty((await RunAsync("Get-ConvoxCertificate")).Objects);
        Assert.Equal(2, _powerShell.Host.Text.Split("What if:").Length - 1);
    }

    [Fact]
    public async Task OutVariable_and_PipelineVariable_contain_the_certificates()
    {
        var run = (await RunAsync("""
            'a.example.org', 'b.example.org' |
                New-ConvoxCertificate -Issuer self-signed -OutVariable made -PipelineVariable one |
                ForEach-Object { $one.Id -eq $_.Id }
            $made.Count
            """)).Succeeded();
        Assert.Equal(["True", "True", "2"], run.Objects.Select(o => o.ToString()));
    }

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);
}
