using ConvoxSsl.Engine;

namespace ConvoxSsl.Scheduling;

/// <summary>A scheduler of the operating system that runs renewals. It has at most one registration per rack.</summary>
public interface IRenewalScheduler
{
    /// <summary>Returns the location of the registration of a rack, whether it exists or not.</summary>
    /// <param name="rack">The rack's location.</param>
    string GetLocation(string rack);

    /// <summary>Returns true if the scheduler works on this machine and for this user.</summary>
    Task<bool> IsAvailableAsync(CancellationToken ct);

    /// <summary>Finds the registration of a rack, or returns null.</summary>
    /// <param name="rack">The rack's location.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>SchedulerNotFound</c>, <c>SchedulerFailed</c>.</exception>
    Task<RenewalRegistration?> FindAsync(string rack, CancellationToken ct);

    /// <summary>Reads the next and the last run of a registration, as far as the scheduler records them.</summary>
    /// <param name="registration">The registration.</param>
    /// <param name="time">The clock, with the time zone of the machine.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>SchedulerNotFound</c>, <c>SchedulerFailed</c>.</exception>
    Task<RenewalRuns> ReadRunsAsync(RenewalRegistration registration, TimeProvider time, CancellationToken ct);

    /// <summary>Registers the renewals of a rack. Replaces an existing registration.</summary>
    /// <param name="command">The command to run.</param>
    /// <param name="times">The times of day.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>SchedulerNotFound</c>, <c>SchedulerFailed</c>: the previous registration stays.</exception>
    Task<RenewalRegistration> RegisterAsync(RenewalCommand command, RenewalTimes times, CancellationToken ct);

    /// <summary>Removes the registration of a rack.</summary>
    /// <param name="rack">The rack's location.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>RenewalNotRegistered</c>, <c>SchedulerNotFound</c>, <c>SchedulerFailed</c>.</exception>
    Task UnregisterAsync(string rack, CancellationToken ct);
}

/// <summary>A registration of renewals with a scheduler.</summary>
/// <param name="Rack">The rack's location.</param>
/// <param name="Times">The times of day; null if the user has changed them.</param>
/// <param name="Location">The unit, crontab or task.</param>
/// <param name="Command">The command in the scheduler's own syntax.</param>
public sealed record RenewalRegistration(string Rack, RenewalTimes? Times, string Location, string Command)
{
    internal static EngineException CreateNotRegisteredException(string rack, string location) => new(
        ErrorCode.RenewalNotRegistered,
        EngineErrorKind.NotFound,
        $"No renewals of rack '{rack}' are registered as {location}.",
        rack);
}
