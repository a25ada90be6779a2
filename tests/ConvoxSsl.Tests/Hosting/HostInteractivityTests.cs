using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Tests.Hosting;

/// <summary>Whether somebody is there to be asked.</summary>
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
    public void The_arguments_of_pwsh_are_read_as_it_reads_them(string arguments, bool expected) =>
        Assert.Equal(expected, HostInteractivity.DisablesPrompts(arguments.Split(' ')));

    [Fact]
    public void A_host_without_a_screen_is_not_asked()
    {
        Assert.False(HostInteractivity.CanPrompt(null));
        Assert.False(HostInteractivity.CanPrompt(new RecordingHost(null)));
        Assert.True(HostInteractivity.CanPrompt(new RecordingHost([])));
    }
}
