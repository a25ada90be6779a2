using System.Management.Automation;

namespace ConvoxSsl.Tests;

/// <summary>What a script gave: its output and all its streams, as a user would get them.</summary>
public sealed class PowerShellRun
{
    /// <summary>The objects.</summary>
    public required IReadOnlyList<PSObject> Output { get; init; }

    /// <summary>The errors; a terminating one is the last.</summary>
    public required IReadOnlyList<ErrorRecord> Errors { get; init; }

    /// <summary>Whether an error ended the script.</summary>
    public required bool Terminated { get; init; }

    /// <summary>The warnings.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The verbose lines.</summary>
    public required IReadOnlyList<string> Verbose { get; init; }

    /// <summary>The debug lines.</summary>
    public required IReadOnlyList<string> Debug { get; init; }

    /// <summary>The progress records.</summary>
    public required IReadOnlyList<ProgressRecord> Progress { get; init; }

    /// <summary>Everything that a person or a log could have read.</summary>
    public string AllText => string.Join('\n', (IEnumerable<string>)
    [
        .. Output.Select(o => o.ToString()),
        .. Output.SelectMany(o => o.Properties.Where(p => p.MemberType == PSMemberTypes.Property).Select(p => $"{p.Name}={p.Value}")),
        .. Errors.Select(e => $"{e}\n{e.Exception}\n{e.TargetObject}\n{e.ErrorDetails?.Message}"),
        .. Warnings,
        .. Verbose,
        .. Debug,
        .. Progress.Select(p => p.ToString()),
    ]);
}
