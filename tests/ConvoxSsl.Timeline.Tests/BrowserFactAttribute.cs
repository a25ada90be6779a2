namespace ConvoxSsl.Timeline.Tests;

/// <summary>A test that needs a headless browser. It is skipped if none is installed.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    public BrowserFactAttribute() => Skip = Browser is null ? $"None of {string.Join(", ", Names)} is on the PATH." : null;

    /// <summary>The path of the browser; null if there is none.</summary>
    public static string? Browser { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator)
        .SelectMany(directory => Names.Select(name => Path.Combine(directory, name)))
        .FirstOrDefault(File.Exists);
}
