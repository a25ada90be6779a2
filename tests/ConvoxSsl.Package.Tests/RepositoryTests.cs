using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Package.Tests;

public sealed partial class RepositoryTests
{
    // The only allowed file: its default for KUBEBUILDER_ASSETS is beside the repository.
    private const string Exception = ".ci/run";

    private static readonly string[] BuildFiles =
        [".csproj", ".props", ".targets", ".sln", ".ps1", ".psm1", ".psd1", ".sh", ".yml", ".json", ".md"];

    [Fact]
    public async Task No_committed_file_names_a_path_outside_the_repository()
    {
        var outside = new List<string>();
        foreach (var file in await ListFilesAsync())
        {
            var path = Path.Combine(Repository.Root, file);
            if (file == Exception || !File.Exists(path) || new FileInfo(path).Length > 1_000_000)
            {
                continue;
            }

            var text = await File.ReadAllTextAsync(path);
            outside.AddRange(Workspace().Matches(text).Select(match => $"{file}: {match.Value}"));
            if (BuildFiles.Contains(Path.GetExtension(file)))
            {
                outside.AddRange(ParentPath()
                    .Matches(text)
                    .Select(match => match.Value)
                    .Where(value => !IsInside(path, value))
                    .Select(value => $"{file}: {value}"));
            }
        }

        Assert.Empty(outside);
    }

    // NuGetPackageRoot ends with a slash, but not if NUGET_PACKAGES names the folder without one.
    [Fact]
    public async Task Build_files_add_the_slash_after_the_package_folder()
    {
        var files = (await ListFilesAsync())
            .Where(file => Path.GetExtension(file) is ".csproj" or ".props" or ".targets")
            .Select(file => Path.Combine(Repository.Root, file))
            .Where(File.Exists)
            .ToArray();

        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => PackageFolderPrefix().IsMatch(File.ReadAllText(file)));
    }

    // Without git, as in a source archive, list all files except generated ones.
    private static async Task<IReadOnlyList<string>> ListFilesAsync()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["ls-files", "-z"])
            {
                WorkingDirectory = Repository.Root,
                RedirectStandardOutput = true,
            })!;
            var output = await git.StandardOutput.ReadToEndAsync();
            await git.WaitForExitAsync();
            if (git.ExitCode == 0)
            {
                return output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
        }

        return [.. Directory.GetFiles(Repository.Root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(file => !Generated().IsMatch(file))];
    }

    private static bool IsInside(string file, string relative) =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, relative)).StartsWith(Repository.Root, StringComparison.Ordinal);

    [GeneratedRegex(@"(?<![\w/])/(work|root|tmp/w)/[\w./-]+|(?:\.\./)+shared\b[\w./-]*")]
    private static partial Regex Workspace();

    [GeneratedRegex(@"(?<![\w/}])(?:\.\.[/\\])+[\w][\w.-]*")]
    private static partial Regex ParentPath();

    [GeneratedRegex(@"\$\(NuGetPackageRoot\)(?!['""<])")]
    private static partial Regex PackageFolderPrefix();

    [GeneratedRegex(@"(^|/)(bin|obj|out|\.git|\.vs|TestResults)/")]
    private static partial Regex Generated();
}
