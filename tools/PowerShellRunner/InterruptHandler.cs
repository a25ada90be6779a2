using System.Runtime.InteropServices;

namespace PowerShellRunner;

/// <summary>Stops the pipeline on Ctrl+C, as pwsh does, so that cmdlets clean up before the process ends.</summary>
internal sealed class InterruptHandler : IDisposable
{
    private readonly PosixSignalRegistration _signal;

    public InterruptHandler(Action stop) => _signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
    {
        context.Cancel = true;
        stop();
    });

    public void Dispose() => _signal.Dispose();
}
