using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>
/// A rack in a Kubernetes volume. The root of the volume belongs to root and is writable by the group that fsGroup names, so the rack
/// is in a directory below it, which only its owner can access. Earlier versions had the rack at the root.
/// </summary>
public static class VolumeRack
{
    /// <summary>The name of the directory.</summary>
    public const string DirectoryName = "rack";

    private const string UnfinishedName = ".rack" + AtomicFile.UnfinishedSuffix;
    private const int MaxAttempts = 5;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // rack.json is last: while it is at the root of the volume, the rack is moved from there.
    private static readonly string[] Contents =
    [
        "accounts", "certificates", "orders", "secrets", "locks", "solvers.json", "webhook.json", "state.json", "limits.json",
        "limits.json.damaged", "rack.json",
    ];

    /// <summary>True if a directory looks like the root of a volume.</summary>
    internal static bool IsVolume(UntrustedPath path) =>
        !path.IsParent && path.Status is { User: 0 } status && IsShared(status) && NativeFileSystem.GetEffectiveUser() != 0;

    /// <summary>
    /// Moves a rack from the root of a volume into its directory, which does not exist yet, and withdraws the access that Kubernetes
    /// has granted to the group. A move that was interrupted is continued. Does nothing if there is no such rack.
    /// </summary>
    /// <param name="location">The directory.</param>
    /// <returns>A file of another user, because of which the rack is not moved; null if there is none.</returns>
    internal static UntrustedPath? Move(string location)
    {
        if (OperatingSystem.IsWindows()
            || Path.GetFileName(location) != DirectoryName
            || Path.GetDirectoryName(location) is not { } volume
            || NativeFileSystem.FindStatus(volume) is not { } status
            || !IsShared(status))
        {
            return null;
        }

        var unfinished = Path.Combine(volume, UnfinishedName);
        for (var attempt = 1; ; attempt++)
        {
            if (Directory.Exists(location) || !(File.Exists(Path.Combine(volume, "rack.json")) || Directory.Exists(unfinished)))
            {
                return null;
            }

            try
            {
                return Move(volume, unfinished, location);
            }
            catch (IOException) when (attempt < MaxAttempts)
            {
                // Another process is moving it, too. Each step can be repeated.
            }
        }
    }

    private static UntrustedPath? Move(string volume, string unfinished, string location)
    {
        var entries = Contents.Select(name => Path.Combine(volume, name))
            .Select(path => (Path: path, Status: NativeFileSystem.FindStatus(path)))
            .Where(entry => entry.Status is not null)
            .ToList();
        if (entries.Find(entry => !entry.Status!.HasTrustedOwner) is { Status: { } status } other)
        {
            return new UntrustedPath(other.Path, status, IsParent: false);
        }

        PrivateDirectory.Create(unfinished);
        if (new PathTrust().Find(unfinished) is { } untrusted)
        {
            return untrusted;
        }

        foreach (var (path, _) in entries)
        {
            NativeFileSystem.Rename(path, Path.Combine(unfinished, Path.GetFileName(path)));
        }

        if (WithdrawAccess(unfinished) is { } foreign)
        {
            return foreign;
        }

        NativeFileSystem.FlushDirectory(unfinished);
        NativeFileSystem.Rename(unfinished, location);
        NativeFileSystem.FlushDirectory(volume);
        return null;
    }

    // From the top, so that nobody can add files meanwhile. Returns the first file of another user.
    private static UntrustedPath? WithdrawAccess(string directory)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(directory))
        {
            if (NativeFileSystem.FindStatus(path) is not { } status || status.IsLink)
            {
                continue;
            }

            if (!status.HasTrustedOwner)
            {
                return new UntrustedPath(path, status, IsParent: false);
            }

            if (!OperatingSystem.IsWindows() && (status.Mode & ~OwnerOnly) != 0)
            {
                File.SetUnixFileMode(path, status.Mode & OwnerOnly);
            }

            if (Directory.Exists(path) && WithdrawAccess(path) is { } foreign)
            {
                return foreign;
            }
        }

        return null;
    }

    private static bool IsShared(FileStatus status) =>
        status.Mode.HasFlag(UnixFileMode.GroupWrite) && !status.Mode.HasFlag(UnixFileMode.OtherWrite);
}
