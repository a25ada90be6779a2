using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace PowerShellRunner;

/// <summary>The host: a console, or a pair of pipes.</summary>
internal sealed class RunnerHost(bool canPrompt) : PSHost
{
    private readonly RunnerUserInterface _userInterface = new(canPrompt);

    /// <summary>What an <c>exit</c> statement asked for.</summary>
    public int? ExitCode { get; private set; }

    public override string Name => "PowerShellRunner";

    public override Version Version => Assembly.GetExecutingAssembly().GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => _userInterface;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    /// <summary>Writes text with an empty line before it.</summary>
    public void WriteApart(string text)
    {
        if (!_userInterface.IsAfterGap)
        {
            _userInterface.WriteLine(string.Empty);
        }

        _userInterface.WriteLine(text);
    }

    public override void EnterNestedPrompt() => throw new NotSupportedException("This host has no nested prompts.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("This host has no nested prompts.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
