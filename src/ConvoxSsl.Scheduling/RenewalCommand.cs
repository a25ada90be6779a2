using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Scheduling;

/// <summary>
/// The command that a scheduler runs: PowerShell renews the due certificates of a rack. It outputs every result except
/// NotDue and exits with 1 if a renewal failed. It contains no secret.
/// </summary>
public sealed record RenewalCommand
{
    private const string SleepCommand = "Start-Sleep -Seconds ";

    /// <param name="powerShell">The path of <c>pwsh</c>.</param>
    /// <param name="module">The directory of the module, or its name if it is installed.</param>
    /// <param name="rack">The location of the rack.</param>
    /// <param name="cluster">The Kubernetes rack to connect to; null for a local rack.</param>
    /// <exception cref="InvalidInputException"><c>InvalidSchedulePath</c>: a text contains a line break or control character.</exception>
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

    /// <summary>The path of <c>pwsh</c>.</summary>
    public string PowerShell { get; }

    /// <summary>The directory of the module, or its name.</summary>
    public string Module { get; }

    /// <summary>The location of the rack, which identifies a registration.</summary>
    public string Rack { get; }

    /// <summary>The Kubernetes rack to connect to; null for a local rack.</summary>
    public RackReference? Cluster { get; }

    /// <summary>The script that PowerShell runs.</summary>
    public string Script => CreateScript(delay: 0, Quote);

    /// <summary>Returns a short stable key for the registration of a rack.</summary>
    internal static string GetKey(string rack) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(rack)))[..12].ToLowerInvariant();

    /// <summary>Returns the arguments for PowerShell.</summary>
    /// <param name="delay">The number of seconds to wait first, for schedulers without seconds.</param>
    internal IReadOnlyList<string> GetArguments(int delay) => GetArguments(delay, Quote);

    /// <summary>Returns the arguments for PowerShell, with texts quoted as the scheduler needs it.</summary>
    internal IReadOnlyList<string> GetArguments(int delay, Func<string, string> quote) =>
        ["-NoProfile", "-NonInteractive", "-Command", CreateScript(delay, quote)];

    /// <summary>Finds the number of seconds that the command of a registration waits first.</summary>
    internal static string FindDelay(string command)
    {
        var start = command.IndexOf(SleepCommand, StringComparison.Ordinal);
        return start < 0 ? "0" : string.Concat(command[(start + SleepCommand.Length)..].TakeWhile(char.IsAsciiDigit));
    }

    // PowerShell treats typographic quotes like quotes. Each is escaped by doubling it.
    internal static string Quote(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (var c in text)
        {
            quoted.Append(c, c is '\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b' ? 2 : 1);
        }

        return quoted.Append('\'').ToString();
    }

    // $? is false after any error of the pipeline, and every failed renewal is an error; the remaining renewals still run.
    private string CreateScript(int delay, Func<string, string> quote)
    {
        var wait = delay > 0 ? string.Create(CultureInfo.InvariantCulture, $"{SleepCommand}{delay}; ") : string.Empty;
        return $"{wait}$PSStyle.OutputRendering = 'PlainText'; Import-Module {quote(Module)} -ErrorAction Stop; "
            + $"Update-ConvoxCertificate -Rack {Cluster?.CreateExpression(quote) ?? quote(Rack)} | Where-Object Result -ne NotDue; "
            + "exit [int](-not $?)";
    }

    private static string RequireOneLine(string path) => path.Any(IsLineBreak)
        ? throw new InvalidInputException(
            ErrorCode.InvalidSchedulePath,
            $"'{path}' is not valid because schedulers accept no line break or other control character.",
            path)
        {
            Remedy = "Move it to a path without one.",
        }
        : path;

    private static bool IsLineBreak(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
