namespace ConvoxSsl.Scenarios.Tests;

/// <summary>
/// The tasks of a user's day, typed into a terminal. The committed transcripts show in a review how a change affects what users
/// see.
/// </summary>
public sealed class TranscriptTests(ScenarioServers servers) : IClassFixture<ScenarioServers>
{
    private const string UpdateVariable = "CONVOXSSL_UPDATE_TRANSCRIPTS";
    private const int ShownLines = 12;

    [TerminalTheory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public async Task A_terminal_shows_the_committed_transcript(int columns)
    {
        var file = Path.Combine(ScenarioTask.Directory, "Transcripts", $"{columns}.txt");
        var actual = await TypeAllAsync(columns);
        if (Environment.GetEnvironmentVariable(UpdateVariable) is { Length: > 0 })
        {
            await File.WriteAllTextAsync(file, actual);
            return;
        }

        var expected = File.Exists(file) ? (await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n") : string.Empty;
        Assert.True(expected == actual, Describe(expected.Split('\n'), actual.Split('\n'), columns));
    }

    private async Task<string> TypeAllAsync(int columns)
    {
        var home = CreateHome();
        try
        {
            var profile = Path.Combine(ScenarioTask.Directory, "Session.ps1");
            await using var terminal = await Terminal.StartAsync(
                columns, PowerShellTool.Path!, profile, servers.CreateEnvironment(home), CancellationToken.None);
            var transcript = new Transcript(columns, home);
            foreach (var task in ScenarioTask.ReadAll())
            {
                transcript.AddTitle(task.Title);
                foreach (var line in task.Lines)
                {
                    transcript.Add(line.Completion is { } keys
                        ? await terminal.CompleteAsync(keys, CancellationToken.None)
                        : await terminal.RunAsync(line.Text, line.Responses, CancellationToken.None));
                }
            }

            await terminal.ExitAsync(CancellationToken.None);
            return transcript.ToString();
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    // As long as the placeholder in the transcripts, so that no line is longer or shorter than in them.
    private static string CreateHome()
    {
        while (true)
        {
            var home = $"/tmp/{Guid.NewGuid():N}"[..Transcript.Home.Length];
            if (!Path.Exists(home))
            {
                Directory.CreateDirectory(Path.Combine(home, "bin"));
                return home;
            }
        }
    }

    private static string Describe(string[] expected, string[] actual, int columns)
    {
        var first = expected.Zip(actual).TakeWhile(lines => lines.First == lines.Second).Count();
        return $"""
            Transcripts/{columns}.txt differs from line {first + 1} on. The file has:
            {string.Join('\n', expected.Skip(first).Take(ShownLines))}
            The terminal shows:
            {string.Join('\n', actual.Skip(first).Take(ShownLines))}
            If that is what users should see, run the test with {UpdateVariable}=1, which writes the file, and review the difference.
            """;
    }
}
