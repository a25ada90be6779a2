using ConvoxSsl.Engine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ConvoxSsl.Scheduling;

/// <summary>
/// What a scheduler runs: PowerShell, with a command that renews what is due on a rack. It tells of what is not simply
/// not due, and exits with 1 where anything failed. There is no secret in it.
/// </summary>
public sealed record RenewalCommand
{
    private const string SleepCommand = "Start-Sleep -Seconds ";

    /// <param name="powerShell">The program <c>pwsh</c>.</param>
    /// <param name="module">The module's directory, or its name where it is installed.</param>
    /// <param name="rack">The rack's location.</param>
    /// <param name="cluster">How a rack in a cluster is connected to; null for a local one.</param>
    /// <exception cref="InvalidInputException"><c>InvalidSchedulePath</c>: a path that no line can hold.</exception>
    public RenewalCommand(string powerShell, string module, string rack, RackReference? cluster = null)
    {
        Cluster = cluster;
        foreach (var text in new[] { cluster?.Name, cluster?.KubeConfig, cluster?.Context, cluster?.Namespace }.OfType<string>())
        {
            RequireOneLine(text);
        }

        PowerShell = RequireOneLine(powerShell);
        Module = RequireOneLine(module);
        Rack = RequireOneLine(rack);
    }

    /// <summary>The program <c>pwsh</c>.</summary>
    public string PowerShell { get; }

    /// <summary>The module's directory, or its name.</summary>
    public string Module { get; }

    /// <summary>The rack's location, by which a registration is known.</summary>
    public string Rack { get; }

    /// <summary>How a rack in a cluster is connected to; null for a local one.</summary>
    public RackReference? Cluster { get; }

    /// <summary>What PowerShell runs.</summary>
    public string Script => CreateScript(delay: 0, Quote);

    /// <summary>A short name for a rack's registration, the same at every run.</summary>
    internal static string GetKey(string rack) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(rack)))[..12].ToLowerInvariant();

    /// <summary>The arguments for PowerShell.</summary>
    /// <param name="delay">How many seconds to wait first, where the scheduler knows only minutes.</param>
    internal IReadOnlyList<string> GetArguments(int delay) => GetArguments(delay, Quote);

    /// <summary>As <see cref="GetArguments(int)"/>, with texts quoted in a way of the scheduler's.</summary>
    internal IReadOnlyList<string> GetArguments(int delay, Func<string, string> quote) =>
        ["-NoProfile", "-NonInteractive", "-Command", CreateScript(delay, quote)];

    /// <summary>How many seconds the command of a registration waits.</summary>
    internal static string FindDelay(string command)
    {
        var start = command.IndexOf(SleepCommand, StringComparison.Ordinal);
        return start < 0 ? "0" : string.Concat(command[(start + SleepCommand.Length)..].TakeWhile(char.IsAsciiDigit));
    }

    // PowerShell takes typographic quotes for quotes, and each is doubled as itself.
    internal static string Quote(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (var c in text)
        {
            quoted.Append(c, c is '\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b' ? 2 : 1);
        }

        return quoted.Append('\'').ToString();
    }

    // $? is false after any error of the pipeline, and every failed renewal is one; the others have run all the same.
    private string CreateScript(int delay, Func<string, string> quote)
    {
        var wait = delay > 0 ? string.Create(CultureInfo.InvariantCulture, $"{SleepCommand}{delay}; ") : string.Empty;
        return $"{wait}$PSStyle.OutputRendering = 'PlainText'; Import-Module {quote(Module)} -ErrorAction Stop; "
            + $"Update-ConvoxCertificate -Rack {Cluster?.Expression(quote) ?? quote(Rack)} | Where-Object Result -ne NotDue; exit [int](-not $?)";
    }

    private static string RequireOneLine(string path) => path.Any(IsLineBreak)
        ? throw new InvalidInputException(
            ErrorCode.InvalidSchedulePath, $"'{path}' holds a line break or another control character, which schedulers can't take. Move it to a path without one.", path)
        : path;

    private static bool IsLineBreak(char c) => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
