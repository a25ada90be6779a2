using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Errors;

namespace ConvoxSsl;

/// <summary>One step of a trial.</summary>
public sealed record ConvoxCheck
{
    /// <summary>What was tried.</summary>
    public required string Check { get; init; }

    /// <summary>Whether it succeeded.</summary>
    public required bool Passed { get; init; }

    /// <summary>What came of it.</summary>
    public required string Detail { get; init; }

    /// <summary>What to do about a failure; empty where nothing failed.</summary>
    public string? Remedy { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{(Passed ? "Passed" : "Failed")}: {Check}";

    /// <summary>Describes a step of the engine's.</summary>
    internal static ConvoxCheck Of(DnsCheck check) => new() { Check = check.Check, Passed = check.Passed, Detail = check.Detail, Remedy = check.Reason is { } reason ? Remedies.Append(reason, check.Remedy) : Remedies.Describe(check.Remedy) };
}
