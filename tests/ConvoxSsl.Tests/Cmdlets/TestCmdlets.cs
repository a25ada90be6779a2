using System.Management.Automation;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Tests.Cmdlets;

/// <summary>The body of a test cmdlet and its observations for the test.</summary>
public sealed class Work
{
    public Func<BodyCmdlet, CancellationToken, Task> Body { get; init; } = (_, _) => Task.CompletedTask;

    public Action<BodyCmdlet>? Before { get; init; }

    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool CleanedUp { get; private set; }

    /// <summary>Waits for the end of the pipeline, then cleans up slowly.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        try
        {
            Started.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct);
        }
        finally
        {
            await Task.Delay(300, CancellationToken.None);
            CleanedUp = true;
        }
    }
}

/// <summary>Runs a test's body for each record.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Body", SupportsShouldProcess = true)]
public sealed class BodyCmdlet : AsyncCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public Work Work { get; set; } = null!;

    [Parameter(ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    public bool CanPrompt => IsInteractive;

    public void Emit(object? value) => WriteObject(value);

    public Task EmitAsync(object? value, CancellationToken ct) => WriteObjectAsync(value, ct);

    public void Fail(ErrorRecord error) => WriteError(error);

    public void Say(string text)
    {
        WriteVerbose(text);
        WriteDebug(text);
        WriteWarning(text);
        WriteInformation(text, []);
    }

    public void Show(ProgressRecord record) => WriteProgress(record);

    public void End(ErrorRecord error) => ThrowTerminatingError(error);

    public void Nest() => Run(_ => Task.CompletedTask);

    protected override void ProcessRecord()
    {
        Work.Before?.Invoke(this);
        base.ProcessRecord();
    }

    protected override Task ProcessRecordAsync(CancellationToken ct) => Work.Body(this, ct);
}

/// <summary>Writes the name of each method that runs.</summary>
[Cmdlet(VerbsDiagnostic.Trace, "Order")]
public sealed class OrderCmdlet : AsyncCmdlet
{
    [Parameter(ValueFromPipeline = true)]
    public int InputObject { get; set; }

    protected override async Task BeginProcessingAsync(CancellationToken ct)
    {
        await Task.Yield();
        WriteObject("begin");
    }

    protected override async Task ProcessRecordAsync(CancellationToken ct)
    {
        await Task.Yield();
        WriteObject($"process {InputObject}");
    }

    protected override async Task EndProcessingAsync(CancellationToken ct)
    {
        await Task.Yield();
        WriteObject("end");
    }
}
