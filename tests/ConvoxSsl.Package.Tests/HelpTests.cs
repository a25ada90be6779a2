using System.Text.RegularExpressions;

namespace ConvoxSsl.Package.Tests;

public sealed class HelpTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task The_about_topic_is_found_and_speaks_only_of_cmdlets_that_there_are()
    {
        var text = string.Join('\n', await _session.RunAsync("Get-Help about_ConvoxSsl"));

        Assert.Contains("Issues, lists, renews, revokes and removes TLS certificates", text, StringComparison.Ordinal);
        var spokenOf = Regex.Matches(text, @"\b[A-Z][a-z]+-Convox\w+").Select(m => m.Value).Distinct().ToArray();
        Assert.NotEmpty(spokenOf);
        Assert.Empty(spokenOf.Except(ModuleManifest.Read().Cmdlets));
    }
}
