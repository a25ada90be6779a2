using System.Collections.Concurrent;
using ConvoxSsl.Engine.Issuance.Context;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>The events of an engine, in order.</summary>
public sealed class RecordedEvents : IProgress<IssuanceEvent>
{
    private readonly ConcurrentQueue<IssuanceEvent> _events = new();

    public IReadOnlyList<IssuanceEvent> All => [.. _events];

    public IReadOnlyList<string> Warnings => [.. _events.Where(e => e.Kind == IssuanceEventKind.Warning).Select(e => e.Text)];

    /// <summary>The remedies of the warnings.</summary>
    public IReadOnlyList<Remedy?> Remedies => [.. _events.Where(e => e.Kind == IssuanceEventKind.Warning).Select(e => e.Remedy)];

    /// <summary>Runs when an event is reported, before the engine continues.</summary>
    public Action<IssuanceEvent>? OnReport { get; set; }

    public void Report(IssuanceEvent value)
    {
        _events.Enqueue(value);
        OnReport?.Invoke(value);
    }
}
