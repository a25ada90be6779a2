using System.Diagnostics.CodeAnalysis;

namespace ConvoxSsl.Cmdlets;

/// <summary>What one async body wants written, in order. It is never disposed, and a writer that comes late is refused.</summary>
internal sealed class RecordQueue(int pipelineThread)
{
    /// <summary>How far a body may be ahead: enough that neither side waits for the other at each write.</summary>
    public const int MaxLength = 512;

    private readonly object _gate = new();
    private readonly Queue<Action> _writes = new();
    private TaskCompletionSource? _room;
    private bool _closed;

    /// <summary>The thread that takes, and the only one on which PowerShell permits writing.</summary>
    public int PipelineThread { get; } = pipelineThread;

    /// <summary>Adds a write, or drops it when the body that this queue belongs to has ended.</summary>
    public void Add(Action write)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _writes.Enqueue(write);
                if (_writes.Count == 1)
                {
                    // The taker, of whom there is one, waits only where there was nothing.
                    Monitor.Pulse(_gate);
                }
            }
        }
    }

    /// <summary>Waits while the pipeline is far behind, so that what is queued does not grow with the number of writes.</summary>
    public Task WaitForRoomAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            if (_closed || _writes.Count < MaxLength)
            {
                return Task.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(ct);
        }
    }

    /// <summary>Says that the body has ended: what is queued can still be taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            SignalRoom();
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for the next write; false when the body has ended and nothing is left.</summary>
    public bool TryTake([NotNullWhen(true)] out Action? write)
    {
        lock (_gate)
        {
            while (_writes.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }

            var isTaken = _writes.TryDequeue(out write);
            if (_writes.Count <= MaxLength / 2)
            {
                SignalRoom();
            }

            return isTaken;
        }
    }

    private void SignalRoom()
    {
        _room?.SetResult();
        _room = null;
    }
}
