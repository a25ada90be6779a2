namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the prompts of an interactive session.</summary>
public sealed class PromptTests
{
    private const string WithoutConsent = "New-ConvoxCertificate one.example.org -Issuer $directory -CaCertificate $root -WebRoot $webRoot";

    [Fact]
    public async Task The_terms_prompt_appears_once_and_is_remembered()
    {
        await using var session = await ScriptedCaSession.StartAsync(null, "Yes");
        (await session.RunAsync(WithoutConsent)).Succeeded();

        Assert.Contains(
            $"terms of service of {session.Ca.DirectoryUrl.Authority} ",
            Assert.Single(session.PowerShell.Host.Prompts),
            StringComparison.Ordinal);
        Assert.Equal("No", Assert.Single(session.PowerShell.Host.DefaultChoices));
        (await session.RunAsync("New-ConvoxCertificate two.example.org -Issuer $directory -WebRoot $webRoot")).Succeeded();
        Assert.Single(session.PowerShell.Host.Prompts);
    }

    [Fact]
    public async Task Declined_terms_end_the_command()
    {
        await using var session = await ScriptedCaSession.StartAsync(null, "No");
        var error = Assert.Single((await session.RunAsync(WithoutConsent)).Errors);

        Assert.StartsWith("ConvoxSsl.TermsOfServiceNotAccepted,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("https://ca.example/terms/1", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("https://ca.example/terms/1", session.PowerShell.Host.Prompts[0], StringComparison.Ordinal);
        Assert.Empty(session.Ca.Accounts);
        Assert.False(Directory.Exists(session.PowerShell.RackPath));
    }

    [Fact]
    public async Task Removal_prompts_with_the_names()
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
