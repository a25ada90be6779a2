using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>
/// The unfinished orders of a rack: what is needed to go on with an issuance that was broken off. Writers hold the
/// lock of the certificate.
/// </summary>
public interface IOrderJournal
{
    /// <summary>
    /// All unfinished orders. One that can't be read is reported to <paramref name="onDamaged"/> and left out.
    /// </summary>
    IAsyncEnumerable<OrderRecord> ListAsync(Action<EngineException>? onDamaged, CancellationToken ct);

    /// <summary>The unfinished order for a certificate, or null.</summary>
    Task<OrderRecord?> FindAsync(string certificateId, CancellationToken ct);

    /// <summary>
    /// The unfinished orders for exactly these names, in whatever order, but those of dry runs. One that can't be read is
    /// left out.
    /// </summary>
    IAsyncEnumerable<OrderRecord> ListForAsync(CertificateNameSet names, CancellationToken ct) => OnlyForAsync(ListAsync(null, ct), names);

    /// <summary>The certificate key of an unfinished order; null where the user's own signing request is used.</summary>
    Task<PrivateKey?> ReadKeyAsync(string certificateId, CancellationToken ct);

    /// <summary>Stores a new order with its key: the key first.</summary>
    Task BeginAsync(OrderRecord order, PrivateKey? key, CancellationToken ct);

    /// <summary>Stores how far an order has come.</summary>
    Task SaveAsync(OrderRecord order, CancellationToken ct);

    /// <summary>Removes an order and its key; one that is gone already is no error.</summary>
    Task EndAsync(string certificateId, CancellationToken ct);

    private static async IAsyncEnumerable<OrderRecord> OnlyForAsync(IAsyncEnumerable<OrderRecord> orders, CertificateNameSet names)
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

/// <summary>An unfinished order, or what is remembered of one that failed.</summary>
public sealed record OrderRecord
{
    /// <summary>The certificate, with the settings that it is ordered under.</summary>
    public required CertificateRecord Certificate { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The number of the version that will hold its certificate; 0 for a dry run.</summary>
    public int Version { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The account that orders; null where none could be opened.</summary>
    public Uri? AccountUrl { get; init => field = JsonGuard.UrlOrNull(value); }

    /// <summary>The order's URL; null until the CA has answered.</summary>
    public Uri? OrderUrl { get; init => field = JsonGuard.UrlOrNull(value); }

    /// <summary>The certificate that this one replaces (RFC 9773 section 5).</summary>
    public string? Replaces { get; init; }

    /// <summary>The challenges that were published and are not yet removed.</summary>
    public IReadOnlyList<KeyAuthorization> Published { get; init => field = JsonGuard.Items(value ?? []); } = [];

    /// <summary>What it waits for, in words for the user.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>Whether the certificate will be thrown away.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Why the last try failed; null where none did since the last success.</summary>
    public IssuanceFailure? Failure { get; init; }

    /// <summary>Whether it has ended, so that only the failure it ended with, if any, and what is still published are kept.</summary>
    public bool IsEnded { get; init; }

    /// <summary>Whether there is only to be cleaned up after it: a dry run, or an ended order that is kept for more than its failure.</summary>
    [JsonIgnore]
    public bool IsLeftover => IsDryRun || (IsEnded && (Published.Count > 0 || Failure is null));

    /// <summary>Whether it is for a certificate of exactly these names, in whatever order, that will be kept.</summary>
    public bool IsFor(CertificateNameSet names) => !IsDryRun && names.SetEquals(Certificate.Domains);
}
