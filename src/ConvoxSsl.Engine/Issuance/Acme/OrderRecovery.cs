using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// Finds the order that the CA made though its answer was lost, or the run was killed before it had stored the order's
/// URL. A CA that lists no orders may give the same pending one again when it is asked anew, as Let's Encrypt does.
/// </summary>
internal sealed class OrderRecovery(IOrderJournal journal, AcmeSession session, TimeProvider time, IProgress<IssuanceEvent> events)
{
    // An account of years can have thousands, and another order costs less than reading them.
    private const int MostOrders = 100;

    /// <summary>The record with its order's URL; as it is where the URL is known, or no order is found.</summary>
    public async Task<OrderRecord> FindAsync(OrderRecord record, CertificateNameSet names, CancellationToken ct)
    {
        if (record.OrderUrl is not null)
        {
            return record;
        }

        try
        {
            record = record with { OrderUrl = await FindUrlAsync(record, names, ct).ConfigureAwait(false) };
        }
        catch (AcmeException e)
        {
            ReportUnread(e);
        }

        if (record.OrderUrl is not null)
        {
            await journal.SaveAsync(record, ct).ConfigureAwait(false);
        }

        return record;
    }

    /// <summary>Where the order is; null where none is found.</summary>
    /// <exception cref="AcmeException"><c>unreachable</c>: then an order can't be made either.</exception>
    public async Task<Uri?> FindUrlAsync(OrderRecord record, CertificateNameSet names, CancellationToken ct)
    {
        AcmeIdentifier[] identifiers = [.. names.Select(AcmeIdentifier.FromName)];
        var left = MostOrders;
        try
        {
            await foreach (var url in session.ListOrdersAsync(ct).ConfigureAwait(false))
            {
                if (left-- == 0)
                {
                    break;
                }

                if (IsFor(record, identifiers, await session.GetOrderAsync(url, ct).ConfigureAwait(false)))
                {
                    return url;
                }
            }
        }
        catch (AcmeException e) when (e.Problem.ShortType != AcmeProblemType.Unreachable)
        {
            ReportUnread(e);
        }

        return null;
    }

    // The list is a help; what is really wrong, the new order meets too.
    private void ReportUnread(AcmeException e) =>
        events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"The CA's list of orders could not be read: {e.Message}"));

    // It was never finalized, and what the CA says of its settings must be what was asked.
    private bool IsFor(OrderRecord record, IReadOnlyList<AcmeIdentifier> names, AcmeOrder order)
    {
        var settings = record.Certificate.Settings;
        return order.Status is AcmeOrderStatus.Pending or AcmeOrderStatus.Ready
            && (order.Expires is not { } end || end > time.GetUtcNow())
            && order.IsFor(names)
            && (order.Profile is null || settings?.Profile is null || order.Profile == settings.Profile)
            && (order.NotAfter is null || settings?.Duration is not null)
            && (order.Replaces is null || order.Replaces == record.Replaces);
    }
}
