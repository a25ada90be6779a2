using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Scripts;

/// <summary>
/// The user's vaults, read as a script of the session would: with its Get-Secret, which is SecretManagement's unless the
/// session has another. What it gives goes to the provider, and nowhere else.
/// </summary>
/// <param name="commands">The session's commands.</param>
/// <param name="isInteractive">Whether somebody is there to unlock a vault.</param>
internal sealed class SessionVault(CommandInvocationIntrinsics commands, bool isInteractive)
{
    private const string CommandName = "Get-Secret";
    private const CommandTypes Callable = CommandTypes.Cmdlet | CommandTypes.Function | CommandTypes.Alias;

    private static readonly string[] LockedWords = ["unlock", "is locked", "NonInteractive"];

    /// <summary>The credential of a solver. On the pipeline thread, because a vault may ask for its password there.</summary>
    /// <exception cref="EngineException">One of <see cref="VaultFailure"/>.</exception>
    /// <exception cref="InvalidInputException"><c>InvalidPluginArgs</c>: a plugin's argument can't be used.</exception>
    public DnsSecret Read(DnsSolver solver, VaultSecret secret)
    {
        var command = commands.GetCommand(CommandName, Callable) ?? throw VaultFailure.NotInstalled(solver, secret);
        var (output, errors) = Invoke(command, secret);
        if (output.Count > 0)
        {
            return ToSecret(solver, secret, output);
        }

        throw errors.Any(IsOfLockedVault) ? VaultFailure.Locked(solver, secret, isInteractive)
            : errors.FirstOrDefault(e => !IsNotFound(e)) is { } other ? VaultFailure.Other(solver, secret, FirstLine(other.ToString()))
            : VaultFailure.SecretNotFound(solver, secret);
    }

    // Without -AsPlainText, so that no text is made of it on the way. Its warnings and errors are told in the module's own words.
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

    private static DnsSecret ToSecret(DnsSolver solver, VaultSecret secret, IReadOnlyList<object> output) => (output, solver.PoshAcme) switch
    {
        ([Hashtable arguments], not null) => PluginArguments.Serialize(arguments),
        ([SecureString text], null) => Text(solver, secret, new string(Secret.ToCharArray(text))),
        ([PSCredential credential], null) => Text(solver, secret, new string(Secret.ToCharArray(credential.Password))),
        ([string text], null) => Text(solver, secret, text),
        ([var other], _) => throw VaultFailure.SecretInvalid(solver, secret, $"a {other.GetType().Name}"),
        _ => throw VaultFailure.SecretInvalid(solver, secret, $"a list of {output[0].GetType().Name}"),
    };

    private static DnsSecret Text(DnsSolver solver, VaultSecret secret, string text) =>
        text.Length > 0 ? new DnsSecret(text) : throw VaultFailure.SecretInvalid(solver, secret, "empty");

    // Vaults are modules of many makers: SecretManagement has an exception for this, a host that can't prompt another, and
    // the rest say it in words.
    private static bool IsOfLockedVault(ErrorRecord error)
    {
        for (var cause = error.Exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HostException or NotImplementedException || cause.GetType().Name == "PasswordRequiredException" || SpeaksOfLock(cause.Message))
            {
                return true;
            }
        }

        return false;
    }

    private static bool SpeaksOfLock(string message) =>
        LockedWords.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool IsNotFound(ErrorRecord error) => error.CategoryInfo.Category == ErrorCategory.ObjectNotFound;

    private static string FirstLine(string message) => message.Split('\n', 2)[0].Trim();
}
