namespace ConvoxSsl.Scheduling;

/// <summary>Registers renewals as a line in the user's crontab.</summary>
/// <param name="userName">The user who owns the crontab, for messages.</param>
/// <param name="searchPath">The search path for programs, in the format of PATH.</param>
public sealed class CronScheduler(string userName, string? searchPath) : IRenewalScheduler
{
    private readonly ExternalProgram _crontab = new("crontab", searchPath);

    /// <inheritdoc/>
    public string GetLocation(string rack) => $"crontab of {userName}";

    /// <inheritdoc/>
    public Task<bool> IsAvailableAsync(CancellationToken ct) => Task.FromResult(_crontab.Path is not null);

    /// <inheritdoc/>
    public async Task<RenewalRegistration?> FindAsync(string rack, CancellationToken ct)
    {
        var crontab = await ReadAsync(ct).ConfigureAwait(false);
        return crontab.Find(rack) is { } line ? Describe(rack, line) : null;
    }

    /// <inheritdoc/>
    /// <remarks>cron records no runs.</remarks>
    public Task<RenewalRuns> ReadRunsAsync(RenewalRegistration registration, TimeProvider time, CancellationToken ct) =>
        Task.FromResult(new RenewalRuns(registration.Times?.GetNext(time.GetUtcNow(), time.LocalTimeZone)));

    /// <inheritdoc/>
    public async Task<RenewalRegistration> RegisterAsync(RenewalCommand command, RenewalTimes times, CancellationToken ct)
    {
        var crontab = (await ReadAsync(ct).ConfigureAwait(false)).With(command, times);
        await WriteAsync(crontab, ct).ConfigureAwait(false);
        return Describe(command.Rack, crontab.Find(command.Rack)!);
    }

    /// <inheritdoc/>
    public async Task UnregisterAsync(string rack, CancellationToken ct)
    {
        var crontab = await ReadAsync(ct).ConfigureAwait(false);
        if (crontab.Find(rack) is null)
        {
            throw RenewalRegistration.CreateNotRegisteredException(rack, $"a line of the {GetLocation(rack)}");
        }

        await WriteAsync(crontab.Without(rack), ct).ConfigureAwait(false);
    }

    private RenewalRegistration Describe(string rack, string line) =>
        new(rack, Crontab.FindTimes(line), GetLocation(rack), Crontab.FindCommand(line, rack));

    private async Task<Crontab> ReadAsync(CancellationToken ct)
    {
        var result = await _crontab.TryRunAsync(["-l"], default, ct).ConfigureAwait(false);
        if (result.ExitCode == 0)
        {
            return Crontab.Parse(result.Output);
        }

        // Only these two messages mean an empty crontab; the second is Busybox's. Any other failure must not lead to overwriting
        // an existing crontab.
        return result.Message.Contains("no crontab for", StringComparison.OrdinalIgnoreCase)
            || result.Message.Contains("No such file or directory", StringComparison.OrdinalIgnoreCase)
            ? Crontab.Parse([])
            : throw result.ToException();
    }

    private async Task WriteAsync(Crontab crontab, CancellationToken ct) =>
        await _crontab.RunAsync(crontab.IsEmpty ? ["-r"] : ["-"], crontab.ToBytes(), ct).ConfigureAwait(false);
}
