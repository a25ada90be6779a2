using System.Globalization;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Engine.Storage;

/// <summary>
/// The owner, group and mode that a Unix file gets when it is written. Where one is null, a replaced file keeps its own, and a new file
/// has the default.
/// </summary>
/// <param name="User">The id of the owner.</param>
/// <param name="Group">The id of the group.</param>
/// <param name="Mode">The mode.</param>
public sealed partial record FilePermissions(uint? User, uint? Group, UnixFileMode? Mode)
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Keeps the owner, group and mode of a replaced file.</summary>
    public static FilePermissions Unchanged { get; } = new(null, null, null);

    /// <summary>True if a mode lets users outside of the owner and the group read or change a file.</summary>
    internal static bool IsOpen(UnixFileMode? mode) => (mode & Others) is not (null or UnixFileMode.None);

    /// <summary>The mode of a directory for files with these permissions: those who can read the files can list and enter it.</summary>
    internal UnixFileMode DirectoryMode =>
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | (Mode?.HasFlag(UnixFileMode.GroupRead) is true ? UnixFileMode.GroupRead | UnixFileMode.GroupExecute : UnixFileMode.None)
        | (Mode?.HasFlag(UnixFileMode.OtherRead) is true ? UnixFileMode.OtherRead | UnixFileMode.OtherExecute : UnixFileMode.None);

    /// <summary>Parses a user, a group and a mode; null for each that was not given.</summary>
    /// <param name="owner">The name or number of the user.</param>
    /// <param name="group">The name or number of the group.</param>
    /// <param name="mode">The mode in octal digits, such as <c>0640</c>.</param>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidOwner</c>, <c>InvalidGroup</c>, <c>InvalidMode</c>; <c>InvalidParameters</c>: Windows has no such permissions.
    /// </exception>
    public static FilePermissions Parse(string? owner, string? group, string? mode)
    {
        if (OperatingSystem.IsWindows() && (owner ?? group ?? mode) is { } value)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidParameters, $"'{value}' is not valid because files on Windows have access lists.", value)
            {
                Remedy = "Set the access list of the directory, which its files inherit.",
            };
        }

        return new FilePermissions(
            owner is null ? null : FindUser(owner), group is null ? null : FindGroup(group), mode is null ? null : ParseMode(mode));
    }

    /// <summary>Checks that the current user may give files the owner, as far as that is known without a file.</summary>
    /// <exception cref="EngineException"><c>OwnerNotChangeable</c>.</exception>
    public void RequireOwnerChangeable()
    {
        if (User is { } user && !OperatingSystem.IsWindows() && !Environment.IsPrivilegedProcess
            && user != NativeFileSystem.GetEffectiveUser())
        {
            throw new EngineException(
                ErrorCode.OwnerNotChangeable, EngineErrorKind.Denied, $"Only root can give files the owner {user}.", user)
            {
                Remedy = "Run the command as root.",
            };
        }
    }

    private static uint FindUser(string owner) =>
        ParseNumber(owner) ?? NativeAccounts.FindUser(owner) ?? throw new InvalidInputException(
            ErrorCode.InvalidOwner, $"The owner '{owner}' is not valid because this machine has no such user.", owner)
        {
            Remedy = "Give the name or number of a user.",
        };

    private static uint FindGroup(string group) =>
        ParseNumber(group) ?? NativeAccounts.FindGroup(group) ?? throw new InvalidInputException(
            ErrorCode.InvalidGroup, $"The group '{group}' is not valid because this machine has no such group.", group)
        {
            Remedy = "Give the name or number of a group.",
        };

    // The largest number means "unchanged" to the system.
    private static uint? ParseNumber(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < uint.MaxValue ? number : null;

    private static UnixFileMode ParseMode(string mode)
    {
        if (!Digits().IsMatch(mode))
        {
            throw InvalidMode(mode, "it is not three octal digits");
        }

        var parsed = (UnixFileMode)Convert.ToInt32(mode, 8);
        return parsed.HasFlag(UnixFileMode.UserRead) ? parsed : throw InvalidMode(mode, "the owner could not read the files");
    }

    private static InvalidInputException InvalidMode(string mode, string reason) =>
        new(ErrorCode.InvalidMode, $"The mode '{mode}' is not valid because {reason}.", mode)
        {
            Remedy = "Give a mode such as 0600, 0640 or 0644.",
        };

    [GeneratedRegex("^0?[0-7]{3}$", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
