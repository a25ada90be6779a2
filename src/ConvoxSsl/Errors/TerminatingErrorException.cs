using System.Management.Automation;

namespace ConvoxSsl.Errors;

/// <summary>Carries a terminating error from an async body to the pipeline thread, where it may be thrown.</summary>
internal sealed class TerminatingErrorException(ErrorRecord errorRecord)
    : Exception(errorRecord.Exception.Message, errorRecord.Exception)
{
    public ErrorRecord ErrorRecord { get; } = errorRecord;
}
