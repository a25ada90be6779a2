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

    // The files in the root, with the lock under which each is written.
    private static readonly (string File, string Lock)[] LockedFiles =
    [
        ("rack.json", "rack"), ("probe", "rack"), ("solvers.json", "solvers"), ("webhook.json", "webhook"), ("limits.json", "limits"),
        ("state.json", StateLock), ("targets.json", TargetsLock),
    ];

    private const string StateLock = "state";
    private const string TargetsLock = "targets";

    private readonly RackDirectory _directory;
    private volatile bool _isLockingVerified;

    /// <param name="name">The rack's name.</param>
    /// <param name="path">The rack's directory, which need not exist.</param>
    /// <param name="providers">The DNS providers whose solvers the rack can store.</param>
    public LocalRack(string name, string path, IReadOnlyList<DnsProviderDescriptor> providers)
    {
        Name = name;
        Location = Path.GetFullPath(path);
        _directory = new RackDirectory(Location);
        Certificates = new LocalCertificateStore(_directory);
        Accounts = new LocalAccountStore(_directory);
        Orders = new LocalOrderStore(_directory);
        DnsSolvers = new LocalDnsSolverStore(_directory, new DnsSolverFormat(providers));
        Limits = new LocalLimitLedger(_directory, ct => LockAsync("limits", null, ct));
        Webhooks = new LocalWebhookStore(_directory);
        State = new LocalRackStateStore(_directory, ct => LockAsync(StateLock, null, ct));
        Targets = new LocalTargetStore(_directory, ct => LockAsync(TargetsLock, null, ct));
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
    public IRackStateStore State { get; }

    /// <inheritdoc/>
    public ITargetStore Targets { get; }

    /// <inheritdoc/>
    public Task RequireReadableAsync(CancellationToken ct) => _directory.RequireReadableAsync(ct);

    /// <inheritdoc/>
    public async Task RequireWritableAsync(CancellationToken ct)
    {
        try
        {
            await _directory.RequireReadableAsync(ct).ConfigureAwait(false);
            RequireOwnersWriteBit();
            WritablePath.RequireDirectory(Location);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw NotWritable(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken ct)
    {
        try
        {
            var exists = await _directory.RequireReadableAsync(ct).ConfigureAwait(false);
            RequireOwnersWriteBit();
            foreach (var folder in Folders)
            {
                PrivateDirectory.Create(Path.Combine(Location, folder));
            }

            if (!exists)
            {
                // Somebody else may have created the directory meanwhile.
                _directory.RequireTrusted();
                await using var locked = await LockAsync("rack", null, ct).ConfigureAwait(false);
                await RackFormat.WriteAsync(Location, ct).ConfigureAwait(false);
            }

            await RemoveLeftoversAsync().ConfigureAwait(false);

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
        try
        {
            var file = GetLockFile(name);
            var held = await FileLock.TakeAsync(file, onWait, ct).ConfigureAwait(false);
            try
            {
                await RequireLockingAsync(file).ConfigureAwait(false);
                return held;
            }
            catch
            {
                await held.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw NotWritable(e.Message, e);
        }
    }

    // .NET ignores that a file system cannot lock, and a setting of .NET switches locking off. Then a second lock succeeds.
    private async Task RequireLockingAsync(string heldFile)
    {
        if (_isLockingVerified || FileLock.TryTake(heldFile) is not { } second)
        {
            _isLockingVerified = true;
            return;
        }

        await second.DisposeAsync().ConfigureAwait(false);
        throw new EngineException(
            ErrorCode.RackNotLockable,
            EngineErrorKind.InvalidState,
            $"The files of the rack '{Location}' cannot be locked, so concurrent processes would interfere with each other.",
            Location)
        {
            Remedy = "Remove DOTNET_SYSTEM_IO_DISABLEFILELOCKING from the environment, or move the rack to a file system that supports "
                + "locks.",
        };
    }

    private string GetLockFile(string name)
    {
        var kind = name.Split('/')[0];
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..32].ToLowerInvariant();
        return Path.Combine(Location, "locks", $"{kind}-{hash}.lock");
    }

    // A leftover looks like a file that another process is writing. If its lock is held, that process may be doing so.
    private async Task RemoveLeftoversAsync()
    {
        if (!Directory.EnumerateFiles(Location, "*" + AtomicFile.UnfinishedSuffix).Any())
        {
            return;
        }

        foreach (var (file, name) in LockedFiles)
        {
            var path = Path.Combine(Location, file);
            if (AtomicFile.FindUnfinished(path).Count > 0 && FileLock.TryTake(GetLockFile(name)) is { } held)
            {
                await using (held.ConfigureAwait(false))
                {
                    AtomicFile.RemoveUnfinished(path);
                }
            }
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
