using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Locks;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>Stores each order of a Kubernetes rack in a Secret, with the key of its certificate.</summary>
internal sealed class KubernetesOrderStore(ClusterApi api, RackScope scope, LeaseLocks locks) : IOrderStore
{
    private const string OrderKey = "order.json";
    private const string KeyKey = "key.pem";
    private const string Prefix = RackScope.Prefix + "order-";

    private readonly OwnSecrets _secrets = new(api, scope, "order");

    public IAsyncEnumerable<OrderRecord> ListAsync(Action<EngineException>? onDamaged, CancellationToken ct) =>
        _secrets.ReadAllAsync(Read, onDamaged, ct);

    public async Task<OrderRecord?> FindAsync(string certificateId, CancellationToken ct) =>
        await FindSecretAsync(certificateId, ct).ConfigureAwait(false) is { } secret ? Read(secret) : null;

    public async Task<PrivateKey?> ReadKeyAsync(string certificateId, CancellationToken ct)
    {
        if (await FindSecretAsync(certificateId, ct).ConfigureAwait(false) is not { } secret || !secret.HasData(KeyKey))
        {
            return null;
        }

        try
        {
            return PrivateKey.FromPem(secret.DataText(KeyKey) ?? string.Empty);
        }
        catch (InvalidInputException)
        {
            throw Damaged(secret, KeyKey);
        }
    }

    public Task CreateAsync(OrderRecord order, PrivateKey? key, CancellationToken ct) => ChangeAsync(
        order,
        secret => secret.SetDataText(KeyKey, key?.ToPem()),
        ct);

    public Task SaveAsync(OrderRecord order, CancellationToken ct) => ChangeAsync(order, _ => { }, ct);

    public Task RemoveAsync(string certificateId, CancellationToken ct)
    {
        var name = NameOf(CertificateSecretId.RequireOfRack(certificateId));
        locks.RequireHeld();
        return _secrets.RemoveAsync(name, ct);
    }

    private Task ChangeAsync(OrderRecord order, Action<JsonObject> change, CancellationToken ct)
    {
        var name = NameOf(CertificateSecretId.RequireOfRack(order.Certificate.Id));
        locks.RequireHeld();
        return _secrets.ChangeAsync(
            name,
            secret =>
            {
                change(secret);
                secret.SetDataText(OrderKey, JsonSerializer.Serialize(order, KubernetesRackJson.Default.OrderRecord));
                return true;
            },
            ct);
    }

    // The apps' own certificates have no orders.
    private async Task<JsonObject?> FindSecretAsync(string certificateId, CancellationToken ct) =>
        CertificateSecretId.Parse(certificateId) is { AppNamespace: null, Name: var name }
            ? await _secrets.FindAsync(NameOf(name), ct).ConfigureAwait(false)
            : null;

    private OrderRecord Read(JsonObject secret)
    {
        try
        {
            return JsonSerializer.Deserialize(
                secret.DataText(OrderKey) ?? string.Empty, KubernetesRackJson.Default.OrderRecord) is { } order
                && NameOf(order.Certificate.Id) == secret.Name()
                ? order
                : throw Damaged(secret, OrderKey);
        }
        catch (JsonException)
        {
            throw Damaged(secret, OrderKey);
        }
    }

    private static string NameOf(string certificateId) => Prefix + certificateId;

    private EngineException Damaged(JsonObject secret, string key) => new(
        ErrorCode.OrderDamaged,
        EngineErrorKind.InvalidData,
        $"The unfinished order in the Secret {_secrets.Describe(secret.Name())} is damaged: its {key} cannot be read.",
        secret.Name())
    {
        Remedy = "Remove that Secret; the certificate in use is not affected.",
    };
}
