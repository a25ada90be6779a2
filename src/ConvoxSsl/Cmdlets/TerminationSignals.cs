using System.Runtime.InteropServices;

namespace ConvoxSsl.Cmdlets;

/// <summary>
/// Stops a body on SIGTERM and SIGHUP, so that it cleans up as after Ctrl+C, and then lets the signal end the process. PowerShell does
/// not handle these signals, which service managers, container runtimes and closed terminals send. Has no effect on Windows.
/// </summary>
internal sealed partial class TerminationSignals : IDisposable
{
    private const int IgnoredAction = 1;

    // More than any system's struct sigaction, which begins with the handler.
    private const int ActionSize = 512;

    // A script on the pipeline thread cannot be stopped from here. The signal ends it after this time.
    private static readonly TimeSpan MaxCleanup = TimeSpan.FromMinutes(1);

    // Another handler in the process may prevent the signal from ending it.
    private static readonly TimeSpan MaxExit = TimeSpan.FromSeconds(5);

    private static readonly (PosixSignal Signal, int Number)[] Signals = [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGTERM, 15)];

    private readonly object _gate = new();
    private readonly Action _stop;
    private readonly PosixSignalRegistration[] _registrations;
    private int? _received;
    private bool _isDisposed;

    /// <param name="stop">Stops the body. It is called from any thread.</param>
    public TerminationSignals(Action stop)
    {
        _stop = stop;
        _registrations = OperatingSystem.IsWindows()
            ? []
            : [.. Signals.Where(s => !IsIgnored(s.Number)).Select(
                s => PosixSignalRegistration.Create(s.Signal, context => OnSignal(context, s.Number)))];
    }

    /// <summary>Restores the default action of the signals. If one was received, it ends the process now.</summary>
    public void Dispose()
    {
        int? received;
        lock (_gate)
        {
            received = _isDisposed ? null : _received;
            _isDisposed = true;
        }

        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        if (received is { } number && Kill(Environment.ProcessId, number) == 0)
        {
            // Do not let the script continue meanwhile.
            Thread.Sleep(MaxExit);
        }
    }

    private void OnSignal(PosixSignalContext context, int number)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            context.Cancel = true;
            if (_received is not null)
            {
                return;
            }

            _received = number;
        }

        _stop();
        _ = Task.Delay(MaxCleanup, TimeProvider.System, CancellationToken.None)
            .ContinueWith(_ => Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    // True for example with nohup.
    private static bool IsIgnored(int number)
    {
        var action = new byte[ActionSize];
        return GetAction(number, 0, ref action[0]) == 0 && MemoryMarshal.Read<nint>(action) == IgnoredAction;
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int GetAction(int number, nint action, ref byte previous);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int number);
}
