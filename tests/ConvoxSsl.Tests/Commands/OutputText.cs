using System.Management.Automation;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>The output of a script in all streams and the host.</summary>
internal static class OutputText
{
    public static string Format(PowerShellResult result) => string.Join('\n', (IEnumerable<string>)
    [
        .. result.Objects.Select(o => o.ToString()),
        .. result.Objects.SelectMany(o =>
            o.Properties.Where(p => p.MemberType == PSMemberTypes.Property).Select(p => $"{p.Name}={p.Value}")),
        .. Errors(result).Select(e => $"{e}\n{e.Exception}\n{e.TargetObject}\n{e.ErrorDetails?.Message}"),
        .. result.Warnings,
        .. result.Verbose,
        .. result.Debug,
        .. result.Information,
        .. result.Progress.Select(p => p.ToString()),
    ]);

    private static IEnumerable<ErrorRecord> Errors(PowerShellResult result) =>
        result.TerminatingError is { } last ? result.Errors.Append(last) : result.Errors;
}
