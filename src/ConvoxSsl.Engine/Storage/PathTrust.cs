namespace ConvoxSsl.Engine.Storage;

/// <summary>A part of a path that other users than the current one and root can change.</summary>
/// <param name="Path">The part.</param>
/// <param name="Status">Its owner and mode.</param>
/// <param name="IsParent">True if it is a parent of the path, or of the target of a link in it.</param>
internal sealed record UntrustedPath(string Path, FileStatus Status, bool IsParent)
{
    /// <summary>True if another user owns it; false if others can write to it.</summary>
    public bool IsOwnedByOther => !Status.HasTrustedOwner;
}

/// <summary>
/// Checks, like the strict modes of ssh, that only the current user and root can change a path: by its owner and mode, and those of
/// its parents. Does not check access lists on Windows, where the parents of a user's directories grant access to administrators
/// and services.
/// </summary>
internal sealed class PathTrust
{
    private readonly HashSet<(string Path, bool IsParent)> _checked = [];

    /// <summary>
    /// Finds the first part of a path that others can change, from the top; null if there is none. Follows links. Parts that do not
    /// exist, and those that an earlier call has checked, are skipped.
    /// </summary>
    /// <param name="path">The full path.</param>
    public UntrustedPath? Find(string path) => OperatingSystem.IsWindows() ? null : Find(path, isParent: false);

    private UntrustedPath? Find(string path, bool isParent)
    {
        if (!_checked.Add((path, isParent)))
        {
            return null;
        }

        var parent = Path.GetDirectoryName(path);
        if (parent is not null && Find(parent, isParent: true) is { } above)
        {
            return above;
        }

        if (NativeFileSystem.FindStatus(path) is not { } status)
        {
            return null;
        }

        if (!status.HasTrustedOwner)
        {
            return new UntrustedPath(path, status, isParent);
        }

        if (status.IsLink)
        {
            return new FileInfo(path).LinkTarget is { } target
                ? Find(Path.TrimEndingDirectorySeparator(Path.GetFullPath(target, parent ?? path)), isParent)
                : null;
        }

        return (isParent ? status.CanOthersReplaceContents : status.CanOthersWrite) ? new UntrustedPath(path, status, isParent) : null;
    }
}
