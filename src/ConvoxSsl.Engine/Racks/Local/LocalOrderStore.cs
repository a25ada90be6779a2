using System.Runtime.CompilerServices;
using System.Text.Json;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>Stores the orders of a local rack in orders/&lt;id&gt;.json and orders/&lt;id&gt;.key.pem.</summary>
internal sealed class LocalOrderStore(RackDirectory rack) : IOrderStore
{
    private readonly string _folder = Path.Combine(rack.Location, "orders");
    private readonly KnownNames _names = new();

    public async IAsyncEnumerable<OrderRecord> ListAsync(Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);
        await foreach (var order in ReadAhead.InOrderAsync(Ids(), FindAsync, onDamaged, ct).ConfigureAwait(false))
        {
            yield return order;
        }
    }

    public async IAsyncEnumerable<OrderRecord> ListForAsync(CertificateNameSet names, [EnumeratorCancellation] CancellationToken ct)
    {
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);

        // The id is the hash of the names in the order given, and a single name has only one order.
        var ids = names.Count == 1 ? [names.ToCertificateId()] : _names.Candidates(Ids(), names);
        await foreach (var order in ReadAhead.InOrderAsync(ids, FindAsync, null, ct).ConfigureAwait(false))
        {
            _names.Learn(order.Certificate.Id, order.Certificate.Domains);
            if (order.IsFor(names))
            {
                yield return order;
            }
        }
    }

    public async Task<OrderRecord?> FindAsync(string certificateId, CancellationToken ct)
    {
        var file = FileOf(CertificateId.Require(certificateId));
        if (await AtomicFile.TryReadAsync(file, ct).ConfigureAwait(false) is not { } json)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(json, LocalRackJson.Default.OrderRecord) is { } order && order.Certificate.Id == certificateId
                ? order
                : throw new JsonException("It is not the order of this certificate.");
        }
        catch (JsonException e)
        {
            throw Damaged(file, e);
        }
    }

    public Task<PrivateKey?> ReadKeyAsync(string certificateId, CancellationToken ct) =>
        KeyFile.TryReadAsync(KeyFileOf(CertificateId.Require(certificateId)), Damaged, ct);

    public async Task CreateAsync(OrderRecord order, PrivateKey? key, CancellationToken ct)
    {
        var id = CertificateId.Require(order.Certificate.Id);
        PrivateDirectory.Create(_folder);

        // Remove the file of an earlier order first, so that no kill leaves it with the key of this one.
        RemoveFiles(id);
        if (key is not null)
        {
            await KeyFile.WriteAsync(KeyFileOf(id), key, ct).ConfigureAwait(false);
        }

        await SaveAsync(order, ct).ConfigureAwait(false);
    }

    public Task SaveAsync(OrderRecord order, CancellationToken ct) => AtomicFile.WritePrivateAsync(
        FileOf(CertificateId.Require(order.Certificate.Id)),
        JsonSerializer.SerializeToUtf8Bytes(order, LocalRackJson.Default.OrderRecord),
        ct);

    public Task RemoveAsync(string certificateId, CancellationToken ct)
    {
        RemoveFiles(CertificateId.Require(certificateId));
        AtomicFile.RemoveUnfinished(Path.Combine(_folder, certificateId));
        return Task.CompletedTask;
    }

    private void RemoveFiles(string id) => AtomicFile.Remove(FileOf(id), KeyFileOf(id));

    private string[] Ids() => Directory.Exists(_folder)
        ?
        [
            .. Directory.GetFiles(_folder, "*.json")
                .Select(f => Path.GetFileNameWithoutExtension(f))
                .Where(CertificateId.IsValid)
                .Order(StringComparer.Ordinal),
        ]
        : [];

    private string FileOf(string id) => Path.Combine(_folder, id + ".json");

    private string KeyFileOf(string id) => Path.Combine(_folder, id + ".key.pem");

    private static EngineException Damaged(string file, Exception cause) => new(
        ErrorCode.OrderDamaged,
        EngineErrorKind.InvalidData,
        $"The unfinished order in '{file}' is damaged: {cause.Message}",
        file,
        cause)
    {
        Remedy = "Remove that file; the certificate in use is not affected.",
    };
}
