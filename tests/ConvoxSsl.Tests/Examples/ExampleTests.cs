using ConvoxSsl.Tests.Secrets;

namespace ConvoxSsl.Tests.Examples;

/// <summary>Each example of the cmdlets' help does what it says, or at least fails in nothing.</summary>
[Collection(EnvironmentVariables.Name)]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ExampleTests(ExampleServers servers) : IClassFixture<ExampleServers>
{
    public static TheoryData<string, int> Examples()
    {
        var examples = new TheoryData<string, int>();
        foreach (var example in HelpExample.ReadAll())
        {
            examples.Add(example.Cmdlet, example.Number);
        }

        return examples;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_runs_without_an_error(string cmdlet, int number)
    {
        var example = HelpExample.ReadAll().Single(e => e.Cmdlet == cmdlet && e.Number == number);
        using var session = await ExampleSession.StartAsync(servers, cmdlet);

        var result = await session.RunAsync(example.Code);

        Assert.True(!Transcript.ErrorsOf(result).Any() && !result.Stopped, $"{(result.Stopped ? "It did not end: " : string.Empty)}{example.Code}\n{string.Join('\n', result.Warnings)}{string.Join('\n', Transcript.ErrorsOf(result).Select(e => $"{e.FullyQualifiedErrorId}: {e}"))}");
        Assert.Contains(cmdlet, example.Code, StringComparison.Ordinal);
    }
}
