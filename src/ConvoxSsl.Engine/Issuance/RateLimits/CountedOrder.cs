using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>
/// One order, held against the limits of its CA and counted as it goes on. What the CA has counted is recorded even if
/// the run is stopped.
/// </summary>
/// <param name="limits">The CA's limits.</param>
/// <param name="directoryUrl">The CA.</param>
/// <param name="names">The names of the order.</param>
/// <param name="isHeldBack">Whether an order that the CA would refuse is not sent.</param>
internal sealed class CountedOrder(OrderLimits limits, Uri directoryUrl, CertificateNameSet names, bool isHeldBack)
{
    /// <summary>Sends an order, if the CA would take it.</summary>
    /// <param name="session">The account.</param>
    /// <param name="record">What is ordered.</param>
    /// <param name="order">What is asked.</param>
    /// <param name="lost">Finds the order where its answer was lost.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="EngineException"><c>LimitReached</c>.</exception>
    /// <exception cref="AcmeException">The CA refused.</exception>
    public async Task<AcmeOrder> SendAsync(AcmeSession session, OrderRecord record, NewOrder order, OrderRecovery lost, CancellationToken ct)
    {
        if (isHeldBack)
        {
            await limits.RequireQuotaAsync(directoryUrl, session.Account.Url, names, KindOf(record), ct).ConfigureAwait(false);
        }

        try
        {
            return await session.NewOrderAsync(order, () => lost.FindUrlAsync(record, names, ct), ct).ConfigureAwait(false);
        }
        catch (AcmeException e)
        {
            await limits.RecordRefusalAsync(directoryUrl, session.Account.Url, names, e, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The CA took the order.</summary>
    public Task TakenAsync(OrderRecord record) => limits.RecordOrderAsync(directoryUrl, record.AccountUrl!, names, KindOf(record), CancellationToken.None);

    /// <summary>The CA issued the certificate.</summary>
    public Task IssuedAsync(OrderRecord record) => limits.RecordIssuedAsync(directoryUrl, record.AccountUrl!, names, KindOf(record), CancellationToken.None);

    /// <summary>The CA could not validate names, given without the wildcard label.</summary>
    public Task FailedAsync(Uri accountUrl, IReadOnlyCollection<string> failed) =>
        limits.RecordFailedValidationAsync(directoryUrl, accountUrl, failed, CancellationToken.None);

    private static OrderKind KindOf(OrderRecord record) =>
        record.Replaces is not null ? OrderKind.Replacement
        : record.Version > 1 ? OrderKind.Renewal
        : OrderKind.New;
}
