using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.PowerShell;

namespace ConvoxSsl.Bench.Peers;

/// <summary>What the peers in PowerShell have in common when they run in a process of their own.</summary>
internal static class SessionScript
{
    private const string Mark = "#command ";

    /// <summary>A process that opens a session and issues one certificate; it tells how long the command took.</summary>
    public static ProgramCall Call(PowerShellProgram program, ISessionPeer peer, IssuingPlace place, IReadOnlyList<string> names)
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

    /// <summary>How long the command took; null where the output is of another kind of peer.</summary>
    public static TimeSpan? CommandTime(string output) =>
        output.LastIndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at
            ? TimeSpan.FromMilliseconds(double.Parse(
                output[(at + Mark.Length)..].Trim(), System.Globalization.CultureInfo.InvariantCulture))
            : null;

    /// <summary>A text as PowerShell takes it literally.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Several of them, as a list.</summary>
    public static string Quote(IEnumerable<string> texts) => string.Join(", ", texts.Select(Quote));
}
