using ConvoxSsl.TestKit;

namespace ConvoxSsl.Scenarios.Tests;

/// <summary>A task of Tasks.txt.</summary>
/// <param name="Title">The title.</param>
/// <param name="Lines">The lines to type.</param>
internal sealed record ScenarioTask(string Title, IReadOnlyList<TypedLine> Lines)
{
    /// <summary>The directory of the tasks and transcripts.</summary>
    public static string Directory { get; } = Path.Combine(RepositoryRoot.Path, "tests", "ConvoxSsl.Scenarios.Tests");

    /// <summary>Reads all tasks.</summary>
    public static IReadOnlyList<ScenarioTask> ReadAll()
    {
        var tasks = new List<(string Title, List<TypedLine> Lines)>();
        foreach (var line in File.ReadLines(Path.Combine(Directory, "Tasks.txt")).Where(line => line.Length > 0 && line[0] != ';'))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                tasks.Add((line[2..], []));
            }
            else if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                var typed = tasks[^1].Lines;
                typed[^1] = typed[^1] with { Responses = [.. typed[^1].Responses, line[2..]] };
            }
            else
            {
                tasks[^1].Lines.Add(new TypedLine(line, []));
            }
        }

        return [.. tasks.Select(task => new ScenarioTask(task.Title, task.Lines))];
    }
}

/// <summary>A typed line.</summary>
/// <param name="Text">The text; <c>&lt;Tab&gt;</c> at its end lists completions.</param>
/// <param name="Responses">The responses to its questions.</param>
internal sealed record TypedLine(string Text, IReadOnlyList<string> Responses)
{
    private const string Tab = "<Tab>";

    /// <summary>The keys that list completions; null if the line is run.</summary>
    public string? Completion => Text.EndsWith(Tab, StringComparison.Ordinal) ? Text.Replace(Tab, "\t", StringComparison.Ordinal) : null;
}
