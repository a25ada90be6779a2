using System.Globalization;
using System.Management.Automation.Runspaces;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Formatting;

/// <summary>
/// Finds the line width that the user gave to Out-String or Out-File. PowerShell tells the cells of a table neither this width nor that of
/// their column, so the width is read from the running commands.
/// </summary>
internal static partial class CommandWidth
{
    /// <summary>
    /// Finds the width; null if no running command names one. If its value is not a number in the text of the command, it is larger than
    /// any line, so that PowerShell itself shortens the cells.
    /// </summary>
    public static int? Find()
    {
        if (Runspace.DefaultRunspace?.Debugger is not { } debugger)
        {
            return null;
        }

        foreach (var frame in debugger.GetCallStack())
        {
            if (frame.Position?.Text is { } text && Parameter().Match(text) is { Success: true } match)
            {
                return int.TryParse(match.Groups["width"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var width)
                    ? width
                    : int.MaxValue;
            }
        }

        return null;
    }

    [GeneratedRegex(
        @"\bOut-(String|File)\b[^|;]*?\s-w(i(d(th?)?)?)?(\s+|:\s*)(?<width>\d+\b)?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
