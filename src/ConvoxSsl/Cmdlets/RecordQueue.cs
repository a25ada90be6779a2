using System.Diagnostics.CodeAnalysis;

namespace ConvoxSsl.Cmdlets;

/// <summary>The queued writes of one async body, in order. It is never disposed; writes after the end of the body are dropped.</summary>
internal sealed class RecordQueue(int pipelineThread)
{
    /// <summary>The maximum length, large enough that the two sides do not alternate at each write.</summary>
    public const int MaxLength = 512;

    private readonly object _gate = new();
    private readonly Queue<Action> _writes = new();
    private TaskCompletionSource? _room;
    private bool _closed;

    /// <summary>The ID of the pipeline thread, the only one on which PowerShell permits writing.</summary>
    public int PipelineThread { get; } = pipelineThread;

    /// <summary>Adds a write, or drops it if the body has ended.</summary>
    public void Add(Action write)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _writes.Enqueue(write);
                if (_writes.Count == 1)
                {
                    // The single consumer waits only on an empty queue.
                    Monitor.Pulse(_gate);
                }
            }
        }
    }

    /// <summary>Waits while the queue is full, so that its memory does not grow with the number of writes.</summary>
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

    /// <summary>Closes the queue at the end of the body. Queued writes can still be taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            SignalRoom();
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for the next write; returns false if the queue is closed and empty.</summary>
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
