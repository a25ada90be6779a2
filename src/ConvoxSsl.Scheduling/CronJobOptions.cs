namespace ConvoxSsl.Scheduling;

/// <summary>The user's settings of a CronJob.</summary>
public sealed record CronJobOptions
{
    /// <summary>The container image, which has PowerShell and the module.</summary>
    public required string Image { get; init; }

    /// <summary>The path of <c>pwsh</c> in the image; null to find it in PATH.</summary>
    public string? PowerShell { get; init; }

    /// <summary>The PersistentVolumeClaim with a local rack; null for a Kubernetes rack.</summary>
    public string? VolumeClaim { get; init; }

    /// <summary>The namespace of the CronJob; null for the rack's, else <c>default</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>The service account; null for <c>convoxssl</c> on a Kubernetes rack, else none.</summary>
    public string? ServiceAccount { get; init; }
}
