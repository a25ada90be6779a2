using System.Management.Automation;
using ConvoxSsl.Tests.Hosting;

namespace ConvoxSsl.Tests.Commands;

/// <summary>What the tab key offers.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly HostedPowerShell _powerShell = new();

    public void Dispose() => _powerShell.Dispose();

    [Theory]
    [InlineData("New-ConvoxCertificate a.example.org -Issuer lets", "letsencrypt", "letsencrypt-staging")]
    [InlineData("New-ConvoxCertificate a.example.org -Issuer self", "self-signed")]
    [InlineData("New-ConvoxAcmeAccount self")]
    [InlineData("Get-ConvoxCertificate -Rack loc", "local")]
    [InlineData("New-ConvoxCertificate a.example.org -KeyAlgorithm Ecdsa", "EcdsaP256", "EcdsaP384")]
    [InlineData("Revoke-ConvoxCertificate x -Reason Key", "KeyCompromise")]
    [InlineData("New-ConvoxCertificate a.example.org -Challenge Tls", "TlsAlpn01")]
    [InlineData("Get-ConvoxCertificate -Status P", "Pending")]
    public async Task Names_are_completed(string typed, params string[] expected) =>
        Assert.Equal(expected, (await CompleteAsync(typed)).Select(r => r.CompletionText));

    [Fact]
    public async Task Ids_are_completed_with_their_names_as_the_tool_tip()
    {
        var made = (await _powerShell.RunAsync("New-ConvoxCertificate a.example.org, b.example.org -Issuer self-signed", CancellationToken.None)).Of<ConvoxCertificate>()[0];

        var offered = Assert.Single(await CompleteAsync("Update-ConvoxCertificate cert-"));
        Assert.Equal((made.Id, "a.example.org, b.example.org"), (offered.CompletionText, offered.ToolTip));
        Assert.Empty(await CompleteAsync("Update-ConvoxCertificate other-"));
        Assert.Single(await CompleteAsync("Remove-ConvoxCertificate -Rack $Rack -Id cert-"));
    }

    [Fact]
    public async Task A_rack_that_can_not_be_read_offers_nothing_and_stays_silent()
    {
        Directory.CreateDirectory(_powerShell.RackPath);
        await File.WriteAllTextAsync(Path.Combine(_powerShell.RackPath, "rack.json"), "{");

        Assert.Empty(await CompleteAsync("Get-ConvoxCertificate cert-"));
    }

    // An id that matches nothing must not fall back to file names.
    private async Task<IReadOnlyList<CompletionResult>> CompleteAsync(string typed)
    {
        _powerShell.Set("typed", typed);
        var run = await _powerShell.RunAsync("(TabExpansion2 $typed $typed.Length).CompletionMatches", CancellationToken.None);
        return [.. run.Succeeded().Of<CompletionResult>().Where(r => r.ResultType == CompletionResultType.ParameterValue)];
    }
}
