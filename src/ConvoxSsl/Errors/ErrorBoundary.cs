using System.Management.Automation;

namespace ConvoxSsl.Errors;

/// <summary>Runs the work of a cmdlet and converts its exceptions to error records, so that each has an ID of the module.</summary>
/// <param name="cmdlet">The type of the cmdlet, whose parameters remedies can name.</param>
/// <param name="write">Writes an error; the next input object can still succeed.</param>
/// <param name="end">Ends the command with an error.</param>
internal sealed class ErrorBoundary(Type cmdlet, Action<ErrorRecord> write, Action<ErrorRecord> end)
{
    /// <summary>Processes one input object on the pipeline thread.</summary>
    /// <param name="target">The target object of the error.</param>
    /// <param name="work">The work.</param>
    public void Run(object? target, Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            write(ErrorRecords.Create(e, target, cmdlet));
        }
        catch (Exception e) when (ErrorRecords.IsUnexpected(e))
        {
            end(ErrorRecords.Create(e, target, cmdlet));
        }
    }

    /// <summary>Runs the work on all input objects together. Any error ends the command.</summary>
    /// <param name="work">The work.</param>
    /// <param name="ct">Stops the work; that is not an error.</param>
    public async Task RunAsync(Func<Task> work, CancellationToken ct)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (
            (e is not OperationCanceledException || !ct.IsCancellationRequested)
            && (ErrorRecords.CanDescribe(e) || ErrorRecords.IsUnexpected(e)))
        {
            end(ErrorRecords.Create(e, null, cmdlet));
        }
    }
}
