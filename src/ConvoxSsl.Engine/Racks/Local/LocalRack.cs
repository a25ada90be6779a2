using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>
/// A rack in a directory. Readers need no lock, because files and versions are replaced atomically. Reading a rack that does
/// not exist finds nothing and creates nothing.
/// </summary>
public sealed class LocalRack : IRack
{
    private static readonly string[] Folders = ["accounts", "certificates", "orders", "secrets", "locks"];

    /// <param name="name">The rack's name.</param>
    /// <param name="path">The rack's directory, which need not exist.</param>
    /// <param name="providers">The DNS providers whose solvers the rack can store.</param>
    public LocalRack(string name, string path, IReadOnlyList<DnsProviderDescriptor> providers)
    {
        Name = name;
        Location = Path.GetFullPath(path);
        Certificates = new LocalCertificateStore(Location);
        Accounts = new LocalAccountStore(Location);
        Orders = new LocalOrderStore(Location);
        DnsSolvers = new LocalDnsSolverStore(Location, new DnsSolverFormat(providers));
        Limits = new LocalLimitLedger(Location, ct => LockAsync("limits", null, ct));
        Webhooks = new LocalWebhookStore(Location);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public ICertificateStore Certificates { get; }

    /// <inheritdoc/>
    public IAccountStore Accounts { get; }

    /// <inheritdoc/>
    public IOrderStore Orders { get; }

    /// <inheritdoc/>
    public IDnsSolverStore DnsSolvers { get; }

    /// <inheritdoc/>
    public ILimitLedger Limits { get; }

    /// <inheritdoc/>
    public IWebhookStore Webhooks { get; }

    /// <inheritdoc/>
    public Task RequireReadableAsync(CancellationToken ct) => RackFormat.RequireReadableAsync(Location, ct);

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken ct)
    {
        try
        {
            var exists = await RackFormat.RequireReadableAsync(Location, ct).ConfigureAwait(false);
            RequireOwnersWriteBit();
            foreach (var folder in Folders)
            {
                PrivateDirectory.Create(Path.Combine(Location, folder));
            }

            if (!exists || PrivateDirectory.HasLeftovers(Location))
            {
                await BeginAsync(exists, ct).ConfigureAwait(false);
            }

            ProbeWriting();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw NotWritable(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> LockAsync(string name, Action? onWait, CancellationToken ct)
    {
        var kind = name.Split('/')[0];
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..32].ToLowerInvariant();
        try
        {
            return await FileLock.TakeAsync(Path.Combine(Location, "locks", $"{kind}-{hash}.lock"), onWait, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw NotWritable(e.Message, e);
        }
    }

    // Take a lock, because a leftover looks like a file that another process is writing.
    private async Task BeginAsync(bool exists, CancellationToken ct)
    {
        await using var locked = await LockAsync("rack", null, ct).ConfigureAwait(false);
        PrivateDirectory.RemoveLeftovers(Location);
        if (!exists)
        {
            await RackFormat.WriteAsync(Location, ct).ConfigureAwait(false);
        }
    }

    // The superuser can write anyway, but respect a directory that was made read-only.
    private void RequireOwnersWriteBit()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var directory in Folders.Select(f => Path.Combine(Location, f)).Prepend(Location).Where(Directory.Exists))
        {
            if (!File.GetUnixFileMode(directory).HasFlag(UnixFileMode.UserWrite))
            {
                throw NotWritable($"'{directory}' is read-only.", null);
            }
        }
    }

    private void ProbeWriting()
    {
        var probe = Path.Combine(Location, $"probe.{Guid.NewGuid():N}{AtomicFile.UnfinishedSuffix}");
        using (AtomicFile.OpenPrivate(probe, FileMode.CreateNew, FileAccess.Write, FileOptions.DeleteOnClose))
        {
            FailPoint.Disk("delete", probe);
        }
    }

    private EngineException NotWritable(string why, Exception? cause) => new(
        ErrorCode.RackNotWritable,
        EngineErrorKind.Denied,
        $"Cannot write to the rack '{Location}': {why}",
        Location,
        cause)
    {
        Remedy = "Give this user write permission there, or use another rack.",
    };
}
