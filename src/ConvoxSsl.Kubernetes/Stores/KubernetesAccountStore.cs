using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Locks;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>Stores each ACME account in a Secret: account.json, key.pem, and next-key.pem during a key rollover.</summary>
internal sealed class KubernetesAccountStore(ClusterApi api, RackScope scope, LeaseLocks locks) : IAccountStore
{
    private const string AccountKey = "account.json";
    private const string KeyKey = "key.pem";
    private const string NextKeyKey = "next-key.pem";

    private readonly OwnSecrets _secrets = new(api, scope, "account");

    public IAsyncEnumerable<AccountRecord> ListAsync(Action<EngineException>? onDamaged, CancellationToken ct) =>
        _secrets.ReadAllAsync(Read, onDamaged, ct);

    public async Task<AccountRecord?> FindAsync(Uri directoryUrl, CancellationToken ct) =>
        await _secrets.FindAsync(NameOf(directoryUrl), ct).ConfigureAwait(false) is { } secret ? Read(secret) : null;

    public async Task<PrivateKey> ReadKeyAsync(Uri directoryUrl, CancellationToken ct) =>
        await ReadKeyAsync(directoryUrl, KeyKey, ct).ConfigureAwait(false) ?? throw new EngineException(
            ErrorCode.AccountNotFound,
            EngineErrorKind.NotFound,
            $"Cannot find an account key for {directoryUrl} on this rack.",
            directoryUrl.AbsoluteUri);

    public Task<PrivateKey?> ReadNextKeyAsync(Uri directoryUrl, CancellationToken ct) => ReadKeyAsync(directoryUrl, NextKeyKey, ct);

    public Task SaveAsync(AccountRecord account, PrivateKey key, CancellationToken ct) => ChangeAsync(
        account.DirectoryUrl,
        secret =>
        {
            secret.SetDataText(AccountKey, Json(account));
            secret.SetDataText(KeyKey, key.ToPem());
            return true;
        },
        ct);

    public Task UpdateAsync(AccountRecord account, CancellationToken ct) => ChangeAsync(
        account.DirectoryUrl,
        secret =>
        {
            secret.SetDataText(AccountKey, Json(account));
            return true;
        },
        ct);

    public Task SaveNextKeyAsync(Uri directoryUrl, PrivateKey nextKey, CancellationToken ct) => ChangeAsync(
        directoryUrl,
        secret =>
        {
            secret.SetDataText(NextKeyKey, nextKey.ToPem());
            return true;
        },
        ct);

    public Task PromoteNextKeyAsync(Uri directoryUrl, CancellationToken ct) => ChangeAsync(
        directoryUrl,
        secret =>
        {
            if (secret.DataText(NextKeyKey) is not { } next)
            {
                // An earlier attempt succeeded, but its response was lost.
                return false;
            }

            secret.SetDataText(KeyKey, next);
            secret.SetDataText(NextKeyKey, null);
            return true;
        },
        ct);

    public Task DropNextKeyAsync(Uri directoryUrl, CancellationToken ct) => ChangeAsync(
        directoryUrl,
        secret =>
        {
            var exists = secret.DataText(NextKeyKey) is not null;
            secret.SetDataText(NextKeyKey, null);
            return exists;
        },
        ct);

    public Task RemoveAsync(Uri directoryUrl, CancellationToken ct)
    {
        locks.RequireHeld();
        return _secrets.RemoveAsync(NameOf(directoryUrl), ct);
    }

    private Task ChangeAsync(Uri directoryUrl, Func<JsonObject, bool> change, CancellationToken ct)
    {
        locks.RequireHeld();
        return _secrets.ChangeAsync(NameOf(directoryUrl), change, ct);
    }

    private async Task<PrivateKey?> ReadKeyAsync(Uri directoryUrl, string key, CancellationToken ct)
    {
        if (await _secrets.FindAsync(NameOf(directoryUrl), ct).ConfigureAwait(false) is not { } secret || !secret.HasData(key))
        {
            return null;
        }

        try
        {
            return PrivateKey.FromPem(secret.DataText(key) ?? string.Empty);
        }
        catch (InvalidInputException)
        {
            throw Damaged(secret, key);
        }
    }

    private AccountRecord? Read(JsonObject secret)
    {
        if (!secret.HasData(AccountKey))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(secret.DataText(AccountKey) ?? string.Empty, KubernetesRackJson.Default.AccountRecord)
                ?? throw Damaged(secret, AccountKey);
        }
        catch (JsonException)
        {
            throw Damaged(secret, AccountKey);
        }
    }

    private static string Json(AccountRecord account) => JsonSerializer.Serialize(account, KubernetesRackJson.Default.AccountRecord);

    private static string NameOf(Uri directoryUrl)
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(directoryUrl.AbsoluteUri)))[..32].ToLowerInvariant();
        return $"{RackScope.Prefix}account-{hash}";
    }

    private EngineException Damaged(JsonObject secret, string key) => new(
        ErrorCode.AccountDamaged,
        EngineErrorKind.InvalidData,
        $"The account in the Secret {_secrets.Describe(secret.Name())} is damaged: its {key} cannot be read.",
        secret.Name())
    {
        Remedy = "Restore it from a backup, or delete that Secret and create a new account.",
    };
}
