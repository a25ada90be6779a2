namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The state of a journaled order.</summary>
public enum OrderState
{
    /// <summary>The record and its key are stored; no order at the CA is known yet.</summary>
    New,

    /// <summary>The CA has an order, which the next run resumes.</summary>
    Open,

    /// <summary>The CA has an order and waits for the owner of a domain; the next run resumes it.</summary>
    WaitingForOwner,

    /// <summary>The order failed for good. The record is kept so that its failure delays the next attempt.</summary>
    Failed,

    /// <summary>
    /// The order is over, usually because its certificate is stored. The record is kept until its challenge responses are
    /// removed.
    /// </summary>
    Ended,
}
