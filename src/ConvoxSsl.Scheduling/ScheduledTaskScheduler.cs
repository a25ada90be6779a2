using System.Globalization;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Scheduling;

/// <summary>Registers renewals as a task of the Windows Task Scheduler.</summary>
/// <param name="user">The user who runs the task, as DOMAIN\name; null for the system account.</param>
/// <param name="searchPath">The search path for programs, in the format of PATH.</param>
public sealed class ScheduledTaskScheduler(string? user, string? searchPath) : IRenewalScheduler
{
    private readonly ExternalProgram _schtasks = new("schtasks", searchPath);

    /// <inheritdoc/>
    public string GetLocation(string rack) => $"task '{ScheduledTask.GetName(rack)}'";

    /// <inheritdoc/>
    public Task<bool> IsAvailableAsync(CancellationToken ct) => Task.FromResult(_schtasks.Path is not null);

    /// <inheritdoc/>
    public async Task<RenewalRegistration?> FindAsync(string rack, CancellationToken ct)
    {
        // schtasks reports errors in the user's language, so every failure counts as "no such task".
        var result = await _schtasks.TryRunAsync(["/Query", "/TN", ScheduledTask.GetName(rack), "/XML"], default, ct).ConfigureAwait(false);
        return result.ExitCode == 0
            ? new RenewalRegistration(
                rack,
                ScheduledTask.FindTimes(result.Output),
                GetLocation(rack),
                ScheduledTask.FindCommand(result.Output))
            : null;
    }

    /// <inheritdoc/>
    public async Task<RenewalRuns> ReadRunsAsync(RenewalRegistration registration, TimeProvider time, CancellationToken ct)
    {
        string[] arguments = ["/Query", "/TN", ScheduledTask.GetName(registration.Rack), "/V", "/FO", "CSV", "/NH"];
        var output = await _schtasks.RunAsync(arguments, default, ct).ConfigureAwait(false);
        return ScheduledTaskRuns.Parse(output, CultureInfo.CurrentCulture, time.LocalTimeZone);
    }

    /// <inheritdoc/>
    public async Task<RenewalRegistration> RegisterAsync(RenewalCommand command, RenewalTimes times, CancellationToken ct)
    {
        var definition = ScheduledTask.CreateDefinition(command, times, user);
        var directory = Directory.CreateTempSubdirectory("convoxssl-");
        try
        {
            var file = Path.Combine(directory.FullName, "task.xml");
            await AtomicFile.CreatePrivateAsync(file, definition, ct).ConfigureAwait(false);
            string[] arguments = ["/Create", "/TN", ScheduledTask.GetName(command.Rack), "/XML", file, "/F"];
            await _schtasks.RunAsync(arguments, default, ct).ConfigureAwait(false);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        return new RenewalRegistration(command.Rack, times, GetLocation(command.Rack), ScheduledTask.FindCommand(definition));
    }

    /// <inheritdoc/>
    public async Task UnregisterAsync(string rack, CancellationToken ct)
    {
        if (await FindAsync(rack, ct).ConfigureAwait(false) is null)
        {
            throw RenewalRegistration.CreateNotRegisteredException(rack, GetLocation(rack));
        }

        await _schtasks.RunAsync(["/Delete", "/TN", ScheduledTask.GetName(rack), "/F"], default, ct).ConfigureAwait(false);
    }
}
