using System.Management.Automation;

namespace PowerShellRunner;

/// <summary>An error in one line, with the id by which scripts tell it from others.</summary>
internal static class ErrorText
{
    public static string Of(ErrorRecord error)
    {
        var command = error.InvocationInfo?.MyCommand?.Name;
        return $"{(command is null ? string.Empty : $"{command}: ")}{error.ErrorDetails?.Message ?? error.Exception.Message} [{error.FullyQualifiedErrorId}]";
    }
}
