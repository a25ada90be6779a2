using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>An order in progress: its latest journal record, and the removal of the responses that it published.</summary>
internal sealed class JournaledOrder(OrderJournal journal, OrderRecord record)
{
    /// <summary>The latest record. Reading it from here saves reading the journal before each change.</summary>
    public OrderRecord Record { get; private set; } = record;

    /// <summary>The removal of the published responses, which runs beside the next steps; its result is true if all are removed.</summary>
    public Task<bool> Removal { get; set; } = Task.FromResult(true);

    /// <summary>Replaces the record without storing it; the next change is stored with it.</summary>
    public void Change(OrderRecord changed) => Record = changed;

    /// <summary>Replaces the record, then stores it. If storing fails, the record still says what may have happened.</summary>
    public Task SaveAsync(OrderRecord changed, CancellationToken ct)
    {
        Record = changed;
        return journal.SaveAsync(changed, ct);
    }
}
