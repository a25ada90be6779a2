using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.PowerShell;
using static ConvoxSsl.Bench.Peers.SessionScript;

namespace ConvoxSsl.Bench.Peers;

/// <summary>Posh-ACME, with its web root plugin or one that calls the hooks.</summary>
internal sealed class PoshAcme(PowerShellProgram program) : ISessionPeer
{
    /// <summary>The environment variable that names the module's directory if it is not installed.</summary>
    public const string Variable = "CONVOXSSL_BENCH_POSHACME";

    public const string PeerName = "Posh-ACME";

    private readonly string? _module = FindModule();

    public string Name => PeerName;

    public string? Missing => _module is null ? $"it is not installed, and {Variable} does not name it" : null;

    public bool NeedsWebServer => true;

    public ProgramCall Call(PeerContext place, IReadOnlyList<string> names) => SessionScript.Call(program, this, place, names);

    public IReadOnlyDictionary<string, string> Environment(PeerContext place)
    {
        var plugins = Directory.CreateDirectory(place["plugins"]).FullName;
        using (var hook = typeof(PoshAcme).Assembly.GetManifestResourceStream("BenchHook.ps1")!)
        using (var file = File.Create(Path.Combine(plugins, "BenchHook.ps1")))
        {
            hook.CopyTo(file);
        }

        return new Dictionary<string, string>
        {
            ["POSHACME_HOME"] = Directory.CreateDirectory(place["posh-acme"]).FullName,
            ["POSHACME_PLUGINS"] = plugins,
            ["BENCH_HOOK"] = place.World.Hooks.Url.AbsoluteUri.TrimEnd('/'),
            ["SSL_CERT_FILE"] = place.Ca.RootFile,
        };
    }

    public string Opening(PeerContext place) => $"Import-Module {Quote(_module!)}";

    public string Issuing(PeerContext place, IReadOnlyList<IReadOnlyList<string>> certificates)
    {
        var server = Directory.EnumerateDirectories(Directory.CreateDirectory(place["posh-acme"]).FullName).Any()
            ? string.Empty
            : $"-DirectoryUrl {Quote(place.Ca.DirectoryUrl)} ";
        var plugin =
            place.ChallengeKind == ChallengeKind.Http01
                ? $"WebRoot -PluginArgs @{{ WRPath = {Quote(place.WebRoot)} }}"
                : "BenchHook -PluginArgs @{}";
        return string.Join('\n', certificates.Select(names =>
            $"$null = New-PACertificate {Quote(names)} {server}-AcceptTOS -Contact ops@example.org -CertKeyLength ec-256 -DnsSleep 0 "
                + $"-Plugin {plugin}"));
    }

    private static string? FindModule()
    {
        var folders = (System.Environment.GetEnvironmentVariable("PSModulePath") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(Path.Combine(
                System.Environment.GetFolderPath(System.Environment.SpecialFolder.LocalApplicationData), "powershell", "Modules"));
        return System.Environment.GetEnvironmentVariable(Variable)
            ?? folders.Select(f => Path.Combine(f, PeerName)).FirstOrDefault(Directory.Exists);
    }
}
