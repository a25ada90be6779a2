using System.Text.RegularExpressions;

namespace ConvoxSsl.Engine.Publishing.Reload;

/// <summary>Reloads the services of systemd with <c>systemctl</c>.</summary>
/// <param name="searchPath">The search path; null for that of the process.</param>
internal sealed partial class SystemdServiceManager(string? searchPath = null) : IServiceManager
{
    private const string Name = "systemctl";
    private const string Unit = ".service";

    // It never waits for a password, because nobody could enter one.
    private const string NoPassword = "--no-ask-password";

    private static readonly TimeSpan MaxLookup = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task RequireAsync(string service, CancellationToken ct)
    {
        if (!Names().IsMatch(service))
        {
            throw Unknown(service, "a name has letters, digits and the characters : _ . @ \\ -");
        }

        var lines = new List<string>();
        void Add(string line)
        {
            lock (lines)
            {
                lines.Add(line);
            }
        }

        var end = await ProgramRunner.RunAsync(Find(), ["show", "--property=LoadState", GetUnit(service)], MaxLookup, Add, ct)
            .ConfigureAwait(false);
        if (end.ExitCode != 0)
        {
            throw NotSupported($"systemctl reports: {end.LastLine?.TrimEnd('.') ?? $"exit code {end.ExitCode}"}");
        }

        // A masked service cannot be started, and one that has an error in its file cannot either.
        if (!lines.Contains("LoadState=loaded"))
        {
            throw Unknown(service, lines.Contains("LoadState=masked") ? "it is masked" : "systemd has no such service");
        }
    }

    /// <inheritdoc/>
    public async Task ReloadAsync(string service, bool restart, TimeSpan limit, Action<string> onLine, CancellationToken ct)
    {
        string[] arguments = [NoPassword, restart ? "restart" : "reload-or-restart", GetUnit(service)];
        var program = Find();
        var end = await ProgramRunner.RunAsync(program, arguments, limit, onLine, ct).ConfigureAwait(false);
        ReloadCommand.RequireSuccess(ProgramRunner.Format(program, arguments), end);
    }

    private string Find() => ProgramRunner.Find(Name, searchPath) ?? throw NotSupported("it does not have systemctl");

    private static string GetUnit(string service) => service.EndsWith(Unit, StringComparison.Ordinal) ? service : service + Unit;

    private static InvalidInputException Unknown(string service, string reason) =>
        new(ErrorCode.UnknownService, $"The service '{service}' is not valid because {reason}.", service);

    private static EngineException NotSupported(string reason) => new(
        ErrorCode.ServicesNotSupported,
        EngineErrorKind.InvalidState,
        $"Services of this machine cannot be reloaded because {reason}.",
        Name);

    [GeneratedRegex(@"^[A-Za-z0-9:_][A-Za-z0-9:_.@\\-]{0,254}$", RegexOptions.CultureInvariant)]
    private static partial Regex Names();
}

/// <summary>Reports that the services of this system are not supported.</summary>
internal sealed class UnsupportedServiceManager : IServiceManager
{
    /// <inheritdoc/>
    public Task RequireAsync(string service, CancellationToken ct) => Task.FromException(NotSupported(service));

    /// <inheritdoc/>
    public Task ReloadAsync(string service, bool restart, TimeSpan limit, Action<string> onLine, CancellationToken ct) =>
        Task.FromException(NotSupported(service));

    private static EngineException NotSupported(string service) => new(
        ErrorCode.ServicesNotSupported,
        EngineErrorKind.InvalidState,
        $"The service '{service}' cannot be reloaded because only services of systemd are supported.",
        service);
}
