namespace ConvoxSsl.Tests.Timeline;

/// <summary>A test that needs a browser without a window; where none is installed it is skipped.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    public BrowserFactAttribute() => Skip = Browser is null ? $"None of {string.Join(", ", Names)} is on the PATH." : null;

    /// <summary>The program; null where there is none.</summary>
    public static string? Browser { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .SelectMany(directory => Names.Select(name => Path.Combine(directory, name)))
        .FirstOrDefault(File.Exists);
}
