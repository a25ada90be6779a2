using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Publishing.Reload;

/// <summary>Reloads servers: a service, or a program that does so.</summary>
/// <param name="services">The services of this machine.</param>
internal sealed class ReloadCommand(IServiceManager services)
{
    /// <summary>The default of the time limit.</summary>
    public static readonly TimeSpan DefaultTimeLimit = TimeSpan.FromMinutes(1);

    /// <summary>Returns the service manager of this system.</summary>
    public static IServiceManager CreateServiceManager() =>
        OperatingSystem.IsLinux() ? new SystemdServiceManager() : new UnsupportedServiceManager();

    /// <summary>Checks that the service or the program exists.</summary>
    /// <exception cref="InvalidInputException"><c>UnknownService</c>, <c>CommandNotFound</c>.</exception>
    /// <exception cref="EngineException"><c>ServicesNotSupported</c>.</exception>
    public async Task RequireAsync(TargetReload reload, CancellationToken ct)
    {
        if (reload.Service is { } service)
        {
            await services.RequireAsync(service, ct).ConfigureAwait(false);
        }
        else if (reload.Command is { } command)
        {
            ReloadProgram.Find(command);
        }
    }

    /// <summary>Reloads a server.</summary>
    /// <param name="reload">The service or the command.</param>
    /// <param name="limit">The time limit.</param>
    /// <param name="onLine">Receives each line of output, from any thread.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>ReloadFailed</c>, <c>ServicesNotSupported</c>.</exception>
    public async Task RunAsync(TargetReload reload, TimeSpan limit, Action<string> onLine, CancellationToken ct)
    {
        if (reload.Service is { } service)
        {
            await services.ReloadAsync(service, reload.Restart, limit, onLine, ct).ConfigureAwait(false);
        }
        else if (reload.Command is { } command)
        {
            var end = await ProgramRunner.RunAsync(command, reload.Arguments, limit, onLine, ct).ConfigureAwait(false);
            RequireSuccess(ProgramRunner.Format(command, reload.Arguments), end);
        }
    }

    /// <exception cref="EngineException"><c>ReloadFailed</c>.</exception>
    internal static void RequireSuccess(string commandLine, ProgramEnd end)
    {
        if (end.ExitCode != 0)
        {
            throw new EngineException(
                ErrorCode.ReloadFailed,
                EngineErrorKind.InvalidState,
                $"'{commandLine}' failed with exit code {end.ExitCode}: {end.LastLine?.TrimEnd('.') ?? "it wrote no message"}.",
                commandLine);
        }
    }
}
