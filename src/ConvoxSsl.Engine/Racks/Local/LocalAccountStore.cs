using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>Stores accounts in accounts/&lt;host&gt;-&lt;hash&gt;: account.json, key.pem, and next-key.pem during a rollover.</summary>
internal sealed class LocalAccountStore(RackDirectory rack) : IAccountStore
{
    private readonly string _folder = Path.Combine(rack.Location, "accounts");

    public async IAsyncEnumerable<AccountRecord> ListAsync(
        Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);
        var directories = Directory.Exists(_folder)
            ? Directory.GetDirectories(_folder).Where(d => !Path.GetFileName(d).StartsWith('.'))
            : [];
        foreach (var directory in directories.Order(StringComparer.Ordinal))
        {
            AccountRecord? account = null;
            try
            {
                account = await ReadAsync(directory, ct).ConfigureAwait(false);
            }
            catch (EngineException e)
            {
                onDamaged?.Invoke(e);
            }

            if (account is not null)
            {
                yield return account;
            }
        }
    }

    public async Task<AccountRecord?> FindAsync(Uri directoryUrl, CancellationToken ct)
    {
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);
        return await ReadAsync(DirectoryOf(directoryUrl), ct).ConfigureAwait(false);
    }

    public async Task<PrivateKey> ReadKeyAsync(Uri directoryUrl, CancellationToken ct) =>
        await KeyFile.TryReadAsync(KeyFileOf(directoryUrl), Damaged, ct).ConfigureAwait(false) ?? throw new EngineException(
            ErrorCode.AccountNotFound,
            EngineErrorKind.NotFound,
            $"Cannot find an account key for {directoryUrl} on this rack.",
            directoryUrl.AbsoluteUri);

    public Task<PrivateKey?> ReadNextKeyAsync(Uri directoryUrl, CancellationToken ct) =>
        KeyFile.TryReadAsync(NextKeyFileOf(directoryUrl), Damaged, ct);

    public async Task SaveAsync(AccountRecord account, PrivateKey key, CancellationToken ct)
    {
        PrivateDirectory.Create(DirectoryOf(account.DirectoryUrl));
        PrivateDirectory.RemoveLeftovers(DirectoryOf(account.DirectoryUrl));
        await KeyFile.WriteAsync(KeyFileOf(account.DirectoryUrl), key, ct).ConfigureAwait(false);
        await UpdateAsync(account, ct).ConfigureAwait(false);
    }

    public Task UpdateAsync(AccountRecord account, CancellationToken ct) => AtomicFile.WritePrivateAsync(
        Path.Combine(DirectoryOf(account.DirectoryUrl), "account.json"),
        JsonSerializer.SerializeToUtf8Bytes(account, LocalRackJson.Default.AccountRecord),
        ct);

    public Task SaveNextKeyAsync(Uri directoryUrl, PrivateKey nextKey, CancellationToken ct) =>
        KeyFile.WriteAsync(NextKeyFileOf(directoryUrl), nextKey, ct);

    public Task PromoteNextKeyAsync(Uri directoryUrl, CancellationToken ct)
    {
        FailPoint.Disk("rename", KeyFileOf(directoryUrl));
        File.Move(NextKeyFileOf(directoryUrl), KeyFileOf(directoryUrl), overwrite: true);
        NativeFileSystem.FlushDirectory(DirectoryOf(directoryUrl));
        return Task.CompletedTask;
    }

    public Task DropNextKeyAsync(Uri directoryUrl, CancellationToken ct)
    {
        AtomicFile.Remove(NextKeyFileOf(directoryUrl));
        return Task.CompletedTask;
    }

    public Task RemoveAsync(Uri directoryUrl, CancellationToken ct)
    {
        PrivateDirectory.Remove(DirectoryOf(directoryUrl));
        return Task.CompletedTask;
    }

    private static async Task<AccountRecord?> ReadAsync(string directory, CancellationToken ct)
    {
        var file = Path.Combine(directory, "account.json");
        if (await AtomicFile.TryReadAsync(file, ct).ConfigureAwait(false) is not { } json)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(json, LocalRackJson.Default.AccountRecord) ?? throw new JsonException("It is empty.");
        }
        catch (JsonException e)
        {
            throw Damaged(file, e);
        }
    }

    /// <summary>The host makes the name readable; the hash makes it unique.</summary>
    private string DirectoryOf(Uri directoryUrl)
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(directoryUrl.AbsoluteUri)))[..16].ToLowerInvariant();
        return Path.Combine(_folder, $"{directoryUrl.IdnHost.Replace(':', '-').Trim('[', ']')}-{hash}");
    }

    private string KeyFileOf(Uri directoryUrl) => Path.Combine(DirectoryOf(directoryUrl), "key.pem");

    private string NextKeyFileOf(Uri directoryUrl) => Path.Combine(DirectoryOf(directoryUrl), "next-key.pem");

    private static EngineException Damaged(string file, Exception cause) => new(
        ErrorCode.AccountDamaged,
        EngineErrorKind.InvalidData,
        $"The account file '{file}' is damaged: {cause.Message}",
        file,
        cause)
    {
        Remedy = "Restore it from a backup, or delete its directory and create a new account.",
    };
}
