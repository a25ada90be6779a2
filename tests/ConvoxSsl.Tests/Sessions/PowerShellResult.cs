using System.Management.Automation;

namespace ConvoxSsl.Tests.Sessions;

/// <summary>The output of a script.</summary>
public sealed record PowerShellResult
{
    public required IReadOnlyList<PSObject> Objects { get; init; }

    /// <summary>The non-terminating errors.</summary>
    public required IReadOnlyList<ErrorRecord> Errors { get; init; }

    /// <summary>The error that ended the script, or null.</summary>
    public required ErrorRecord? TerminatingError { get; init; }

    /// <summary>True if the script was stopped.</summary>
    public required bool Stopped { get; init; }

    public required IReadOnlyList<string> Verbose { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required IReadOnlyList<string> Debug { get; init; }

    public required IReadOnlyList<string> Information { get; init; }

    public required IReadOnlyList<ProgressRecord> Progress { get; init; }

    /// <summary>Returns the objects of a type, in order.</summary>
    public IReadOnlyList<T> Of<T>() => [.. Objects.Select(o => o.BaseObject).OfType<T>()];

    /// <summary>Asserts that nothing failed and returns the result.</summary>
    public PowerShellResult Succeeded()
    {
        Assert.Null(TerminatingError);
        Assert.Empty(Errors);
        Assert.False(Stopped);
        return this;
    }
}
