using System.Diagnostics;
using ConvoxSsl.TestKit;

namespace Demo;

/// <summary>Runs <c>demo.ps1</c> with the module, and shows each command before its output.</summary>
internal static class DemoScript
{
    // Both programs are in <project>/bin/<configuration>/net10.0/ below tools.
    private static readonly string Runner = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory,
        "../../../../PowerShellRunner/bin",
        new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name,
        "net10.0",
        "PowerShellRunner.dll"));

    public static async Task<int> RunAsync(DemoCa ca)
    {
        using var home = new TemporaryDirectory();
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [Runner, "-Echo", "-StopOnError", "-NonInteractive", Path.Combine(AppContext.BaseDirectory, "demo.ps1")])
        {
            WorkingDirectory = home.Path,
        };
        start.Environment["CONVOXSSL_HOME"] = home["rack"];
        start.Environment.Remove("CONVOXSSL_RACK");
        start.Environment["DEMO_DIRECTORY"] = ca.DirectoryUrl.AbsoluteUri;
        start.Environment["DEMO_ROOT"] = ca.RootFile;
        start.Environment["DEMO_PORT"] = $"{ca.HttpPort}";
        using var script = Process.Start(start)!;
        await script.WaitForExitAsync();
        return script.ExitCode;
    }
}
