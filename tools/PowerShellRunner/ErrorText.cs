using System.Management.Automation;

namespace PowerShellRunner;

/// <summary>Formats errors as one line, with the error's id.</summary>
internal static class ErrorText
{
    public static string Format(ErrorRecord error)
    {
        var command = error.InvocationInfo?.MyCommand?.Name;
        var source = command is null ? string.Empty : $"{command}: ";
        return $"{source}{error.ErrorDetails?.Message ?? error.Exception.Message} [{error.FullyQualifiedErrorId}]";
    }
}
