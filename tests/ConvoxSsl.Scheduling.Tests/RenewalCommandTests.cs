using ConvoxSsl.Engine;

namespace ConvoxSsl.Scheduling.Tests;

public sealed class RenewalCommandTests
{
    [Theory]
    [InlineData("/a\nb")]
    [InlineData("/a\0b")]
    [InlineData("/a\u2028b")]
    [InlineData("/a\u0085b")]
    public void A_path_that_would_break_the_line_is_refused(string path)
    {
        Assert.Equal("InvalidSchedulePath", Assert.Throws<InvalidInputException>(() => new RenewalCommand("pwsh", "/m", path)).Code);
        Assert.Equal("InvalidSchedulePath", Assert.Throws<InvalidInputException>(() => new RenewalCommand(path, "/m", "/r")).Code);
    }

    [Fact]
    public void The_running_PowerShell_is_taken_before_one_on_the_path()
    {
        Assert.Equal("/opt/ps/pwsh", PowerShellProgram.Find("/opt/ps/pwsh", null));
        Assert.Equal("PowerShellNotFound", Assert.Throws<InvalidInputException>(() => PowerShellProgram.Find("/usr/bin/dotnet", "/nonexistent")).Code);
    }
}
