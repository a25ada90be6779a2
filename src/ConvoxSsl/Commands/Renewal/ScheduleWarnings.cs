using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Commands;

/// <summary>Finds conditions under which a scheduled renewal would not run as expected.</summary>
internal static class ScheduleWarnings
{
    private const string LingerDirectory = "/var/lib/systemd/linger";

    /// <summary>Finds the warning for a rack that several schedulers renew; null if there is none.</summary>
    /// <param name="schedulers">The schedulers that have a registration of the rack.</param>
    /// <param name="rack">The name of the rack.</param>
    /// <param name="wanted">The scheduler that the user has just chosen, or null.</param>
    public static string? FindSeveral(IReadOnlyList<ConvoxScheduler> schedulers, string rack, ConvoxScheduler? wanted) =>
        schedulers.Count < 2
            ? null
            : $"Renewals of rack '{rack}' are scheduled with {string.Join(" and ", schedulers)}, so they run twice. To remove one, use "
                + $"Unregister-ConvoxRenewal {schedulers.First(scheduler => scheduler != wanted)} -Rack '{rack}'.";

    /// <summary>Finds the warning for targets whose services the schedule may not reload; null if there are none.</summary>
    /// <param name="targets">The targets of the rack.</param>
    /// <param name="machine">The name of this machine.</param>
    /// <param name="isPrivileged">True if the schedule runs as root or as an administrator.</param>
    public static string? FindServices(IEnumerable<CertificateTarget> targets, string machine, bool isPrivileged)
    {
        var services = targets
            .Where(target => target.IsOf(machine))
            .Select(target => target.Reload?.Service)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        return isPrivileged || services.Length == 0
            ? null
            : $"The schedule runs as {Environment.UserName}, who may reload {string.Join(", ", services)} only if a polkit rule allows it. "
                + "Otherwise, run Register-ConvoxRenewal as root.";
    }

    /// <summary>Finds the warnings for a new registration.</summary>
    public static IEnumerable<string> Find(ConvoxScheduler scheduler, bool isSystemWide, ConvoxRack rack)
    {
        if (rack.Kind == ConvoxRackKind.Local && !Directory.Exists(rack.Location))
        {
            yield return $"There is no rack at '{rack.Location}' yet. It is created with its first certificate; "
                + "if you expected a rack there, check -Rack.";
        }

        if (isSystemWide)
        {
            yield break;
        }

        if (scheduler == ConvoxScheduler.Systemd && !File.Exists(Path.Combine(LingerDirectory, Environment.UserName)))
        {
            yield return "A user's timers run only while the user is logged in. To run them always, use 'loginctl enable-linger'.";
        }
        else if (scheduler == ConvoxScheduler.ScheduledTask)
        {
            yield return "The task runs only while you are logged on. To run it always, select 'Run whether user is logged on or not' "
                + "in the Task Scheduler, which requires your password.";
        }
    }
}
