using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Scripts;

/// <summary>
/// Reads the user's vaults with the session's Get-Secret, by default that of SecretManagement. A secret is passed to the DNS provider
/// only.
/// </summary>
/// <param name="commands">The session's commands.</param>
/// <param name="isInteractive">True if the user can be prompted to unlock a vault.</param>
internal sealed class SessionVault(CommandInvocationIntrinsics commands, bool isInteractive)
{
    private const string CommandName = "Get-Secret";
    private const CommandTypes Callable = CommandTypes.Cmdlet | CommandTypes.Function | CommandTypes.Alias;

    private static readonly string[] LockTerms = ["unlock", "is locked", "NonInteractive"];

    /// <summary>Reads the credential of a solver. Call this on the pipeline thread, because a vault can prompt for its password.</summary>
    /// <exception cref="EngineException">One of <see cref="VaultFailure"/>.</exception>
    /// <exception cref="InvalidInputException"><c>InvalidPluginArgs</c>: the type of a plugin argument is not supported.</exception>
    public DnsSecret Read(DnsSolver solver, VaultSecret secret)
    {
        var command = commands.GetCommand(CommandName, Callable) ?? throw VaultFailure.NotInstalled(solver, secret);
        var (output, errors) = Invoke(command, secret);
        if (output.Count > 0)
        {
            return ToSecret(solver, secret, output);
        }

        throw errors.Any(IsLockedVault) ? VaultFailure.Locked(solver, secret, isInteractive)
            : errors.FirstOrDefault(e => !IsNotFound(e)) is { } other ? VaultFailure.Other(solver, secret, FirstLine(other.ToString()))
            : VaultFailure.SecretNotFound(solver, secret);
    }

    // Omit -AsPlainText, so that no plain text is created. Warnings and errors are reported as the module's own.
    private static (IReadOnlyList<object> Output, IReadOnlyList<ErrorRecord> Errors) Invoke(CommandInfo command, VaultSecret secret)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand(CommandName).AddParameter("Name", secret.Name);
        if (secret.Vault is not null)
        {
            shell.AddParameter("Vault", secret.Vault);
        }

        if (command.Parameters?.ContainsKey("ErrorAction") == true)
        {
            shell.AddParameter("ErrorAction", ActionPreference.Continue);
        }

        try
        {
            var output = shell.Invoke().Where(o => o is not null).Select(o => o.BaseObject).ToArray();
            return (output, [.. shell.Streams.Error]);
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            return ([], [.. shell.Streams.Error, e.ErrorRecord]);
        }
    }

    private static DnsSecret ToSecret(DnsSolver solver, VaultSecret secret, IReadOnlyList<object> output) =>
        (output, solver.Settings?.SecretKind) switch
    {
        ([Hashtable arguments], DnsSecretKind.Arguments) => PluginArguments.Serialize(arguments),
        ([SecureString text], not DnsSecretKind.Arguments) => CreateSecret(solver, secret, new string(Secret.ToCharArray(text))),
        ([PSCredential credential], not DnsSecretKind.Arguments) =>
            CreateSecret(solver, secret, new string(Secret.ToCharArray(credential.Password))),
        ([string text], not DnsSecretKind.Arguments) => CreateSecret(solver, secret, text),
        ([var other], _) => throw VaultFailure.SecretInvalid(solver, secret, $"a {other.GetType().Name}"),
        _ => throw VaultFailure.SecretInvalid(solver, secret, $"a list of {output[0].GetType().Name}"),
    };

    private static DnsSecret CreateSecret(DnsSolver solver, VaultSecret secret, string text) =>
        text.Length > 0 ? new DnsSecret(text) : throw VaultFailure.SecretInvalid(solver, secret, "empty");

    // SecretManagement and non-interactive hosts throw specific exceptions; other vault modules only report a message.
    private static bool IsLockedVault(ErrorRecord error)
    {
        for (var cause = error.Exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HostException or NotImplementedException
                || cause.GetType().Name == "PasswordRequiredException"
                || MentionsLock(cause.Message))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MentionsLock(string message) =>
        LockTerms.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool IsNotFound(ErrorRecord error) => error.CategoryInfo.Category == ErrorCategory.ObjectNotFound;

    private static string FirstLine(string message) => message.Split('\n', 2)[0].Trim();
}
