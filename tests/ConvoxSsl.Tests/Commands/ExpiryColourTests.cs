using ConvoxSsl.Tests.Secrets;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the colors of Show-ConvoxExpiry.</summary>
[Collection(EnvironmentVariables.Name)]
public sealed class ExpiryColourTests : IDisposable
{
    // A stand-in for $PSStyle, which all sessions of a process share.
    private const string Style = """
        $PSStyle = [pscustomobject]@{
            OutputRendering = 'RENDERING'; Reset = '</>'
            Foreground = [pscustomobject]@{ Green = '<g>'; BrightCyan = '<n>' }
            Formatting = [pscustomobject]@{ Warning = '<w>'; Error = '<e>'; TableHeader = '<h>' }
        }
        """;

    private readonly HostedPowerShell _powerShell = new();
    private readonly ChangedEnvironment _environment = new();

    public void Dispose()
    {
        _environment.Dispose();
        _powerShell.Dispose();
    }

    [Fact]
    public async Task Colors_come_from_the_session_style()
    {
        var lines = await DrawAsync("Ansi", noColour: null);

        Assert.StartsWith("<h>NAME ", lines[0], StringComparison.Ordinal);
        Assert.Matches("^a.example.org  <g>Ready</>    in 89d +<n>│</><g>━+◆░+</>$", lines[2]);
        Assert.DoesNotContain("<", lines[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PlainText", null)]
    [InlineData("Host", null)]
    [InlineData("", null)]
    [InlineData("Ansi", "1")]
    public async Task There_are_no_colors_if_PowerShell_tables_have_none(string rendering, string? noColour)
    {
        var lines = await DrawAsync(rendering, noColour);

        Assert.All(lines, line => Assert.DoesNotContain("<", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Colors_come_from_the_PSStyle_of_PowerShell_too()
    {
        _environment.Set("NO_COLOR", null);
        await PrepareAsync();
        var run = await _powerShell.RunAsync(
            "& { $own = $PSStyle; $PSStyle = $own | ForEach-Object { [pscustomobject]@{ OutputRendering = 'Ansi'; Reset = $_.Reset; "
                + "Foreground = $_.Foreground; Formatting = $_.Formatting } }; Show-ConvoxExpiry -Width 80 }", CancellationToken.None);

        Assert.StartsWith("\u001b[32;1mNAME ", run.Succeeded().Of<string>()[0], StringComparison.Ordinal);
    }

    private async Task PrepareAsync() =>
        (await _powerShell.RunAsync(
            "$null = New-ConvoxCertificate a.example.org -Issuer self-signed -Duration 90d -WarningAction SilentlyContinue",
            CancellationToken.None)).Succeeded();

    private async Task<IReadOnlyList<string>> DrawAsync(string rendering, string? noColour)
    {
        _environment.Set("NO_COLOR", noColour);
        await PrepareAsync();
        var script = $"& {{\n{Style.Replace("RENDERING", rendering, StringComparison.Ordinal)}\nShow-ConvoxExpiry -Width 80\n}}";
        return (await _powerShell.RunAsync(script, CancellationToken.None)).Succeeded().Of<string>();
    }
}
