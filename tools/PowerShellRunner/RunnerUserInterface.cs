using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace PowerShellRunner;

/// <summary>Writes output to standard output, all else to standard error, and asks where somebody can answer.</summary>
internal sealed class RunnerUserInterface(bool canPrompt) : PSHostUserInterface
{
    public override PSHostRawUserInterface RawUI { get; } = new RunnerRawUserInterface(canPrompt);

    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected;

    /// <summary>Whether the last line of output is an empty one, as after a table.</summary>
    public bool IsAfterGap { get; private set; } = true;

    // Formatting colours its text whatever the screen, and leaves it to the host to take that out again.
    public override void Write(string value) => Console.Out.Write(GetOutputString(value, SupportsVirtualTerminal));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value)
    {
        Console.Out.WriteLine(GetOutputString(value, SupportsVirtualTerminal));
        IsAfterGap = value.Length == 0;
    }

    public override void WriteErrorLine(string value) => Console.Error.WriteLine(GetOutputString(value, !Console.IsErrorRedirected));

    public override void WriteDebugLine(string message) => WriteErrorLine($"DEBUG: {message}");

    public override void WriteVerboseLine(string message) => WriteErrorLine($"VERBOSE: {message}");

    public override void WriteWarningLine(string message) => WriteErrorLine($"WARNING: {message}");

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (record.RecordType == ProgressRecordType.Processing)
        {
            WriteErrorLine($"PROGRESS: {record.Activity}: {record.StatusDescription}{(record.PercentComplete >= 0 ? $" ({record.PercentComplete}%)" : string.Empty)}");
        }
    }

    public override string ReadLine() => Ask(TerminalPrompts.ReadLine);

    public override SecureString ReadLineAsSecureString() => Ask(TerminalPrompts.ReadSecret);

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        Ask(() => TerminalPrompts.Choose(caption, message, choices, defaultChoice));

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        Ask(() => TerminalPrompts.Fill(caption, message, descriptions));

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        Ask(() => TerminalPrompts.AskForCredential(caption, message, userName));

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        PromptForCredential(caption, message, userName, targetName);

    private T Ask<T>(Func<T> question) =>
        canPrompt ? question() : throw new HostException("Nobody can be asked: standard input is no terminal, or -NonInteractive was given.");
}
