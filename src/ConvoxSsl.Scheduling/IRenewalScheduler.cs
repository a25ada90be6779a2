using ConvoxSsl.Engine;

namespace ConvoxSsl.Scheduling;

/// <summary>A program of the operating system that runs renewals. A rack has at most one registration with each.</summary>
public interface IRenewalScheduler
{
    /// <summary>Where the registration of a rack is, or would be.</summary>
    /// <param name="rack">The rack's location.</param>
    string GetLocation(string rack);

    /// <summary>Whether it works on this machine and for this user.</summary>
    /// <param name="ct">Ends the wait.</param>
    Task<bool> IsAvailableAsync(CancellationToken ct);

    /// <summary>The registration of a rack, or null.</summary>
    /// <param name="rack">The rack's location.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="EngineException"><c>SchedulerNotFound</c>, <c>SchedulerFailed</c>.</exception>
    Task<RenewalRegistration?> FindAsync(string rack, CancellationToken ct);

    /// <summary>Registers a rack's renewals, in place of a registration that is there.</summary>
    /// <param name="command">What is run.</param>
    /// <param name="times">When.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="EngineException"><c>SchedulerNotFound</c>, <c>SchedulerFailed</c>: nothing is registered that was not before.</exception>
    Task<RenewalRegistration> RegisterAsync(RenewalCommand command, RenewalTimes times, CancellationToken ct);

    /// <summary>Removes the registration of a rack, and nothing else.</summary>
    /// <param name="rack">The rack's location.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="EngineException"><c>RenewalNotRegistered</c>, <c>SchedulerNotFound</c>, <c>SchedulerFailed</c>.</exception>
    Task UnregisterAsync(string rack, CancellationToken ct);
}

/// <summary>A registration that a scheduler has.</summary>
/// <param name="Rack">The rack's location.</param>
/// <param name="Times">When it runs; null where somebody has changed it to times of their own.</param>
/// <param name="Location">The unit, crontab or task that it is.</param>
/// <param name="Command">What is run, in the scheduler's own writing.</param>
public sealed record RenewalRegistration(string Rack, RenewalTimes? Times, string Location, string Command)
{
    internal static EngineException CreateNotRegisteredException(string rack, string location) => new(
        ErrorCode.RenewalNotRegistered,
        EngineErrorKind.NotFound,
        $"No renewals of rack '{rack}' are registered as {location}. Get-ConvoxRenewal shows where some are.",
        rack);
}
