using System.Text;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Scheduling;

/// <summary>Registers renewals as a systemd timer of the user or of the system.</summary>
/// <param name="directory">The directory of the unit files.</param>
/// <param name="system">True for system units, false for user units.</param>
/// <param name="searchPath">The search path for programs, in the format of PATH.</param>
public sealed class SystemdScheduler(string directory, bool system, string? searchPath) : IRenewalScheduler
{
    private readonly ExternalProgram _systemctl = new("systemctl", searchPath);

    /// <summary>The directory of system units created by the administrator.</summary>
    public const string SystemDirectory = "/etc/systemd/system";

    /// <summary>Returns the directory of user units (systemd.unit(5)).</summary>
    /// <param name="configHome">The value of XDG_CONFIG_HOME, or null.</param>
    public static string GetUserDirectory(string? configHome) => Path.Combine(
        configHome is { Length: > 0 }
            ? configHome
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"),
        "systemd",
        "user");

    /// <inheritdoc/>
    public string GetLocation(string rack) => Path.Combine(directory, GetTimerName(rack));

    /// <inheritdoc/>
    public async Task<bool> IsAvailableAsync(CancellationToken ct)
    {
        if (_systemctl.Path is null)
        {
            return false;
        }

        var result = await _systemctl.TryRunAsync(CreateArguments("show", "--property=Version"), default, ct).ConfigureAwait(false);
        return result.ExitCode == 0;
    }

    /// <inheritdoc/>
    public async Task<RenewalRegistration?> FindAsync(string rack, CancellationToken ct)
    {
        var units = await UnitFiles.ReadAsync(GetLocation(rack), GetServicePath(rack), ct).ConfigureAwait(false);
        return units.Timer is null && units.Service is null
            ? null
            : new RenewalRegistration(
                rack,
                SystemdUnits.FindTimes(units.Timer ?? string.Empty),
                GetLocation(rack),
                SystemdUnits.FindCommand(units.Service ?? string.Empty));
    }

    /// <inheritdoc/>
    public async Task<RenewalRuns> ReadRunsAsync(RenewalRegistration registration, TimeProvider time, CancellationToken ct)
    {
        var timer = await ShowAsync(GetTimerName(registration.Rack), SystemdRuns.TimerProperties, ct).ConfigureAwait(false);
        var service = await ShowAsync(
            SystemdUnits.GetName(registration.Rack) + ".service", SystemdRuns.ServiceProperties, ct).ConfigureAwait(false);
        return SystemdRuns.Parse(timer, service, time.LocalTimeZone);
    }

    /// <inheritdoc/>
    public async Task<RenewalRegistration> RegisterAsync(RenewalCommand command, RenewalTimes times, CancellationToken ct)
    {
        var rack = command.Rack;
        var before = await UnitFiles.ReadAsync(GetLocation(rack), GetServicePath(rack), ct).ConfigureAwait(false);
        var after = before with
        {
            Timer = SystemdUnits.CreateTimer(command, times),
            Service = SystemdUnits.CreateService(command, system),
        };
        try
        {
            await after.WriteAsync(ct).ConfigureAwait(false);
            await RunAsync(ct, "daemon-reload").ConfigureAwait(false);
            await RunAsync(ct, "enable", GetTimerName(rack)).ConfigureAwait(false);

            // A timer that is already active would keep its old times.
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

    // A cancelled registration is undone too, so the caller's token is not used. Errors here would hide the first one.
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

    private async Task<string> ShowAsync(string unit, string properties, CancellationToken ct) => Encoding.UTF8.GetString(
        await _systemctl.RunAsync(CreateArguments("show", unit, $"--property={properties}"), default, ct).ConfigureAwait(false));

    private async Task RunAsync(CancellationToken ct, params string[] arguments) =>
        await _systemctl.RunAsync(CreateArguments(arguments), default, ct).ConfigureAwait(false);

    private string[] CreateArguments(params string[] arguments) =>
        [system ? "--system" : "--user", "--no-ask-password", .. arguments];

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
            await AtomicFile.TryReadAsync(path, ct).ConfigureAwait(false) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

        private static async Task WriteAsync(string path, string? text, CancellationToken ct)
        {
            if (text is null)
            {
                AtomicFile.Remove(path);
                return;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await AtomicFile.WritePrivateAsync(path, Encoding.UTF8.GetBytes(text), ct).ConfigureAwait(false);
            if (!OperatingSystem.IsWindows())
            {
                // systemd warns about units that are not world-readable. They contain no secret.
                const UnixFileMode OwnerWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                File.SetUnixFileMode(path, OwnerWrites | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            }
        }
    }
}
