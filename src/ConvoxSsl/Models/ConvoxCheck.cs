namespace ConvoxSsl;

/// <summary>The result of one step of a test.</summary>
public sealed record ConvoxCheck
{
    /// <summary>The step.</summary>
    public required string Check { get; init; }

    /// <summary>The number of the tested DNS solver; empty in other tests.</summary>
    public int? DnsSolver { get; init; }

    /// <summary>The zone of the tested DNS solver; empty in other tests, and for a step that concerns all its zones.</summary>
    public string? Zone { get; init; }

    /// <summary>The number of the tested certificate target; empty in other tests.</summary>
    public int? Target { get; init; }

    /// <summary>True if the step succeeded.</summary>
    public required bool Passed { get; init; }

    /// <summary>The details of the result.</summary>
    public required string Detail { get; init; }

    /// <summary>The action that fixes a failure; empty if the step succeeded.</summary>
    public string? Remedy { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{(Passed ? "Passed" : "Failed")}: {Check}";
}
