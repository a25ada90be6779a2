namespace ConvoxSsl.Tests.Commands;

/// <summary>What is asked of a person who sits at the prompt.</summary>
public sealed class PromptTests
{
    private const string WithoutConsent = "New-ConvoxCertificate one.example.org -Issuer $directory -CaCertificate $root -WebRoot $webRoot";

    [Fact]
    public async Task The_terms_are_asked_for_once_and_remembered()
    {
        await using var session = await ScriptedCaSession.StartAsync(null, "Yes");
        (await session.RunAsync(WithoutConsent)).Succeeded();

        Assert.Contains("terms of service", Assert.Single(session.PowerShell.Host.Prompts), StringComparison.Ordinal);
        (await session.RunAsync("New-ConvoxCertificate two.example.org -Issuer $directory -WebRoot $webRoot")).Succeeded();
        Assert.Single(session.PowerShell.Host.Prompts);
    }

    [Fact]
    public async Task Terms_that_are_declined_end_it()
    {
        await using var session = await ScriptedCaSession.StartAsync(null, "No");
        var error = Assert.Single((await session.RunAsync(WithoutConsent)).Errors);

        Assert.StartsWith("ConvoxSsl.TermsOfServiceNotAccepted,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(session.Ca.Accounts);
        Assert.False(Directory.Exists(session.PowerShell.RackPath));
    }

    [Fact]
    public async Task Removing_is_asked_for_and_names_what_goes()
    {
        await using var session = await ScriptedCaSession.StartAsync(null, "No", "Yes");
        await session.RunAsync("New-ConvoxCertificate one.example.org -Issuer self-signed");

        await session.RunAsync("Get-ConvoxCertificate | Remove-ConvoxCertificate");
        Assert.Single((await session.RunAsync("Get-ConvoxCertificate")).Objects);
        Assert.Contains("one.example.org", session.PowerShell.Host.Prompts[0], StringComparison.Ordinal);

        await session.RunAsync("Get-ConvoxCertificate | Remove-ConvoxCertificate");
        Assert.Empty((await session.RunAsync("Get-ConvoxCertificate")).Objects);
    }
}
