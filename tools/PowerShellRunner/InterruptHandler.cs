using System.Runtime.InteropServices;

namespace PowerShellRunner;

/// <summary>Stops the pipeline on Ctrl+C and SIGTERM, so that cmdlets clean up before the process ends.</summary>
internal sealed class InterruptHandler : IDisposable
{
    private readonly PosixSignalRegistration[] _signals;

    public InterruptHandler(Action stop) =>
        _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop();
        }))];

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }
    }
}
