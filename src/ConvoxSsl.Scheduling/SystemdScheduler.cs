using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Scheduling;

/// <summary>Registers renewals as a systemd timer, the user's own or the system's.</summary>
/// <param name="directory">Where unit files lie.</param>
/// <param name="system">Whether they are the system's.</param>
/// <param name="searchPath">Where programs are found, as PATH names it.</param>
public sealed class SystemdScheduler(string directory, bool system, string? searchPath) : IRenewalScheduler
{
    private readonly ExternalProgram _systemctl = new("systemctl", searchPath);

    /// <summary>The directory of the system's units that administrators write.</summary>
    public const string SystemDirectory = "/etc/systemd/system";

    /// <summary>The directory of a user's units (systemd.unit(5)).</summary>
    /// <param name="configHome">The value of XDG_CONFIG_HOME, or null.</param>
    public static string GetUserDirectory(string? configHome) => Path.Combine(
        configHome is { Length: > 0 } ? configHome : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"), "systemd", "user");

    /// <inheritdoc/>
    public string GetLocation(string rack) => Path.Combine(directory, GetTimerName(rack));

    /// <inheritdoc/>
    public async Task<bool> IsAvailableAsync(CancellationToken ct)
    {
        if (_systemctl.Path is null)
        {
            return false;
        }

        var answer = await _systemctl.TryRunAsync(CreateArguments("show", "--property=Version"), default, ct).ConfigureAwait(false);
        return answer.ExitCode == 0;
    }

    /// <inheritdoc/>
    public async Task<RenewalRegistration?> FindAsync(string rack, CancellationToken ct)
    {
        var units = await UnitFiles.ReadAsync(GetLocation(rack), GetServicePath(rack), ct).ConfigureAwait(false);
        return units.Timer is null && units.Service is null
            ? null
            : new RenewalRegistration(
                rack, SystemdUnits.FindTimes(units.Timer ?? string.Empty), GetLocation(rack), SystemdUnits.FindCommand(units.Service ?? string.Empty));
    }

    /// <inheritdoc/>
    public async Task<RenewalRegistration> RegisterAsync(RenewalCommand command, RenewalTimes times, CancellationToken ct)
    {
        var rack = command.Rack;
        var before = await UnitFiles.ReadAsync(GetLocation(rack), GetServicePath(rack), ct).ConfigureAwait(false);
        var after = before with { Timer = SystemdUnits.CreateTimer(command, times), Service = SystemdUnits.CreateService(command, system) };
        try
        {
            await after.WriteAsync(ct).ConfigureAwait(false);
            await RunAsync(ct, "daemon-reload").ConfigureAwait(false);
            await RunAsync(ct, "enable", GetTimerName(rack)).ConfigureAwait(false);

            // A timer that runs already would go on with its old times.
            await RunAsync(ct, "restart", GetTimerName(rack)).ConfigureAwait(false);
        }
        catch
        {
            await UndoAsync(before, GetTimerName(rack)).ConfigureAwait(false);
            throw;
        }

        return new RenewalRegistration(rack, times, GetLocation(rack), SystemdUnits.FindCommand(after.Service));
    }

    /// <inheritdoc/>
    public async Task UnregisterAsync(string rack, CancellationToken ct)
    {
        var units = await UnitFiles.ReadAsync(GetLocation(rack), GetServicePath(rack), ct).ConfigureAwait(false);
        if (units is { Timer: null, Service: null })
        {
            throw RenewalRegistration.CreateNotRegisteredException(rack, GetLocation(rack));
        }

        if (units.Timer is not null)
        {
            await RunAsync(ct, "disable", "--now", GetTimerName(rack)).ConfigureAwait(false);
        }

        await (units with { Timer = null, Service = null }).WriteAsync(ct).ConfigureAwait(false);
        await RunAsync(ct, "daemon-reload").ConfigureAwait(false);
    }

    // With no token of the caller's: a run that was stopped is undone all the same. Its own failure would hide the first.
    private async Task UndoAsync(UnitFiles before, string timer)
    {
        if (before.Timer is null && _systemctl.Path is not null)
        {
            await _systemctl.TryRunAsync(CreateArguments("disable", "--now", timer), default, CancellationToken.None).ConfigureAwait(false);
        }

        await before.WriteAsync(CancellationToken.None).ConfigureAwait(false);
        if (_systemctl.Path is not null)
        {
            await _systemctl.TryRunAsync(CreateArguments("daemon-reload"), default, CancellationToken.None).ConfigureAwait(false);
        }

        if (before.Timer is not null && _systemctl.Path is not null)
        {
            await _systemctl.TryRunAsync(CreateArguments("restart", timer), default, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(CancellationToken ct, params string[] arguments) =>
        await _systemctl.RunAsync(CreateArguments(arguments), default, ct).ConfigureAwait(false);

    private string[] CreateArguments(params string[] arguments) => [system ? "--system" : "--user", "--no-ask-password", .. arguments];

    private string GetServicePath(string rack) => Path.Combine(directory, SystemdUnits.GetName(rack) + ".service");

    private static string GetTimerName(string rack) => SystemdUnits.GetName(rack) + ".timer";

    private sealed record UnitFiles(string TimerPath, string ServicePath, string? Timer, string? Service)
    {
        public static async Task<UnitFiles> ReadAsync(string timer, string service, CancellationToken ct) =>
            new(timer, service, await ReadAsync(timer, ct).ConfigureAwait(false), await ReadAsync(service, ct).ConfigureAwait(false));

        public async Task WriteAsync(CancellationToken ct)
        {
            await WriteAsync(ServicePath, Service, ct).ConfigureAwait(false);
            await WriteAsync(TimerPath, Timer, ct).ConfigureAwait(false);
        }

        private static async Task<string?> ReadAsync(string path, CancellationToken ct) =>
            await AtomicFile.TryReadAsync(path, ct).ConfigureAwait(false) is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : null;

        private static async Task WriteAsync(string path, string? text, CancellationToken ct)
        {
            if (text is null)
            {
                AtomicFile.Remove(path);
                return;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await AtomicFile.WritePrivateAsync(path, System.Text.Encoding.UTF8.GetBytes(text), ct).ConfigureAwait(false);
            if (!OperatingSystem.IsWindows())
            {
                // systemd complains of units that not everybody may read, as they hold nothing secret.
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            }
        }
    }
}
