namespace ConvoxSsl.Engine.Publishing.Reload;

/// <summary>Reloads the services of this machine.</summary>
public interface IServiceManager
{
    /// <summary>Checks that a service exists.</summary>
    /// <exception cref="InvalidInputException"><c>UnknownService</c>.</exception>
    /// <exception cref="EngineException"><c>ServicesNotSupported</c>: the service manager of this machine is not supported.</exception>
    Task RequireAsync(string service, CancellationToken ct);

    /// <summary>Reloads a service, or restarts it if it cannot reload.</summary>
    /// <param name="service">The name of the service.</param>
    /// <param name="restart">True to restart it in any case.</param>
    /// <param name="limit">The time limit.</param>
    /// <param name="onLine">Receives each line of output, from any thread.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>ReloadFailed</c>, <c>ServicesNotSupported</c>.</exception>
    Task ReloadAsync(string service, bool restart, TimeSpan limit, Action<string> onLine, CancellationToken ct);
}
