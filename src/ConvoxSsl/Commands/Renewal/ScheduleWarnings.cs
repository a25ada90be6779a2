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
