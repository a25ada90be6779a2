using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>The directory of a rack. It is used only if nobody except the current user and root can change it.</summary>
/// <param name="location">The full path.</param>
internal sealed class RackDirectory(string location)
{
    // Scripts, commands and credentials come from these. The other files are in the root, and only its owner can create files there.
    private static readonly string[] Contents =
        ["certificates", "secrets", "accounts", "orders", "locks", "solvers.json", "webhook.json", "targets.json"];

    private const string Check = "Check that nobody else has changed the rack.";

    private volatile bool _isTrusted;

    /// <summary>The full path.</summary>
    public string Location => location;

    /// <summary>Checks that the directory can be read as a rack; returns false if it is not a rack yet.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidRack</c>: the path or a parent of it is a file.</exception>
    /// <exception cref="EngineException"><c>RackNotTrusted</c>, <c>RackTooNew</c>, <c>RackDamaged</c>.</exception>
    public Task<bool> RequireReadableAsync(CancellationToken ct)
    {
        if (!_isTrusted)
        {
            RequireTrusted();
        }

        return RackFormat.RequireReadableAsync(location, ct);
    }

    /// <summary>
    /// Checks who can change the rack, and moves it from the root of its volume if it is still there. The result is not taken from an
    /// earlier check.
    /// </summary>
    /// <exception cref="EngineException"><c>RackNotTrusted</c>.</exception>
    public void RequireTrusted()
    {
        var trust = new PathTrust();
        var path = Path.TrimEndingDirectorySeparator(location);
        Require(trust.Find(path));
        if (VolumeRack.Move(path) is { } foreign)
        {
            Require(foreign);
        }

        foreach (var name in Contents)
        {
            Require(trust.Find(Path.Combine(path, name)));
        }

        _isTrusted = true;
    }

    private void Require(UntrustedPath? untrusted)
    {
        if (untrusted is null)
        {
            return;
        }

        var reason = untrusted.IsOwnedByOther
            ? $"'{untrusted.Path}' belongs to the user with the id {untrusted.Status.User}"
            : $"other users can write to '{untrusted.Path}'";
        throw new EngineException(
            ErrorCode.RackNotTrusted,
            EngineErrorKind.Denied,
            $"The rack '{location}' is not used, because {reason}. Whoever can change a rack can run scripts as the user who renews.",
            untrusted.Path) { Remedy = Advise(untrusted) };
    }

    private static Remedy Advise(UntrustedPath untrusted)
    {
        if (VolumeRack.IsVolume(untrusted))
        {
            return Remedy.Join(Check, new Remedy("RackNotTrusted.Volume", Path.Combine(untrusted.Path, VolumeRack.DirectoryName)));
        }

        return Remedy.FromText((untrusted.IsOwnedByOther, untrusted.IsParent) switch
        {
            (true, true) => "Use a rack in a directory that belongs to this user, or run this command as the user who owns the rack.",
            (true, false) => $"{Check} Then run 'chown -R {NativeFileSystem.GetEffectiveUser()} {untrusted.Path}' as root, or run this "
                + "command as its owner.",
            (false, true) => $"Run 'chmod go-w {untrusted.Path}', or use a rack in another directory.",
            (false, false) => $"{Check} Then run 'chmod go-w {untrusted.Path}'.",
        });
    }
}
