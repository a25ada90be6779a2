using System.Runtime.InteropServices;

namespace PowerShellRunner;

/// <summary>Turns Ctrl+C and a request to end into a stop of the pipeline, so that cmdlets clean up before the process ends.</summary>
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
