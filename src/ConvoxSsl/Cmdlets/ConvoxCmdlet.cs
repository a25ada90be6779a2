using System.Management.Automation;
using System.Management.Automation.Host;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Errors;
using ConvoxSsl.Progress;
using ConvoxSsl.Scripts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Cmdlets;

/// <summary>A cmdlet that works on a rack. A failure of one input is an error, and the next input is tried.</summary>
public abstract class ConvoxCmdlet : AsyncCmdlet
{
    private readonly Dictionary<ConvoxRack, RackSession> _sessions = [];
    private readonly List<Func<CancellationToken, Task>> _jobs = [];
    private bool _showsProgress;

    /// <summary>
    /// The rack: its name, its directory, or what Connect-ConvoxRack and Get-ConvoxRack give. By default the connected
    /// rack, else that of CONVOXSSL_RACK, else the local one.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [RackReference]
    [ArgumentCompleter(typeof(RackCompleter))]
    public ConvoxRack? Rack { get; set; }

    /// <summary>Does the work for one input, on the pipeline thread.</summary>
    private protected abstract void ProcessInput();

    /// <summary>How many exchanges with one CA run at the same time.</summary>
    private protected virtual int Concurrency => EngineOptions.DefaultConcurrency;

    /// <summary>What shows the engine's events, once a rack is open.</summary>
    private protected EventWriter? Writer { get; private set; }

    /// <summary>What an error is about.</summary>
    private protected virtual object? Target => null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _showsProgress = IsInteractive;
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        try
        {
            ProcessInput();
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteError(ErrorRecords.Of(e, Target));
        }
    }

    /// <summary>
    /// Does something when the pipeline has given all its objects: all jobs at once, so that they share waits and DNS
    /// changes. A job writes its own errors.
    /// </summary>
    private protected void Later(Func<CancellationToken, Task> job) => _jobs.Add(job);

    /// <inheritdoc/>
    protected sealed override async Task EndProcessingAsync(CancellationToken ct)
    {
        Writer?.Expect(_jobs.Count);
        await Task.WhenAll(_jobs.Select(job => Writer is { } writer ? writer.RunAsync(() => job(ct)) : job(ct)));
    }

    /// <summary>Shows progress where somebody may watch; in the log of a host that is not interactive it is noise.</summary>
    /// <param name="progressRecord">The progress.</param>
    protected new void WriteProgress(ProgressRecord progressRecord)
    {
        if (_showsProgress)
        {
            base.WriteProgress(progressRecord);
        }
    }

    /// <summary>Which rack is meant.</summary>
    private protected ConvoxRack FindRack()
    {
        var found = CompositionRoot.Find(Rack, RackConnections.Current, RackConnections.Used, GetUnresolvedProviderPathFromPSPath);
        RackConnections.Remember(found);
        return found;
    }

    /// <summary>The rack with an engine on it, which lasts until the cmdlet ends.</summary>
    private protected RackSession OpenRack()
    {
        var description = FindRack();
        if (!_sessions.TryGetValue(description, out var session))
        {
            var writer = Writer ??= new EventWriter(MyInvocation.MyCommand.Name, WriteVerbose, WriteDebug, WriteWarning, WriteProgress);
            var rack = description.Kind == ConvoxRackKind.Local
                ? CompositionRoot.OpenLocal(description)
                : Run(ct => CompositionRoot.OpenAsync(description, text => writer.Report(new IssuanceEvent(IssuanceEventKind.Exchange, text)), ct));
            session = new RackSession(description, rack, CompositionRoot.NewEngine(rack, writer, Concurrency, ReadVaultAsync));
            _sessions[description] = session;
        }

        return session;
    }

    private Task<DnsSecret> ReadVaultAsync(DnsSolver solver, VaultSecret secret, CancellationToken ct) =>
        OnPipelineThreadAsync(() => new SessionVault(InvokeCommand, IsInteractive).Read(solver, secret), ct);

    /// <summary>As ShouldProcess; where the host can't ask, an error tells how to do without.</summary>
    private protected bool Approves(string target, string action)
    {
        try
        {
            return ShouldProcess(target, action);
        }
        catch (Exception e) when (e is HostException or PSInvalidOperationException or NotImplementedException or NotSupportedException)
        {
            throw new InvalidInputException(
                ErrorCode.ConfirmationNeeded, $"'{action}' on '{target}' has to be confirmed, and this host can't ask. Add -Confirm:$false.", target, e);
        }
    }

    /// <summary>A file that the user named.</summary>
    private protected string ReadText(string path) => System.Text.Encoding.UTF8.GetString(ReadBytes(path));

    /// <summary>A file that the user named.</summary>
    private protected byte[] ReadBytes(string path)
    {
        if (path.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            throw new InvalidInputException(ErrorCode.FileNotFound, "A PEM text was given where its file is needed. Write it to a file that only you can read, and give the path.");
        }

        var file = GetUnresolvedProviderPathFromPSPath(path);
        return File.Exists(file)
            ? File.ReadAllBytes(file)
            : throw new InvalidInputException(ErrorCode.FileNotFound, $"There is no file '{file}'. Check the path.", path);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var session in _sessions.Values)
            {
                session.Engine.Dispose();
                (session.Rack as IDisposable)?.Dispose();
            }
        }

        base.Dispose(disposing);
    }
}
