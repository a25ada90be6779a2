using ConvoxSsl.Fuzzing.Targets;
using Xunit;

namespace ConvoxSsl.Fuzzing;

public sealed class FuzzTests
{
    private const int Inputs = 300;

    // A fixed seed. The long run uses another one each time.
    private const int Seed = 1;

    public static TheoryData<string> Targets => [.. AllTargets.List.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Corrupt_input_is_parsed_or_rejected_with_a_message(string target)
    {
        var result = await new FuzzRun(Seed).RunAsync(AllTargets.List.Single(t => t.Name == target), 0, Inputs, CancellationToken.None);
        Scratch.Clear();
        Assert.True(result.Findings.Count == 0, string.Join("\n\n", result.Findings.Select(f => f.Describe(Seed))));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Seeds_are_parsed_without_an_error(string target)
    {
        // If all seeds are rejected early, the mutated inputs reach no further code either.
        var fuzzTarget = AllTargets.List.Single(t => t.Name == target);
        var outcomes = new List<Exception?>();
        foreach (var seed in fuzzTarget.Seeds)
        {
            outcomes.Add(await Record.ExceptionAsync(() => fuzzTarget.ReadAsync(seed, CancellationToken.None)));
        }

        Scratch.Clear();
        Assert.True(fuzzTarget.RefusesSeeds || outcomes.Contains(null), string.Join("\n", outcomes));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Inputs_are_reproducible(string target)
    {
        var fuzzed = AllTargets.List.Single(t => t.Name == target);
        Assert.All(Enumerable.Range(0, 20), number => Assert.Equal(fuzzed.Input(7, number), fuzzed.Input(7, number)));
    }
}
