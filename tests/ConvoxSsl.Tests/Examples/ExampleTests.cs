using System.Management.Automation;
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

        var errors = Transcript.ErrorsOf(result).Where(error => !IsOfTheExample(error, cmdlet)).Select(error => $"{error.FullyQualifiedErrorId}: {error}").ToArray();
        Assert.False(result.Stopped, $"It does not end: {example.Code}");
        Assert.True(errors.Length == 0, $"{example.Code}\n{string.Join('\n', errors)}");
        Assert.Contains(cmdlet, example.Code, StringComparison.Ordinal);
    }

    // No name server of the zone can be asked here, so a trial of a solver finds that, and an example that throws then is right.
    private static bool IsOfTheExample(ErrorRecord error, string cmdlet) =>
        cmdlet.EndsWith("-ConvoxDnsSolver", StringComparison.Ordinal) && error.Exception is RuntimeException { WasThrownFromThrowStatement: true };
}
