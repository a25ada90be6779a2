using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>
/// Stores the journal of a rack: the orders that have not ended, with all that is needed to resume them. Writers hold the
/// lock of the certificate.
/// </summary>
public interface IOrderStore
{
    /// <summary>Reads all orders. Reports a damaged one to <paramref name="onDamaged"/> and leaves it out.</summary>
    IAsyncEnumerable<OrderRecord> ListAsync(Action<EngineException>? onDamaged, CancellationToken ct);

    /// <summary>Reads the order for a certificate; null if there is none.</summary>
    /// <exception cref="EngineException"><c>OrderDamaged</c>.</exception>
    Task<OrderRecord?> FindAsync(string certificateId, CancellationToken ct);

    /// <summary>Reads the orders for exactly these names, in any order, without dry runs and damaged records.</summary>
    IAsyncEnumerable<OrderRecord> ListForAsync(CertificateNameSet names, CancellationToken ct) => FilterAsync(ListAsync(null, ct), names);

    /// <summary>Reads the certificate key of an order; null if the user's own signing request is used.</summary>
    Task<PrivateKey?> ReadKeyAsync(string certificateId, CancellationToken ct);

    /// <summary>Stores a new order in the place of any earlier one: first its key, then its record.</summary>
    Task CreateAsync(OrderRecord order, PrivateKey? key, CancellationToken ct);

    /// <summary>Replaces the record of an order. Its key stays.</summary>
    Task SaveAsync(OrderRecord order, CancellationToken ct);

    /// <summary>Removes an order and its key. Idempotent.</summary>
    Task RemoveAsync(string certificateId, CancellationToken ct);

    private static async IAsyncEnumerable<OrderRecord> FilterAsync(IAsyncEnumerable<OrderRecord> orders, CertificateNameSet names)
    {
        await foreach (var order in orders.ConfigureAwait(false))
        {
            if (order.IsFor(names))
            {
                yield return order;
            }
        }
    }
}
