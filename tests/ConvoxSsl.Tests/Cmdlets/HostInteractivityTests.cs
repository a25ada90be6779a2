using ConvoxSsl.Cmdlets;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Cmdlets;

/// <summary>Tests the detection of interactive hosts.</summary>
public sealed class HostInteractivityTests
{
    [Theory]
    [InlineData("-NonInteractive", true)]
    [InlineData("-noni", true)]
    [InlineData("/NonInter", true)]
    [InlineData("-NoProfile -NonInteractive -Command x", true)]
    [InlineData("-non", false)]
    [InlineData("-NoProfile -NoLogo", false)]
    [InlineData("-Command Get-X -NonInteractive", false)]
    [InlineData("-File run.ps1 -NonInteractive", false)]
    [InlineData("NonInteractive", false)]
    public void Arguments_are_parsed_as_pwsh_parses_them(string arguments, bool expected) =>
        Assert.Equal(expected, HostInteractivity.DisablesPrompts(arguments.Split(' ')));

    [Fact]
    public void A_host_without_a_screen_cannot_prompt()
    {
        Assert.False(HostInteractivity.CanPrompt(null));
        Assert.False(HostInteractivity.CanPrompt(new RecordingHost(null)));
        Assert.True(HostInteractivity.CanPrompt(new RecordingHost([])));
    }
}
