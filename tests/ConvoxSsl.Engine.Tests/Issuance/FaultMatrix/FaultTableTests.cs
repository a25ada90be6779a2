using Xunit.Abstractions;

namespace ConvoxSsl.Engine.Tests.Issuance.FaultMatrix;

/// <summary>The table itself: its size, and a reason for each empty cell.</summary>
public sealed class FaultTableTests(ITestOutputHelper output)
{
    private static readonly string[] Outcomes = ["ok", "fresh", "key", "same", "anew", "own", "undone", "old"];

    [Fact]
    public void Every_cell_states_an_outcome_or_why_there_is_none()
    {
        Assert.All(FaultTable.Cases, c => Assert.Contains(c.Outcome, Outcomes));
        Assert.All(FaultTable.Cases, c => Assert.True(c.Outcome == "ok" || c.Error != "-", $"{c} names no error"));
        Assert.All(
            FaultTable.LeftOut,
            c => Assert.True(c.Outcome.Length == 2 && FaultTable.Reasons.ContainsKey(c.Outcome[1]), $"{c} has no reason"));
        Assert.Equal(FaultTable.Cases.Count, FaultTable.Cases.Select(c => (c.Step, c.Fault)).Distinct().Count());
    }

    [Fact]
    public void The_number_of_cases_is_reported()
    {
        var faults = FaultTable.Cases.Select(c => c.Fault).Distinct().Count();
        Tell(
            $"Fault matrix: {faults} faults at {Enum.GetValues<FaultStep>().Length} steps, {FaultTable.Cases.Count} cases, "
                + $"{FaultTable.LeftOut.Count} left out");
        foreach (var outcome in FaultTable.Cases.GroupBy(c => c.Outcome))
        {
            Tell($"  {outcome.Key}: {outcome.Count()}");
        }

        foreach (var reason in FaultTable.LeftOut.GroupBy(c => c.Outcome[1]))
        {
            Tell($"  left out, because {FaultTable.Reasons[reason.Key]}: {reason.Count()}");
        }
    }

    // Also where tests that pass are silent.
    private void Tell(string text)
    {
        output.WriteLine(text);
        Console.WriteLine(text);
    }
}
