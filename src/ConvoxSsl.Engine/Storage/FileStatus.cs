namespace ConvoxSsl.Engine.Storage;

/// <summary>The owner and mode of a file, directory or link.</summary>
/// <param name="User">The id of the owner.</param>
/// <param name="Group">The id of the group.</param>
/// <param name="Mode">The permissions; those of a link have no meaning.</param>
/// <param name="IsLink">True for a symbolic link.</param>
internal sealed record FileStatus(uint User, uint Group, UnixFileMode Mode, bool IsLink)
{
    private const uint Root = 0;

    /// <summary>True if the owner is the current user or root.</summary>
    public bool HasTrustedOwner => User == Root || User == NativeFileSystem.GetEffectiveUser();

    /// <summary>
    /// True if others than the owner can write to the file or directory. The user's private group, which has the user's number on most
    /// systems, contains nobody else; with the umask 002, everything that the user creates is writable by it. On files of root, it is
    /// the fsGroup of a volume.
    /// </summary>
    public bool CanOthersWrite =>
        Mode.HasFlag(UnixFileMode.OtherWrite)
        || (Mode.HasFlag(UnixFileMode.GroupWrite) && !(IsPrivateGroup && User == NativeFileSystem.GetEffectiveUser()));

    /// <summary>True if others can replace what is in the directory. They cannot if it is sticky.</summary>
    public bool CanOthersReplaceContents =>
        !Mode.HasFlag(UnixFileMode.StickyBit)
        && (Mode.HasFlag(UnixFileMode.OtherWrite) || (Mode.HasFlag(UnixFileMode.GroupWrite) && !IsPrivateGroup));

    private bool IsPrivateGroup => Group == NativeFileSystem.GetEffectiveUser() && Group == NativeFileSystem.GetEffectiveGroup();
}
