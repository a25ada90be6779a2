using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Scheduling;

/// <summary>Registers renewals as a task of the Windows Task Scheduler.</summary>
/// <param name="user">Who runs it, as DOMAIN\name; null for the system account.</param>
/// <param name="searchPath">Where programs are found, as PATH names it.</param>
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
        // It says in the user's own language why it shows nothing, so every failure is taken for "no such task".
        var shown = await _schtasks.TryRunAsync(["/Query", "/TN", ScheduledTask.GetName(rack), "/XML"], default, ct).ConfigureAwait(false);
        return shown.ExitCode == 0
            ? new RenewalRegistration(rack, ScheduledTask.FindTimes(shown.Output), GetLocation(rack), ScheduledTask.FindCommand(shown.Output))
            : null;
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
            await _schtasks.RunAsync(["/Create", "/TN", ScheduledTask.GetName(command.Rack), "/XML", file, "/F"], default, ct).ConfigureAwait(false);
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
