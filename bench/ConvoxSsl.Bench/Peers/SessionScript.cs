using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.PowerShell;

namespace ConvoxSsl.Bench.Peers;

/// <summary>The parts that PowerShell peers share when they run in a process of their own.</summary>
internal static class SessionScript
{
    private const string Mark = "#command ";

    /// <summary>Creates a process that opens a session, issues one certificate and prints the duration of the command.</summary>
    public static ProgramCall Call(PowerShellProgram program, ISessionPeer peer, PeerContext place, IReadOnlyList<string> names)
    {
        var file = place["issue.ps1"];
        File.WriteAllText(file, $"""
            $ErrorActionPreference = 'Stop'
            $ProgressPreference = 'SilentlyContinue'
            {peer.Opening(place)}
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            {peer.Issuing(place, [names])}
            "{Mark}$($clock.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture))"
            """);
        return program.Call(file, peer.Environment(place));
    }

    /// <summary>Reads the duration of the command; null if the output is that of another kind of peer.</summary>
    public static TimeSpan? CommandTime(string output) =>
        output.LastIndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at
            ? TimeSpan.FromMilliseconds(double.Parse(
                output[(at + Mark.Length)..].Trim(), System.Globalization.CultureInfo.InvariantCulture))
            : null;

    /// <summary>Quotes a text as a PowerShell literal.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Quotes texts as a PowerShell array.</summary>
    public static string Quote(IEnumerable<string> texts) => string.Join(", ", texts.Select(Quote));
}
