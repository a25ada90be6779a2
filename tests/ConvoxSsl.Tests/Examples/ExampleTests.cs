using System.Management.Automation;
using ConvoxSsl.Tests.Secrets;

namespace ConvoxSsl.Tests.Examples;

/// <summary>Tests that each example of the cmdlets' help runs without an error.</summary>
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
    public async Task Every_example_runs_without_an_error(string cmdlet, int number)
    {
        var example = HelpExample.ReadAll().Single(e => e.Cmdlet == cmdlet && e.Number == number);
        using var session = await ExampleSession.StartAsync(servers, cmdlet);

        var result = await session.RunAsync(example.Code);

        var errors = Transcript.ReadErrors(result)
            .Where(error => !IsOfTheExample(error, cmdlet))
            .Select(error => $"{error.FullyQualifiedErrorId}: {error}")
            .ToArray();
        Assert.False(result.Stopped, $"It does not end: {example.Code}");
        Assert.True(errors.Length == 0, $"{example.Code}\n{string.Join('\n', errors)}");
        Assert.Contains(cmdlet, example.Code, StringComparison.Ordinal);
    }

    // The name servers of the zone do not exist here, so a test of a solver fails, and an example can throw because of it.
    private static bool IsOfTheExample(ErrorRecord error, string cmdlet) =>
        cmdlet.EndsWith("-ConvoxDnsSolver", StringComparison.Ordinal)
            && error.Exception is RuntimeException { WasThrownFromThrowStatement: true };
}
