namespace ConvoxSsl.Tests.Sessions;

public sealed class HostedPowerShellTests
{
    [Fact]
    public async Task A_session_has_the_module_and_its_own_rack()
    {
        using var ps = new HostedPowerShell();
        var result = (await ps.RunAsync("(Get-Module ConvoxSsl).ModuleType.ToString(); $Rack", CancellationToken.None)).Succeeded();
        Assert.Equal(["Binary", ps.RackPath], result.Of<string>());
    }
}
