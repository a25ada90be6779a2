using Xunit.Abstractions;

namespace ConvoxSsl.Engine.Tests.Issuance.FaultMatrix;

/// <summary>The table itself: its size, and a reason for each omitted cell.</summary>
public sealed class FaultTableTests(ITestOutputHelper output)
{
    private static readonly string[] Outcomes = ["ok", "fresh", "key", "same", "anew", "own", "undone", "old"];

    [Fact]
    public void Every_cell_has_an_outcome_or_a_reason_for_none()
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
        WriteLine(
            $"Fault matrix: {faults} faults at {Enum.GetValues<FaultStep>().Length} steps, {FaultTable.Cases.Count} cases, "
                + $"{FaultTable.LeftOut.Count} left out");
        foreach (var outcome in FaultTable.Cases.GroupBy(c => c.Outcome))
        {
            WriteLine($"  {outcome.Key}: {outcome.Count()}");
        }

        foreach (var reason in FaultTable.LeftOut.GroupBy(c => c.Outcome[1]))
        {
            WriteLine($"  left out, because {FaultTable.Reasons[reason.Key]}: {reason.Count()}");
        }
    }

    // Write to the console too, which is shown even if the test passes.
    private void WriteLine(string text)
    {
        output.WriteLine(text);
        Console.WriteLine(text);
    }
}
