using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace PowerShellRunner;

/// <summary>A PowerShell host on a console, or on redirected streams.</summary>
internal sealed class RunnerHost(bool canPrompt) : PSHost
{
    private readonly RunnerUserInterface _userInterface = new(canPrompt);

    /// <summary>The exit code of an <c>exit</c> statement.</summary>
    public int? ExitCode { get; private set; }

    public override string Name => "PowerShellRunner";

    public override Version Version => Assembly.GetExecutingAssembly().GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => _userInterface;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    /// <summary>Writes text after an empty line.</summary>
    public void WriteAfterGap(string text)
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
