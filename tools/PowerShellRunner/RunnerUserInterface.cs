using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace PowerShellRunner;

/// <summary>Writes output to standard output and all other streams to standard error. Prompts only if the host is interactive.</summary>
internal sealed class RunnerUserInterface(bool canPrompt) : PSHostUserInterface
{
    public override PSHostRawUserInterface RawUI { get; } = new RunnerRawUserInterface(canPrompt);

    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected;

    /// <summary>True if the last line of output is empty, as after a table.</summary>
    public bool IsAfterGap { get; private set; } = true;

    // Formatting always adds colours; the host must remove them.
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
            var percent = record.PercentComplete >= 0 ? $" ({record.PercentComplete}%)" : string.Empty;
            WriteErrorLine($"PROGRESS: {record.Activity}: {record.StatusDescription}{percent}");
        }
    }

    public override string ReadLine() => PromptIfInteractive(TerminalPrompts.ReadLine);

    public override SecureString ReadLineAsSecureString() => PromptIfInteractive(TerminalPrompts.ReadSecret);

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        PromptIfInteractive(() => TerminalPrompts.Choose(caption, message, choices, defaultChoice));

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        PromptIfInteractive(() => TerminalPrompts.Fill(caption, message, descriptions));

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptIfInteractive(() => TerminalPrompts.PromptForCredential(caption, message, userName));

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) =>
        PromptForCredential(caption, message, userName, targetName);

    private T PromptIfInteractive<T>(Func<T> question) =>
        canPrompt
            ? question()
            : throw new HostException(
                "Cannot prompt because the host is not interactive: standard input is not a terminal, or -NonInteractive was specified.");
}
