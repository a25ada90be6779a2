using System.Runtime.CompilerServices;

namespace ConvoxSsl.Kubernetes.Tests.TestServers;

/// <summary>A real server's responses to a list of requests, one line each, in a file beside the tests.</summary>
internal sealed class Transcript(string name)
{
    /// <summary>True to record a real server's responses: <c>RECORD_TRANSCRIPTS=1</c>.</summary>
    public static bool IsRecording => Environment.GetEnvironmentVariable("RECORD_TRANSCRIPTS") == "1";

    public void Record(IEnumerable<string> answers)
    {
        foreach (var folder in (string[])[SourceFolder(), AppContext.BaseDirectory])
        {
            Directory.CreateDirectory(Path.Combine(folder, "TestServers", "Transcripts"));
            File.WriteAllLines(PathIn(folder), answers);
        }
    }

    public void Compare(IReadOnlyList<string> answers)
    {
        var recorded = File.ReadAllLines(PathIn(AppContext.BaseDirectory));
        Assert.Equal(recorded.Length, answers.Count);
        var differences = recorded.Zip(answers).Where(p => p.First != p.Second).Select(p => $"recorded: {p.First}\nanswered: {p.Second}");
        var text = string.Join("\n\n", differences);
        Assert.True(text.Length == 0, text);
    }

    private string PathIn(string folder) => Path.Combine(folder, "TestServers", "Transcripts", $"{name}.txt");

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(Path.GetDirectoryName(file))!;
}
