using System.Management.Automation;

namespace ConvoxSsl.Errors;

/// <summary>Passes a terminating error from an async body to the pipeline thread, which throws it.</summary>
internal sealed class TerminatingErrorException(ErrorRecord errorRecord)
    : Exception(errorRecord.Exception.Message, errorRecord.Exception)
{
    public ErrorRecord ErrorRecord { get; } = errorRecord;
}
