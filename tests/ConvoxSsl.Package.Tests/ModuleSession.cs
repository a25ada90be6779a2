using System.Diagnostics;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Package.Tests;

/// <summary>
/// Runs scripts in separate processes, which load the published module from its path. All share one local rack, which is
/// deleted on disposal.
/// </summary>
internal sealed class ModuleSession : IDisposable
{
    private readonly TemporaryDirectory _home = new();

    /// <summary>A directory for the scripts, with the rack in <c>rack</c>.</summary>
    public string Home => _home.Path;

    /// <summary>Additional environment variables of the processes.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public void Dispose() => _home.Dispose();

    /// <summary>Imports the module and runs a script, which must succeed without an error.</summary>
    /// <returns>The lines of its output.</returns>
    public Task<IReadOnlyList<string>> RunAsync(string script) => RunAsync(script, "-Module", Repository.Module);

    /// <summary>Like <see cref="RunAsync(string)"/>, but the script imports the module <c>$env:MODULE</c> itself.</summary>
    public Task<IReadOnlyList<string>> RunWithoutModuleAsync(string script) => RunAsync(script, "-NoModule");

    /// <summary>Starts a script.</summary>
    public Process Start(string script, params string[] options) => Start(script, ignoresHangup: false, options);

    /// <summary>Starts a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="ignoresHangup">True to start it as <c>nohup</c> does.</param>
    /// <param name="options">The options of the runner.</param>
    public Process Start(string script, bool ignoresHangup, params string[] options)
    {
        var file = Path.Combine(Home, $"{Guid.NewGuid():N}.ps1");
        File.WriteAllText(file, script);
        var dotnet = System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] arguments = [Repository.Runner, "-Quiet", .. options, file];
        var start = new ProcessStartInfo(
            ignoresHangup ? "/bin/sh" : dotnet, ignoresHangup ? ["-c", "trap '' HUP; exec \"$0\" \"$@\"", dotnet, .. arguments] : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Home,
        };
        start.Environment["MODULE"] = Repository.Module;
        start.Environment["FOREIGN"] = Repository.Foreign;
        start.Environment["CONVOXSSL_HOME"] = Path.Combine(Home, "rack");
        start.Environment.Remove("CONVOXSSL_RACK");
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private async Task<IReadOnlyList<string>> RunAsync(string script, params string[] options)
    {
        using var process = Start(script, options);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TestTime.Hang);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0 && (await errors).Length == 0, $"Exit code {process.ExitCode}. {await errors}{output}");
            return output.Split(System.Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
