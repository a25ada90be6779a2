using ConvoxSsl.Engine;

namespace ConvoxSsl.Scheduling.Tests;

public sealed class RenewalCommandTests
{
    [Theory]
    [InlineData("/a\nb")]
    [InlineData("/a\0b")]
    [InlineData("/a\u2028b")]
    [InlineData("/a\u0085b")]
    public void Path_with_a_line_break_is_rejected(string path)
    {
        Assert.Equal("InvalidSchedulePath", Assert.Throws<InvalidInputException>(() => new RenewalCommand("pwsh", "/m", path)).Code);
        Assert.Equal("InvalidSchedulePath", Assert.Throws<InvalidInputException>(() => new RenewalCommand(path, "/m", "/r")).Code);
    }

    [Fact]
    public void Running_PowerShell_is_preferred()
    {
        Assert.Equal("/opt/ps/pwsh", PowerShellProgram.Find("/opt/ps/pwsh", null));
        Assert.Equal(
            "PowerShellNotFound",
            Assert.Throws<InvalidInputException>(() => PowerShellProgram.Find("/usr/bin/dotnet", "/nonexistent")).Code);
    }
}
