using System.Management.Automation;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>The output of a script in all streams, as text.</summary>
internal static class Transcript
{
    public static string Of(PowerShellResult result) => string.Join('\n', (IEnumerable<string>)
    [
        .. result.Objects.Select(PublicText.Of),
        .. ReadErrors(result).Select(Of),
        .. result.Warnings,
        .. result.Verbose,
        .. result.Debug,
        .. result.Information,
        .. result.Progress.Select(p => $"{p.Activity} {p.StatusDescription} {p.CurrentOperation} {p}"),
    ]);

    /// <summary>The errors, including the terminating one.</summary>
    public static IEnumerable<ErrorRecord> ReadErrors(PowerShellResult result) =>
        result.TerminatingError is { } last ? result.Errors.Append(last) : result.Errors;

    private static string Of(ErrorRecord error) =>
        string.Join('\n', error, error.ErrorDetails?.Message, error.ScriptStackTrace, error.Exception, PublicText.Of(error));
}
