using ConvoxSsl.Tests.Hosting;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the issuer of certificates for which none is named.</summary>
public sealed class DefaultIssuerTests : IAsyncLifetime
{
    private ScriptedCaSession _session = null!;

    public async Task InitializeAsync() => _session = await ScriptedCaSession.StartAsync();

    public Task DisposeAsync() => _session.DisposeAsync().AsTask();

    [Fact]
    public async Task A_certificate_for_the_same_names_keeps_its_issuer()
    {
        var issued = await NewAsync($"www.example.org, example.org {ScriptedCaSession.Issuing}");

        var again = await NewAsync("example.org, www.example.org");
        var others = await NewAsync("www.example.org -WarningAction SilentlyContinue");

        Assert.Equal((issued.Id, issued.Version), (again.Id, again.Version));
        Assert.Equal("self-signed", others.Issuer);
    }

    [Fact]
    public async Task The_default_issuer_of_the_rack_is_used_for_new_names_and_removed_with_an_empty_text()
    {
        await NewAsync("first.example.org -Issuer self-signed");
        var rack = Assert.Single((await RunAsync("Set-ConvoxRack -DefaultIssuer $directory -PassThru")).Succeeded().Of<ConvoxRack>());
        var run = (await RunAsync($"New-ConvoxCertificate www.example.org {WithoutIssuer} -Verbose")).Succeeded();

        Assert.Equal(rack.DefaultIssuer, Assert.Single(run.Of<ConvoxCertificate>()).Issuer);
        Assert.Contains(run.Verbose, line => line.Contains("the default of rack", StringComparison.Ordinal));
        Assert.Empty(run.Warnings);
        Assert.Equal("self-signed", (await NewAsync("first.example.org")).Issuer);

        await RunAsync("Set-ConvoxRack -DefaultIssuer ''");
        Assert.Null(Assert.Single((await RunAsync("Get-ConvoxRack")).Succeeded().Of<ConvoxRack>()).DefaultIssuer);
        Assert.Contains("Set-ConvoxRack", Assert.Single((await RunAsync("New-ConvoxCertificate new.example.org")).Warnings),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warning_precedes_a_self_signed_certificate_next_to_one_from_a_CA()
    {
        var issued = await NewAsync($"www.example.org {ScriptedCaSession.Issuing}");

        var preview = await RunAsync("New-ConvoxCertificate www.example.org -Issuer self-signed -WhatIf");
        var made = await RunAsync("New-ConvoxCertificate www.example.org -Issuer self-signed");
        var again = await RunAsync("New-ConvoxCertificate www.example.org -Issuer self-signed");

        Assert.Contains(issued.Id, Assert.Single(preview.Warnings), StringComparison.Ordinal);
        Assert.Contains(issued.Id, Assert.Single(made.Warnings), StringComparison.Ordinal);
        Assert.Empty(again.Warnings);
    }

    [Fact]
    public async Task WhatIf_and_an_unknown_issuer_change_nothing()
    {
        await RunAsync("Set-ConvoxRack -DefaultIssuer letsencrypt -WhatIf");
        var error = Assert.Single((await RunAsync("Set-ConvoxRack -DefaultIssuer letsencript")).Errors);

        Assert.StartsWith("ConvoxSsl.UnknownIssuer,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Null(Assert.Single((await RunAsync("Get-ConvoxRack")).Succeeded().Of<ConvoxRack>()).DefaultIssuer);
    }

    private static string WithoutIssuer => ScriptedCaSession.Issuing.Replace("-Issuer $directory", string.Empty, StringComparison.Ordinal);

    private async Task<ConvoxCertificate> NewAsync(string arguments) =>
        Assert.Single((await RunAsync($"New-ConvoxCertificate {arguments}")).Succeeded().Of<ConvoxCertificate>());

    private Task<PowerShellResult> RunAsync(string script) => _session.RunAsync(script);
}
