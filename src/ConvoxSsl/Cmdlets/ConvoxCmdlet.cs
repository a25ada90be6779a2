using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Errors;
using ConvoxSsl.Progress;
using ConvoxSsl.Racks;
using ConvoxSsl.Scripts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Cmdlets;

/// <summary>The base of cmdlets that work on a rack. A failure of one input object is a non-terminating error.</summary>
public abstract partial class ConvoxCmdlet : AsyncCmdlet
{
    private readonly RackSessions _sessions = new();
    private readonly List<Func<CancellationToken, Task>> _jobs = [];

    /// <summary>
    /// The rack: its name, its directory, or an object from Connect-ConvoxRack or Get-ConvoxRack. By default the connected
    /// rack, then the rack in CONVOXSSL_RACK, then the local rack.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [RackReference]
    [ArgumentCompleter(typeof(RackCompleter))]
    public ConvoxRack? Rack { get; set; }

    /// <summary>The current time.</summary>
    private protected static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Processes one input object on the pipeline thread.</summary>
    private protected abstract void ProcessInput();

    /// <summary>The maximum number of concurrent requests to one CA.</summary>
    private protected virtual int Concurrency => EngineOptions.DefaultConcurrency;

    /// <summary>Writes the engine's events; null until a rack is open.</summary>
    private protected EventWriter? Writer { get; private set; }

    /// <summary>True if the user asked for a preview with <c>-WhatIf</c>.</summary>
    private protected bool IsWhatIf => WhatIfPreference.IsSet(this);

    /// <summary>The target object of an error.</summary>
    private protected virtual object? Target => null;

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => ProcessItem(Target, ProcessInput);

    /// <summary>Processes one item. Its error is written and does not affect other items.</summary>
    /// <param name="target">The target object of the error.</param>
    /// <param name="process">The work on the item.</param>
    private protected void ProcessItem(object? target, Action process) =>
        new ErrorBoundary(GetType(), WriteError, ThrowTerminatingError).Run(target, process);

    /// <summary>
    /// Defers a job until the last input object. All jobs run concurrently, so that they share delays and DNS changes. A job
    /// writes its own errors.
    /// </summary>
    private protected void Defer(Func<CancellationToken, Task> job) => _jobs.Add(job);

    /// <summary>The number of certificates that <see cref="RunBatchesAsync"/> works on.</summary>
    private protected virtual int BatchSize => 0;

    /// <summary>Runs the batches of the cmdlet beside its deferred jobs.</summary>
    private protected virtual Task RunBatchesAsync(CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc/>
    protected sealed override async Task EndProcessingAsync(CancellationToken ct)
    {
        Writer?.SetCertificateCount(_jobs.Count + BatchSize);
        var jobs = _jobs.Select(job => Writer is { } writer ? writer.RunAsync(() => job(ct)) : job(ct));
        var boundary = new ErrorBoundary(GetType(), WriteError, ThrowTerminatingError);
        await boundary.RunAsync(() => Task.WhenAll([.. jobs, RunBatchesAsync(ct)]), ct);
        await boundary.RunAsync(() => DeliverChangedAsync(ct), ct);
    }

    /// <summary>Finds the rack that the parameters, the session or the environment select.</summary>
    private protected ConvoxRack FindRack()
    {
        var rack = RackLocator.Find(Rack, RackConnections.Current, RackConnections.Used, GetUnresolvedProviderPathFromPSPath);
        RackConnections.Remember(rack);
        return rack;
    }

    /// <summary>True if the cmdlet reports itself that there is no rack.</summary>
    private protected virtual bool AllowsMissingRack => false;

    /// <summary>True if the cmdlet creates a rack where none is.</summary>
    private protected virtual bool CreatesRack => false;

    /// <summary>
    /// Opens the rack with an engine on it; both are disposed with the cmdlet. Reports if the user named a rack that does not exist.
    /// </summary>
    private protected RackSession OpenRack() => _sessions.GetOrOpen(FindRack(), rack =>
    {
        if (Rack is not null && !AllowsMissingRack && NewRackNotice.IsNeeded(rack))
        {
            ReportMissing(rack);
        }

        // In the log of a scheduled job, progress is noise.
        var progress = IsInteractive ? WriteProgress : (Action<ProgressRecord>)(_ => { });
        var events = Writer ??= new EventWriter(MyInvocation.MyCommand.Name, WriteVerbose, WriteDebug, WriteWarning, progress);
        return Run(ct => RackSession.OpenAsync(rack, events, Concurrency, ReadVaultAsync, ct));
    });

    /// <summary>Writes a check with the table of the things that the cmdlet checks.</summary>
    /// <param name="check">The check.</param>
    /// <param name="viewName">The type name that selects the table.</param>
    private protected void WriteCheck(ConvoxCheck check, string viewName)
    {
        var result = new PSObject(check);
        result.TypeNames.Insert(0, viewName);
        WriteObject(result);
    }

    private void ReportMissing(ConvoxRack rack)
    {
        if (CreatesRack)
        {
            WriteInformation(NewRackNotice.Create(rack), NewRackNotice.Tags);
        }
        else
        {
            WriteWarning($"There is no rack at '{rack.Location}'.");
        }
    }

    private Task<DnsSecret> ReadVaultAsync(DnsSolver solver, VaultSecret secret, CancellationToken ct) =>
        OnPipelineThreadAsync(() => new SessionVault(InvokeCommand, IsInteractive).Read(solver, secret), ct);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _sessions.Dispose();
        }

        base.Dispose(disposing);
    }
}
