using System.Globalization;
using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.Peers;
using ConvoxSsl.Bench.PowerShell;
using ConvoxSsl.Bench.Reporting;
using ConvoxSsl.Bench.World;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Kubernetes;
using static ConvoxSsl.Bench.Peers.SessionScript;

namespace ConvoxSsl.Bench.Works;

/// <summary>Listings of all certificates of a rack, in a session that has listed them once before.</summary>
internal sealed class Listings(PowerShellProgram program, RowTable table)
{
    public const string First = ConvoxSslPeer.PeerName + ", first object";
    public const string UpdateTitle = "Update-ConvoxCertificate, 10,000 of which none is due";

    public const int Most = 10_000;

    private const int Rounds = 3;
    private const string Rack = "bench";

    public static IReadOnlyList<int> Sizes { get; } = [10, 1000, Most];

    /// <summary>The name of a listing in the table.</summary>
    public static string Title(int size, string where) =>
        string.Create(CultureInfo.InvariantCulture, $"Get-ConvoxCertificate, {size:N0} certificates, {where}");

    /// <summary>Lists local racks; the largest is also searched for due certificates.</summary>
    public async Task RunLocalAsync(CancellationToken ct)
    {
        foreach (var size in Sizes)
        {
            using var home = new TemporaryDirectory();
            await FilledRack.FillAsync(home["rack"], size, ct);
            var environment = new Dictionary<string, string> { ["CONVOXSSL_HOME"] = home["rack"] };
            await ListAsync(Title(size, "local"), size, environment, string.Empty, ct);
            if (size == Most)
            {
                await UpdateAsync(environment, ct);
            }
        }
    }

    /// <summary>Lists a Kubernetes rack on a scripted API server, which runs in another process than the session.</summary>
    public async Task RunOnRackAsync(CancellationToken ct)
    {
        foreach (var size in Sizes)
        {
            using var home = new TemporaryDirectory();
            await using var server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), ct);
            await FilledRack.FillAsync(server, Rack, size, ct);
            server.WriteKubeConfig(home["kubeconfig"]);
            var connect =
                $"$null = Connect-ConvoxRack -Name {Rack} -KubeConfig {Quote(home["kubeconfig"])} -WarningAction SilentlyContinue";
            await ListAsync(
                Title(size, "on a rack"), size, new Dictionary<string, string> { ["CONVOXSSL_HOME"] = home["none"] }, connect, ct);
        }
    }

    private async Task ListAsync(string title, int size, Dictionary<string, string> environment, string connect, CancellationToken ct)
    {
        var list = $$"""
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $first = $count = 0
            Get-ConvoxCertificate | ForEach-Object { if (-not $count++) { $first = $clock.Elapsed.TotalMilliseconds } }
            if ($count -ne {{size}}) { throw "$count of {{size}} certificates were listed." }
            $first.ToString([cultureinfo]::InvariantCulture)
            """;
        await using var session = PowerShellSession.Start(program, environment);
        await session.RunAsync($"Import-Module {Quote(ConvoxSslPeer.Module)}\n{connect}", ct);
        await session.RunAsync(list, ct);
        var (all, first) = (new List<Sample>(), new List<Sample>());
        for (var round = 0; round < Rounds; round++)
        {
            var (sample, output) = await session.RunAsync(list, ct);
            all.Add(sample);
            first.Add(new Sample(TimeSpan.FromMilliseconds(double.Parse(output, CultureInfo.InvariantCulture))));
        }

        table.Add(new Row(title, ConvoxSslPeer.PeerName, all, Note: "memory is the whole session's"));
        table.Add(new Row(title, First, first));
    }

    private async Task UpdateAsync(Dictionary<string, string> environment, CancellationToken ct)
    {
        const string Update = "$done = @(Update-ConvoxCertificate)";
        await using var session = PowerShellSession.Start(program, environment);
        await session.RunAsync($"Import-Module {Quote(ConvoxSslPeer.Module)}", ct);
        await session.RunAsync(Update, ct);
        var samples = new List<Sample>();
        for (var round = 0; round < Rounds; round++)
        {
            samples.Add((await session.RunAsync(Update, ct)).Sample);
        }

        table.Add(new Row(
            UpdateTitle, ConvoxSslPeer.PeerName, samples, Note: "memory is the whole session's; no renewal information of a CA"));
    }
}
